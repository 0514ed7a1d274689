import { setFlagsFromString } from 'node:v8';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Kernels, openKernels } from '../../../../src/segment/kernel/kernels';
import { KERNELS_BASE64 } from '../../../../src/segment/kernel/wasm/binary';
import { RELAXED_KERNELS_BASE64 } from '../../../../src/segment/kernel/wasm/binary-relaxed';
import type { Tensors } from '../../../../src/segment';

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
