import { availableParallelism } from 'node:os';
import { CropError } from '../src/errors';
import {
  createKernelBackend,
  createOrtBackend,
  type Backend,
  type BackendCandidate,
  type LoadedModel,
} from '../src/segment';
import { kernelBundle } from './kernel-bundle';
import { connectKernelThread } from './kernel-thread';

/** More threads than this gain nothing on tiles of 128 x 128 pixels. */
const MAX_THREADS = 4;

interface ThreadOptions {
  /** Processor threads that the network may use. */
  readonly threads?: number;
}

function threadsOf({ threads = Math.min(availableParallelism(), MAX_THREADS) }: ThreadOptions): number {
  return threads;
}

/** The native runtime, for Node. Loaded on first use; rejects with `segment/runtime-missing` where it cannot be. */
export async function createNodeBackend(
  model: LoadedModel,
  signal: AbortSignal,
  options: ThreadOptions = {},
): Promise<Backend> {
  signal.throwIfAborted();
  const runtime = await import('onnxruntime-node').catch((cause: unknown) => {
    throw new CropError('segment/runtime-missing', { backend: 'ONNX Runtime for Node' }, cause);
  });
  signal.throwIfAborted();
  const threads = threadsOf(options);
  return createOrtBackend({
    name: 'node',
    description: `ONNX Runtime for Node, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    runtime,
    sessionOptions: { executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1 },
    model,
  });
}

/** Our own kernels in worker threads. Null where they are not made for the model. */
async function createThreadBackend(
  model: LoadedModel,
  signal: AbortSignal,
  options: ThreadOptions,
): Promise<Backend | null> {
  const script = await kernelBundle();
  signal.throwIfAborted();
  return createKernelBackend(model, signal, () => connectKernelThread(script), threadsOf(options));
}

/**
 * What the command line runs networks on, its own kernels in worker threads first. Only fp32: on processors with wide
 * vectors the native runtime's 8-bit convolutions are no faster.
 */
export function nodeCandidates(options: ThreadOptions = {}): readonly BackendCandidate[] {
  return [
    {
      name: 'kernels',
      precisions: ['fp32'],
      available: () => true,
      create: (model, signal) => createThreadBackend(model, signal, options),
    },
    {
      name: 'node',
      precisions: ['fp32'],
      available: () => true,
      create: (model, signal) => createNodeBackend(model, signal, options),
    },
  ];
}
