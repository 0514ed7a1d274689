import { CropError } from '../errors';
import { onDemand } from './on-demand';
import { createOrtBackend } from './ort-backend';
import type { Backend, LoadedModel } from './types';

/** More threads than this are slower on phones (big and little cores wait for each other). */
const MAX_THREADS = 4;

// The plain build: the ones with WebGPU run WASM a quarter slower and are up to twice the download.
// Marked pure, so that a page that takes something else from this room is not bundled with the runtime.
const loadRuntime = /* @__PURE__ */ onDemand(() => import('onnxruntime-web/wasm'));

/** Processors worth using here. */
export function usableProcessors(): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  return Math.min(navigator?.hardwareConcurrency ?? 1, MAX_THREADS);
}

/** Threads the WASM runtime can use here: memory is shared between threads in isolated pages only. */
export function wasmThreads(): number {
  return (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true ? usableProcessors() : 1;
}

/**
 * WASM with SIMD, in a page, a worker or Node. Blocks its thread while it runs: in pages, use it from a worker.
 * The number of threads is fixed by the first backend of a thread. Rejects with `segment/runtime-missing`.
 */
export async function createWasmBackend(
  model: LoadedModel,
  signal: AbortSignal,
  { threads = wasmThreads() }: { readonly threads?: number } = {},
): Promise<Backend> {
  signal.throwIfAborted();
  const runtime = await loadRuntime().catch((cause: unknown) => {
    throw new CropError('segment/runtime-missing', { backend: 'WASM' }, cause);
  });
  signal.throwIfAborted();
  runtime.env.wasm.proxy = false;
  runtime.env.wasm.numThreads = threads;
  return createOrtBackend({
    name: 'wasm',
    description: `WASM, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    runtime,
    sessionOptions: { executionProviders: ['wasm'] },
    model,
  });
}
