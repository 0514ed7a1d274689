import { describe, expect, it } from 'vitest';
import { createPictureRunner } from '../../../../src/segment/kernel/picture-runner';
import { planPictures } from '../../../../src/segment/kernel/plan-pictures';
import type { Tensors } from '../../../../src/segment';
import { packTensor } from '../../../../src/segment/pack';
import { type GraphWriter, writeGraph } from '../support/onnx-graph';
import { convolution, groupNorm } from './graphs';
import { BINARIES, draw, furthest, openBinary, runReference } from './support';

/** Sums of some hundred products of numbers of about 1; Winograd's transforms cost a digit. */
const ROUNDING = 2e-4;

/** [rows, columns]: multiples of the tiles, odd ones, and the smallest that can be mirrored. */
const SIZES: readonly (readonly [number, number])[] = [
  [16, 24],
  [13, 18],
  [7, 4],
  [2, 5],
];

/** What a graph does with a picture of `bands` channels, in the end with how many. */
type Draw = (graph: GraphWriter, x: string, bands: number) => string;

const relu = (graph: GraphWriter, x: string): string => graph.op('Relu', [x]);

const LAYERS: Readonly<Record<string, Draw>> = {
  '3 x 3': (graph, x, bands) => convolution(graph, x, { bands, channels: 8, side: 3, seed: 1 }),
  '3 x 3 with ReLU to 15 channels': (graph, x, bands) =>
    relu(graph, convolution(graph, x, { bands, channels: 15, side: 3, seed: 1 })),
  '3 x 3 with a norm': (graph, x, bands) =>
    groupNorm(graph, convolution(graph, x, { bands, channels: 12, side: 3, seed: 1 }), 12, 4, 5),
  '4 x 4 of stride 2': (graph, x, bands) => convolution(graph, x, { bands, channels: 16, side: 4, seed: 2 }),
  '4 x 4 of stride 2 with a norm': (graph, x, bands) =>
    groupNorm(graph, convolution(graph, x, { bands, channels: 6, side: 4, seed: 2 }), 6, 3, 7),
  '1 x 1 with ReLU': (graph, x, bands) => relu(graph, convolution(graph, x, { bands, channels: 10, side: 1, seed: 3 })),
  '3 x 3 by channel': (graph, x, bands) =>
    convolution(graph, x, { bands, channels: bands, side: 3, seed: 4, separable: true }),
  '4 x 4 by channel, then 1 x 1 with a norm': (graph, x, bands) => {
    const filtered = convolution(graph, x, { bands, channels: bands, side: 4, seed: 4, separable: true });
    return groupNorm(graph, convolution(graph, filtered, { bands, channels: 8, side: 1, seed: 5 }), 8, 2, 9);
  },
  'transposed 4 x 4 with ReLU': (graph, x, bands) => {
    const kernel = graph.constant(draw(bands * 9 * 16, 6), bands, 9, 4, 4);
    const attributes = { strides: [2, 2], pads: [1, 1, 1, 1] };
    return relu(graph, graph.op('ConvTranspose', [x, kernel, graph.constant(draw(9, 7), 9)], attributes));
  },
  'sums and channels one behind the other': (graph, x, bands) => {
    const one = convolution(graph, x, { bands, channels: 5, side: 3, seed: 8 });
    const other = relu(graph, convolution(graph, x, { bands, channels: 5, side: 1, seed: 9 }));
    const joined = graph.op('Concat', [graph.op('Add', [one, other]), x, one], { axis: 1 });
    return convolution(graph, joined, { bands: bands + 10, channels: 8, side: 3, seed: 10 });
  },
};

/** A graph that begins with a convolution of 3 bands into 8 channels. */
function oneConvolution() {
  const graph = writeGraph();
  const pixels = graph.input('pixels', [1, 3, 'rows', 'columns']);
  return { graph, map: convolution(graph, pixels, { bands: 3, channels: 8, side: 3, seed: 1 }) };
}

