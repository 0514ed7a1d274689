import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CardPlan, planCardEncoder, type Size } from '../../../../src/segment/wgsl/card-plan';
import { layDense, tilingOf } from '../../../../src/segment/wgsl/tiling';
import { convolution } from '../kernel/graphs';
import { draw } from '../kernel/support';
import { writeGraph } from '../support/onnx-graph';
import { BANDS, manyLayers, manyMaskedLayers, ODD_SIZE } from './many-layers';

const ZOO = join(import.meta.dirname, '../../../../models/zoo');
/** What every adapter of the WebGPU standard has. */
const SHARED_BYTES = 16_384;
const INVOCATIONS = 256;
const STORAGE_BUFFERS = 8;

/** Words that the WebGPU Shading Language keeps for itself, of those that a name of ours could be. */
const RESERVED = new Set(
  'active as common export filter final from get import interface layout match meta mod module move new null of operator package pass patch precise precision public readonly ref register require resource self set shared static super target template this try type union use using where with yield'.split(
    ' ',
  ),
);

/** Names that a kernel declares. */
const namesIn = (code: string): string[] =>
  [...code.matchAll(/(?:\b(?:let|var|fn|struct|const)(?:<[^>]*>)?\s+|[({,]\s*)([A-Za-z_]\w*)(?=\s*[:=(])/g)].map(
    ([, name]) => name!,
  );

const planOf = (name: string): CardPlan => planCardEncoder(readFileSync(join(ZOO, name, 'encoder.fp32.onnx')))!;

describe('the plan of an encoder for a card', () => {
  it.each(['timeunet', 'timeunet-lite'])('does each convolution of %s with its norm in two kernels', (name) => {
    const { passes, outputs } = planOf(name);
    expect(passes).toHaveLength(5);
    expect(outputs.map((output) => [output.name, output.shape([32, 48])])).toEqual([
      ['features', [32 * 48, name === 'timeunet' ? 64 : 32]],
    ]);
  });

  it('does the whole of W-TAE, each map at its scale', () => {
    const { outputs } = planOf('wtae');
    expect(outputs.map(({ name, halvings }) => [name, halvings])).toEqual([
      ['features', 3],
      ['skip0', 0],
    ]);
  });

  it('binds what is there, within what every card has', () => {
    const own = [planCardEncoder(manyLayers())!, planCardEncoder(manyMaskedLayers(), true)!];
    for (const plan of [planOf('timeunet'), planOf('wtae'), ...own]) {
      const outs = plan.outputs.map(({ buffer }) => buffer);
      const known = new Set([plan.input.buffer, plan.valid, ...plan.constants.keys(), ...plan.scratch.keys(), ...outs]);
      for (const { code, buffers } of plan.passes) {
        expect(buffers.filter((name) => !known.has(name))).toEqual([]);
        expect(buffers.length).toBeLessThanOrEqual(STORAGE_BUFFERS);
        // One binding more: the sizes.
        expect(code.match(/@binding\(\d+\)/g)).toEqual(
          [0, ...buffers.map((_, at) => at + 1)].map((at) => `@binding(${at})`),
        );
        expect(namesIn(code)).toContain('main');
        expect(namesIn(code).filter((name) => RESERVED.has(name))).toEqual([]);
      }
    }
  });

  it('has workgroups for every pixel and channel, and room for what they leave', () => {
    const { passes, scratch } = planCardEncoder(manyLayers())!;
    const [rows, columns] = ODD_SIZE;
    const first = tilingOf({ bands: BANDS, channels: 21, side: 3, stride: 1 });
    const [across, down, blocks] = passes[0]!.workgroups(ODD_SIZE);
    expect([across * first.columns >= columns, down * first.rows >= rows, blocks * first.block >= 21]).toEqual([
      true,
      true,
      true,
    ]);
    // The second convolution halves: 13 x 18 pixels become 6 x 9.
    const second = passes[2]!;
    expect([second.from, second.to]).toEqual([0, 1]);
    expect(scratch.get(second.buffers.at(-2)!)!(ODD_SIZE)).toBe(6 * 9 * 72);
    expect(second.workgroups([6, 9])[2]).toBe(2);
  });

  it('leaves to the runtime what is not wholly known', () => {
    const graph = writeGraph();
    const pixels = graph.input('pixels', [1, 3, 'rows', 'columns']);
    const map = convolution(graph, pixels, { bands: 3, channels: 8, side: 3, seed: 1 });
    graph.op('Tanh', [map], {}, 'features');
    expect(planCardEncoder(graph.model('features'))).toBeNull();
    expect(planCardEncoder(readFileSync(join(ZOO, 'timeunet/decoder.fp32.onnx')))).toBeNull();
    expect(planCardEncoder(readFileSync(join(ZOO, 'timeunet/encoder.fp16.onnx')))).toBeNull();
    expect(planCardEncoder(Uint8Array.of(1, 2, 3))).toBeNull();
  });
});

describe('the work of a convolution', () => {
  const SHAPES = [
    { side: 3, stride: 1 },
    { side: 4, stride: 2 },
    { side: 1, stride: 1 },
  ].flatMap((form) =>
    [1, 4, 10, 64, 129].flatMap((bands) =>
      [1, 8, 15, 32, 64, 70, 200].map((channels) => ({ ...form, bands, channels })),
    ),
  );

  it('is cut so that every card can do it, whatever the widths', () => {
    for (const shape of SHAPES) {
      const { pixelRoom, weightRoom, threads, block, blocks } = tilingOf(shape);
      expect((pixelRoom + weightRoom) * 16).toBeLessThanOrEqual(SHARED_BYTES);
      expect(threads).toBeLessThanOrEqual(INVOCATIONS);
      expect(block * blocks).toBeGreaterThanOrEqual(shape.channels);
      expect(block * (blocks - 1)).toBeLessThan(shape.channels);
    }
  });

  it.each([
    { bands: 10, channels: 70, side: 3, stride: 1 },
    { bands: 21, channels: 6, side: 1, stride: 1 },
    { bands: 5, channels: 12, side: 4, stride: 2 },
  ])('finds each weight of $channels x $bands x $side x $side where a kernel reads it', (shape) => {
    const { bands, channels, side } = shape;
    const kernel = draw(channels * bands * side * side, 3);
    const laid = layDense(kernel, shape);
    const { block, chunks, depth, kernelRows } = tilingOf(shape);
    let read = 0;
    // As the kernel goes through them: blocks, chunks, pieces of some rows, rows, columns, quads, channels in and out.
    for (let at = 0; at < laid.length; at += 1) {
      const inBlock = at % block;
      const lane = Math.floor(at / block) % 4;
      const quad = Math.floor(at / block / 4) % depth;
      const column = Math.floor(at / block / 4 / depth) % side;
      const row = Math.floor(at / block / 4 / depth / side) % side;
      const chunk = Math.floor(at / block / 4 / depth / side / side) % chunks;
      const channel = Math.floor(at / block / 4 / depth / side / side / chunks) * block + inBlock;
      const band = (chunk * depth + quad) * 4 + lane;
      const isThere = channel < channels && band < bands;
      if (isThere) read += 1;
      expect(laid[at]).toBe(isThere ? kernel[((channel * bands + band) * side + row) * side + column] : 0);
    }
    expect(read).toBe(kernel.length);
    expect(side % kernelRows).toBe(0);
  });
});

describe('sizes of pictures', () => {
  it('are halved downwards', () => {
    const { outputs } = planCardEncoder(manyLayers())!;
    const size: Size = [3, 4];
    expect(outputs.map(({ shape }) => shape(size))).toEqual([
      [12, 6],
      [1, 21, 3, 4],
      [1, 6, 3, 4],
    ]);
  });
});
