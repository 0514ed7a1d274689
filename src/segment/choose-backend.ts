import { CropError } from '../errors';
import type { Backend, BackendName, LoadedModel } from './types';
import { createWasmBackend } from './wasm-backend';

/** A way to run networks that may or may not exist on this machine. */
export interface BackendCandidate {
  readonly name: BackendName;
  available(): boolean | Promise<boolean>;
  create(model: LoadedModel, signal: AbortSignal): Promise<Backend>;
}

/** What browsers can have, best first. */
const BROWSER_BACKENDS: readonly BackendCandidate[] = [
  { name: 'wasm', available: () => typeof WebAssembly === 'object', create: createWasmBackend },
];

/**
 * The first candidate that is wanted and available. `auto` wants any.
 * Rejects with `segment/no-backend` where there is none.
 */
export async function createBackend(
  preference: BackendName | 'auto',
  model: LoadedModel,
  signal: AbortSignal,
  candidates: readonly BackendCandidate[] = BROWSER_BACKENDS,
): Promise<Backend> {
  for (const candidate of candidates) {
    const wanted = preference === 'auto' || preference === candidate.name;
    if (wanted && (await candidate.available())) return candidate.create(model, signal);
  }
  throw new CropError('segment/no-backend', { preference });
}
