import { convolution, groupNorm } from '../kernel/graphs';
import { halvedLevel, maskedLevel, maskedNorm } from '../kernel/masked-graphs';
import { writeGraph } from '../support/onnx-graph';

export const BANDS = 5;
/** Rows and columns that neither tiles nor halves divide. */
export const ODD_SIZE = [13, 18] as const;

/**
 * An encoder of all layers that the kernels of a card know, in widths that fill no vector and no block of them: groups of
 * the norms begin in the middle of a quad, one convolution has more channels than a workgroup makes.
 */
export function manyLayers(): Uint8Array<ArrayBuffer> {
  const graph = writeGraph();
  const pixels = graph.input('pixels', [1, BANDS, 'rows', 'columns']);
  const first = groupNorm(
    graph,
    convolution(graph, pixels, { bands: BANDS, channels: 21, side: 3, seed: 1 }),
    21,
    7,
    3,
  );
  const halved = groupNorm(graph, convolution(graph, first, { bands: 21, channels: 70, side: 4, seed: 5 }), 70, 7, 7);
  const mixed = graph.op('Relu', [convolution(graph, halved, { bands: 70, channels: 6, side: 1, seed: 9 })]);
  const filtered = convolution(graph, mixed, { bands: 6, channels: 6, side: 3, seed: 11, separable: true });
  const normed = groupNorm(graph, convolution(graph, filtered, { bands: 6, channels: 6, side: 1, seed: 13 }), 6, 2, 15);
  const sum = graph.op('Add', [normed, mixed]);
  const coarse = convolution(graph, sum, { bands: 6, channels: 6, side: 4, seed: 17, separable: true });
  graph.op('Reshape', [graph.op('Transpose', [coarse], { perm: [0, 2, 3, 1] }), graph.sizes(-1, 6)], {}, 'features');
  graph.op('Identity', [first], {}, 'skip0');
  graph.op('Identity', [sum], {}, 'skip1');
  return graph.model('features', 'skip0', 'skip1');
}

/** The same of an encoder that masks, as far as such encoders have them. */
export function manyMaskedLayers(): Uint8Array<ArrayBuffer> {
  const graph = writeGraph();
  const pixels = graph.input('pixels', [1, BANDS, 'rows', 'columns']);
  const fine = maskedLevel(graph, graph.input('valid', [1, 1, 'rows', 'columns']));
  const kept = graph.op('Mul', [pixels, fine.valid]);
  const raw = convolution(graph, kept, { bands: BANDS, channels: 21, side: 3, seed: 1 });
  const first = maskedNorm(graph, raw, fine, 21, 7, 3);
  const coarse = halvedLevel(graph, fine);
  const halved = convolution(graph, first, { bands: 21, channels: 70, side: 4, seed: 5 });
  const body = maskedNorm(graph, halved, coarse, 70, 7, 7);
  const filtered = convolution(graph, body, { bands: 70, channels: 70, side: 3, seed: 11, separable: true });
  const mixed = convolution(graph, filtered, { bands: 70, channels: 70, side: 1, seed: 13 });
  const sum = graph.op('Add', [body, maskedNorm(graph, mixed, coarse, 70, 2, 15)]);
  graph.op('Reshape', [graph.op('Transpose', [sum], { perm: [0, 2, 3, 1] }), graph.sizes(-1, 70)], {}, 'features');
  graph.op('Identity', [first], {}, 'skip0');
  return graph.model('features', 'skip0');
}
