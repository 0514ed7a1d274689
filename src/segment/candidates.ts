import { createKernelBackend } from './kernel/backend';
import type { KernelLane } from './kernel/lane';
import type { Backend, BackendName, LoadedModel, ModelCard, Precision } from './types';
import { createWasmBackend } from './wasm-backend';
import { createWebgpuBackend, webgpuAvailable } from './webgpu-backend';
import { createOwnWebgpuBackend } from './webgpu-own';

/** A way to run networks that may or may not exist on this machine. */
export interface BackendCandidate {
  /** Names it among others of its kind. */
  readonly name: BackendName | 'kernels' | 'webgpu-kernels';
  /** What it gains by, the most wanted first; fp32 last, which every model has. */
  readonly precisions: readonly Precision[];
  /** The one that it is to take the place of: it is used only where it is clearly faster on the device at hand. */
  readonly insteadOf?: BackendCandidate['name'];
  /** Answered without downloading anything. */
  available(precision: Precision): boolean | Promise<boolean>;
  /** Null where it is not made for this model. */
  create(model: LoadedModel, signal: AbortSignal): Promise<Backend | null>;
}

/** A candidate in one precision. */
export interface Variant {
  /** `wasm/int8` */
  readonly id: string;
  readonly candidate: BackendCandidate;
  readonly precision: Precision;
}

/** What browsers can have, the most wanted first. `startLane` starts an instance of our own kernels in a worker. */
export function browserCandidates(startLane: () => KernelLane): readonly BackendCandidate[] {
  const available = (): boolean => typeof WebAssembly === 'object';
  return [
    {
      name: 'webgpu',
      precisions: ['fp16', 'fp32'],
      available: (precision) => webgpuAvailable(precision),
      create: (model, signal) => createWebgpuBackend(model, signal),
    },
    {
      name: 'webgpu-kernels',
      precisions: ['fp32'],
      insteadOf: 'webgpu',
      available: (precision) => webgpuAvailable(precision),
      create: createOwnWebgpuBackend,
    },
    {
      name: 'kernels',
      precisions: ['fp32'],
      available,
      create: (model, signal) => createKernelBackend(model, signal, startLane),
    },
    { name: 'wasm', precisions: ['int8', 'fp32'], available, create: createWasmBackend },
  ];
}

/** Ways in which this model can run here, the most wanted first, without those to be avoided. */
export async function variantsOf(
  card: ModelCard,
  candidates: readonly BackendCandidate[],
  avoid: readonly string[],
): Promise<Variant[]> {
  const variants: Variant[] = [];
  for (const candidate of candidates) {
    for (const precision of candidate.precisions) {
      const id = `${candidate.name}/${precision}`;
      // What the encoder does not have in a precision is not worth calling by its name.
      const offered = card.stages.encoder.files[precision] !== undefined && !avoid.includes(id);
      if (offered && (await candidate.available(precision))) variants.push({ id, candidate, precision });
    }
  }
  return variants;
}
