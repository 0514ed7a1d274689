import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { compileKernels, ENCODER_KERNELS } from '../../../scripts/build-kernels.mjs';
import { createKernelEncoder, fitsKernels } from '../../../src/segment/kernel/encoder';
import { type ConvStep, planEncoder } from '../../../src/segment/kernel/encoder-plan';
import { parseOnnx } from '../../../src/segment/kernel/onnx';
import { createEncoderLane } from '../../../src/segment/kernel/lane';
import { ENCODER_BASE64 } from '../../../src/segment/kernel/wasm/binary';
import { RELAXED_ENCODER_BASE64 } from '../../../src/segment/kernel/wasm/binary-relaxed';

const ZOO_ENCODER = join(import.meta.dirname, '../../../models/zoo/timeunet/encoder.fp32.onnx');
const { signal } = new AbortController();

// This engine knows relaxed SIMD, but not without being told.
setFlagsFromString('--experimental-wasm-relaxed-simd');
const BINARIES = { plain: ENCODER_BASE64, relaxed: RELAXED_ENCODER_BASE64 };

/** Two compilations on a busy machine. */
const COMPILING_MS = 60_000;

const compilerIsMissing = spawnSync(ENCODER_KERNELS[0]!.compiler, ['--version']).status !== 0;
if (compilerIsMissing) {
  console.warn(`SKIPPED: the comparison of the encoder's kernels needs ${ENCODER_KERNELS[0]!.compiler}.`);
}

/** Numbers in [-1, 1) that depend on `seed` and place alone. */
function draw(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, at) => {
    const mixed = Math.imul(at + seed * 7919, 2654435761) ^ (Math.imul(at, 40503) >>> 7);
    return ((Math.imul(mixed, 2246822519) >>> 8) / 2 ** 24) * 2 - 1;
  });
}

function stepOf(bands: number, channels: number, groups: number): ConvStep {
  const kernel = draw(channels * bands * 9, 1).map((value) => value / Math.sqrt(bands * 9));
  const gamma = draw(channels, 3).map((value) => 1 + value / 2);
  const rest = { bias: draw(channels, 2), gamma, beta: draw(channels, 4), epsilon: 1e-5 };
  return { bands, channels, kernel, groups, ...rest };
}

/** The steps as textbooks define them, in double precision. [channels, rows, columns] in and out. */
function encodeByDefinition(input: Float32Array, rows: number, columns: number, steps: readonly ConvStep[]): number[] {
  const mirror = (at: number, size: number): number => (at < 0 ? -at : at >= size ? 2 * size - 2 - at : at);
  const plane = rows * columns;
  let planes = Array.from(input);
  for (const { bands, channels, kernel, bias, groups, gamma, beta, epsilon } of steps) {
    const out = new Array<number>(channels * plane);
    for (let at = 0; at < out.length; at++) {
      const [channel, row, column] = [Math.floor(at / plane), Math.floor((at % plane) / columns), at % columns];
      let sum = bias[channel]!;
      for (let tap = 0; tap < bands * 9; tap++) {
        const y = mirror(row + Math.floor((tap % 9) / 3) - 1, rows);
        const x = mirror(column + (tap % 3) - 1, columns);
        sum += kernel[channel * bands * 9 + tap]! * planes[Math.floor(tap / 9) * plane + y * columns + x]!;
      }
      out[at] = sum;
    }
    const size = (channels / groups) * plane;
    for (let group = 0; group < groups; group++) {
      const values = out.slice(group * size, (group + 1) * size);
      const mean = values.reduce((sum, value) => sum + value, 0) / size;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
      values.forEach((value, at) => {
        const channel = Math.floor((group * size + at) / plane);
        const normed = ((value - mean) / Math.sqrt(variance + epsilon)) * gamma[channel]! + beta[channel]!;
        out[group * size + at] = Math.max(0, normed);
      });
    }
    planes = out;
  }
  return planes;
}