describe.each(BINARIES)('the %s kernels', (_, base64) => {
  it.each(Object.entries(LAYERS))('do what onnxruntime does: %s', async (_name, layer) => {
    for (const bands of [10, 16]) {
      const graph = writeGraph();
      const x = graph.input('pixels', [1, bands, 'rows', 'columns']);
      graph.op('Identity', [layer(graph, x, bands)], {}, 'map');
      const model = graph.model('map');
      const plan = planPictures(model)!;
      expect(plan.rest).toBeNull();
      const run = createPictureRunner(await openBinary(base64), plan);
      for (const [rows, columns] of SIZES) {
        const inputs: Tensors = {
          pixels: { data: draw(bands * rows * columns, rows), shape: [1, bands, rows, columns] },
        };
        const expected = (await runReference(model, inputs))['map']!;
        const { data, shape } = run(inputs, (pictures) => pictures.floats(plan.outputs[0]!, 'planes'));
        expect(shape).toEqual(expected.shape);
        expect(furthest(data, expected.data)).toBeLessThan(ROUNDING);
      }
    }
  });

  it('take and give pixels', async () => {
    const graph = writeGraph();
    const embedding = graph.input('embedding', ['rows', 'columns', 6]);
    const turned = graph.op('Transpose', [embedding], { perm: [2, 0, 1] });
    const map = convolution(graph, graph.op('Unsqueeze', [turned, graph.sizes(0)]), {
      bands: 6,
      channels: 9,
      side: 3,
      seed: 1,
    });
    const pixels = graph.op('Transpose', [map], { perm: [0, 2, 3, 1] });
    graph.op('Reshape', [pixels, graph.sizes(-1, 9)], {}, 'features');
    const model = graph.model('features');
    const plan = planPictures(model)!;
    const inputs = { embedding: { data: draw(5 * 7 * 6, 1), shape: [5, 7, 6] } };
    const expected = (await runReference(model, inputs))['features']!;
    const run = createPictureRunner(await openBinary(base64), plan);
    const given = run(inputs, (pictures) => pictures.floats(plan.outputs[0]!, plan.outputs[0]!.layout));
    expect(given.shape).toEqual(expected.shape);
    expect(furthest(given.data, expected.data)).toBeLessThan(ROUNDING);
  });

  it('give the same for a picture after a larger and a smaller one', async () => {
    const { graph, map } = oneConvolution();
    const plan = planPictures(graph.model(groupNorm(graph, map, 8, 2, 3)))!;
    const run = createPictureRunner(await openBinary(base64), plan);
    const encode = (rows: number, columns: number, seed: number): Float32Array => {
      const pixels = { data: draw(3 * rows * columns, seed), shape: [1, 3, rows, columns] };
      return run({ pixels }, (pictures) => pictures.floats(plan.outputs[0]!, 'planes')).data;
    };
    const first = encode(8, 8, 1);
    encode(96, 96, 2);
    encode(4, 4, 3);
    expect(encode(8, 8, 1)).toEqual(first);
  });

  it('pack a picture of any number of values as the runtime would', async () => {
    const { graph, map } = oneConvolution();
    const cut = convolution(graph, map, { bands: 8, channels: 5, side: 1, seed: 2 });
    const plan = planPictures(graph.model(cut))!;
    const run = createPictureRunner(await openBinary(base64), plan);
    for (const [rows, columns] of SIZES) {
      const pixels = { data: draw(3 * rows * columns, rows), shape: [1, 3, rows, columns] };
      for (const layout of ['planes', 'pixels'] as const) {
        const { packed, floats } = run({ pixels }, (pictures) => ({
          floats: pictures.floats(plan.outputs[0]!, layout),
          packed: pictures.packed(plan.outputs[0]!, layout),
        }));
        const expected = packTensor(floats);
        expect(packed.scales).toEqual(expected.scales);
        // A value in the middle between two steps may go either way.
        expect(furthest(packed.steps, expected.steps)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('hand on what is no number instead of hiding it', async () => {
    const { graph, map } = oneConvolution();
    const plan = planPictures(graph.model(graph.op('Relu', [map])))!;
    const run = createPictureRunner(await openBinary(base64), plan);
    const pixels = { data: draw(3 * 64, 1).fill(Number.NaN, 0, 1), shape: [1, 3, 8, 8] };
    const { packed, floats } = run({ pixels }, (pictures) => ({
      floats: pictures.floats(plan.outputs[0]!, 'planes').data,
      packed: pictures.packed(plan.outputs[0]!, 'pixels'),
    }));
    expect(floats.some((value) => Number.isNaN(value))).toBe(true);
    expect(packed.scales.some((value) => Number.isNaN(value))).toBe(true);
  });
});
