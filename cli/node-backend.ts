import { cpus } from 'node:os';
import { CropError } from '../src/errors';
import {
  createKernelBackend,
  createOrtBackend,
  type Backend,
  type BackendCandidate,
  type LoadedModel,
} from '../src/segment';
import { startKernelThread } from './kernel-thread';

/** More threads than this gain nothing on tiles of 128 x 128 pixels. */
const MAX_THREADS = 4;

function usualThreads(): number {
  return Math.min(cpus().length, MAX_THREADS);
}

/** The native runtime, for Node. Loaded on first use; rejects with `segment/runtime-missing` where it cannot be. */
export async function createNodeBackend(
  model: LoadedModel,
  signal: AbortSignal,
  { threads = usualThreads() }: { readonly threads?: number } = {},
): Promise<Backend> {
  signal.throwIfAborted();
  const runtime = await import('onnxruntime-node').catch((cause: unknown) => {
    throw new CropError('segment/runtime-missing', { backend: 'ONNX Runtime for Node' }, cause);
  });
  signal.throwIfAborted();
  return createOrtBackend({
    name: 'node',
    description: `ONNX Runtime for Node, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    runtime,
    sessionOptions: { executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1 },
    model,
  });
}

/**
 * What the command line runs networks on, our own kernels first. Only fp32: on processors with wide vectors the runtime's
 * native 8-bit convolutions are no faster.
 */
export function nodeCandidates(options: { readonly threads?: number } = {}): readonly BackendCandidate[] {
  const { threads = usualThreads() } = options;
  return [
    {
      name: 'kernels',
      precisions: ['fp32'],
      available: () => true,
      create: (model, signal) => createKernelBackend(model, signal, startKernelThread, threads),
    },
    {
      name: 'node',
      precisions: ['fp32'],
      available: () => true,
      create: (model, signal) => createNodeBackend(model, signal, options),
    },
  ];
}