describe.each(Object.entries(BINARIES))('the %s kernels', (_, base64) => {
  const compile = () => WebAssembly.compile(Buffer.from(base64, 'base64'));

  it.each([
    [16, 16],
    [24, 40],
    [13, 18],
    [2, 5],
  ])('do what the layers are defined to do, %i rows by %i columns', async (rows, columns) => {
    const steps = [stepOf(10, 16, 4), stepOf(16, 24, 2)];
    const encoder = await createKernelEncoder(await compile(), steps);
    const input = draw(10 * rows * columns, 9);
    const features = encoder.encode(input, rows, columns);
    const expected = encodeByDefinition(input, rows, columns, steps);
    expect(features).toHaveLength(expected.length);
    const furthest = expected.reduce((most, value, at) => {
      const [channel, pixel] = [Math.floor(at / (rows * columns)), at % (rows * columns)];
      return Math.max(most, Math.abs(value - features[pixel * 24 + channel]!));
    }, 0);
    expect(furthest).toBeLessThan(1e-4);
  });

  it('give the same for a picture after a larger and a smaller one', async () => {
    const encoder = await createKernelEncoder(await compile(), [stepOf(3, 8, 2)]);
    const small = draw(3 * 64, 1);
    const first = encoder.encode(small, 8, 8);
    encoder.encode(draw(3 * 96 * 96, 2), 96, 96);
    encoder.encode(draw(3 * 16, 3), 4, 4);
    expect(encoder.encode(small, 8, 8)).toEqual(first);
  });

  it('hand on what is no number instead of hiding it', async () => {
    const encoder = await createKernelEncoder(await compile(), [stepOf(3, 8, 2)]);
    const features = encoder.encode(draw(3 * 64, 1).fill(Number.NaN, 0, 1), 8, 8);
    expect(features.some((value) => Number.isNaN(value))).toBe(true);
  });
});

describe('an encoder file', () => {
  const file = readFileSync(ZOO_ENCODER);

  it('of the exporter is taken step by step', () => {
    const { steps, rest } = planEncoder(file)!;
    expect(rest).toBeNull();
    expect(steps.map(({ bands, channels, groups }) => [bands, channels, groups])).toEqual([
      [10, 64, 4],
      [64, 64, 4],
    ]);
    expect(steps[0]!.epsilon).toBeCloseTo(1e-5, 10);
    expect(fitsKernels(steps)).toBe(true);
  });

  it('of another make is left to the runtime', async () => {
    const replaced = (from: string, to: string) => Buffer.from(file.toString('latin1').replace(from, to), 'latin1');
    expect(planEncoder(replaced('reflect', 'edge...'))).toBeNull();
    expect(planEncoder(replaced('Relu', 'Gelu'))).toBeNull();
    expect(planEncoder(file.subarray(0, 1000))).toBeNull();
    expect(planEncoder(Uint8Array.of(1, 2, 3))).toBeNull();
    expect(await createEncoderLane().open(replaced('Relu', 'Gelu'), signal)).toBe(false);
    expect(fitsKernels([stepOf(10, 12, 4)])).toBe(false);
  });
});

describe('what is left of an encoder', () => {
  /** The zoo's encoder with its last step spoilt for the kernels: they do the first, the runtime the second. */
  const file = readFileSync(ZOO_ENCODER);
  const spoilt = Buffer.from(file);
  spoilt.write('Tanh', file.lastIndexOf('Relu'), 'latin1');

  it('is a model of its own, which begins where the kernels end', async () => {
    const { steps, rest } = planEncoder(spoilt)!;
    expect(steps).toEqual(planEncoder(file)!.steps.slice(0, 1));
    const nodes = parseOnnx(rest!.model).nodes.map(({ kind }) => kind);
    expect(nodes).toEqual(
      parseOnnx(spoilt)
        .nodes.map(({ kind }) => kind)
        .slice(9),
    );
    const [rows, columns] = [16, 24];
    const pixels = draw(10 * rows * columns, 5);
    const encoder = await createKernelEncoder(await WebAssembly.compile(Buffer.from(ENCODER_BASE64, 'base64')), steps);
    const planes = encoder.encode(pixels, rows, columns, true);
    const run = async (model: Uint8Array, feeds: Record<string, [Float32Array, number[]]>) => {
      const session = await InferenceSession.create(model);
      const tensors = Object.entries(feeds).map(([name, [data, shape]]) => [name, new Tensor('float32', data, shape)]);
      return (await session.run(Object.fromEntries(tensors)))['features']!.data as Float32Array;
    };
    const whole = await run(spoilt, { pixels: [pixels, [1, 10, rows, columns]] });
    const cut = await run(rest!.model, { [rest!.input]: [planes, [1, 64, rows, columns]] });
    expect(whole.length).toBe(cut.length);
    expect(whole.reduce((most, value, at) => Math.max(most, Math.abs(value - cut[at]!)), 0)).toBeLessThan(1e-3);
  });
});

describe('the committed kernels', () => {
  it.skipIf(compilerIsMissing)(
    'are what the sources beside them compile to, byte for byte',
    () => {
      for (const set of ENCODER_KERNELS) {
        expect(compileKernels(set)).toBe(readFileSync(join(set.folder, set.target), 'utf8'));
      }
    },
    COMPILING_MS,
  );
});
