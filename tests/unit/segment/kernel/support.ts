import { setFlagsFromString } from 'node:v8';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Kernels, openKernels } from '../../../../src/segment/kernel/kernels';
import { KERNELS_BASE64 } from '../../../../src/segment/kernel/wasm/binary';
import { RELAXED_KERNELS_BASE64 } from '../../../../src/segment/kernel/wasm/binary-relaxed';
import type { Tensors } from '../../../../src/segment';
import type { GraphWriter } from '../support/onnx-graph';

// This engine knows relaxed SIMD, but not without being told.
setFlagsFromString('--experimental-wasm-relaxed-simd');

export const BINARIES = Object.entries({ plain: KERNELS_BASE64, relaxed: RELAXED_KERNELS_BASE64 });

export async function openBinary(base64: string): Promise<Kernels> {
  return openKernels(await WebAssembly.compile(Buffer.from(base64, 'base64')));
}

/** Numbers in [-1, 1) that depend on `seed` and place alone. */
export function draw(count: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, at) => {
    const mixed = Math.imul(at + seed * 7919, 2654435761) ^ (Math.imul(at, 40503) >>> 7);
    return ((Math.imul(mixed, 2246822519) >>> 8) / 2 ** 24) * 2 - 1;
  });
}

const ERRORS_ONLY = 3;

/** What onnxruntime makes of a graph. */
export async function runReference(model: Uint8Array, inputs: Tensors): Promise<Tensors> {
  const session = await InferenceSession.create(model, { logSeverityLevel: ERRORS_ONLY });
  const feeds = Object.entries(inputs).map(([name, { data, shape }]) => [name, new Tensor('float32', data, shape)]);
  const outputs = Object.entries(await session.run(Object.fromEntries(feeds)));
  await session.release();
  return Object.fromEntries(
    outputs.map(([name, { data, dims }]) => [name, { data: data as Float32Array, shape: dims }]),
  );
}

export function furthest(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let most = 0;
  for (let at = 0; at < one.length; at += 1) most = Math.max(most, Math.abs(one[at]! - other[at]!));
  return one.length === other.length ? most : Infinity;
}

const RING = [0, 0, 1, 1, 0, 0, 1, 1];

/** A convolution as the exporter writes it; `separable` is depthwise. */
export function convolution(
  graph: GraphWriter,
  x: string,
  {
    bands,
    channels,
    side,
    seed,
    separable = false,
  }: Record<'bands' | 'channels' | 'side' | 'seed', number> & {
    readonly separable?: boolean;
  },
): string {
  const depth = separable ? 1 : bands;
  const values = draw(channels * depth * side * side, seed).map((value) => value / Math.sqrt(depth * side));
  const kernel = graph.constant(values, channels, depth, side, side);
  const padded = side === 1 ? x : graph.op('Pad', [x, graph.sizes(...RING)], { mode: 'reflect' });
  const strides = side === 4 ? [2, 2] : [1, 1];
  const bias = separable ? [] : [graph.constant(draw(channels, seed + 1), channels)];
  return graph.op('Conv', [padded, kernel, ...bias], { strides, ...(separable && { group: channels }) });
}

/** GroupNorm and ReLU as the exporter writes them. */
export function groupNorm(graph: GraphWriter, x: string, channels: number, groups: number, seed: number): string {
  const rows = graph.op('Reshape', [x, graph.sizes(1, groups, -1)]);
  const flat = [new Float32Array(groups).fill(1), new Float32Array(groups)].map((values) =>
    graph.constant(values, groups),
  );
  const normed = graph.op('InstanceNormalization', [rows, ...flat], { epsilon: 1e-5 });
  const image = graph.op('Reshape', [normed, graph.op('Shape', [x])]);
  const gamma = graph.constant(
    draw(channels, seed).map((value) => 1 + value / 2),
    channels,
    1,
    1,
  );
  const beta = graph.constant(draw(channels, seed + 1), channels, 1, 1);
  return graph.op('Relu', [graph.op('Add', [graph.op('Mul', [image, gamma]), beta])]);
}
