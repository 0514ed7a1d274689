import type { Backend, BackendName, LoadedModel, ModelCard, Precision } from './types';
import { createWasmBackend } from './wasm-backend';

/** A way to run networks that may or may not exist on this machine. */
export interface BackendCandidate {
  readonly name: BackendName;
  /** What it gains by, the most wanted first; fp32 last, which every model has. */
  readonly precisions: readonly Precision[];
  /** Answered without downloading anything. */
  available(precision: Precision): boolean | Promise<boolean>;
  create(model: LoadedModel, signal: AbortSignal): Promise<Backend>;
}

/** A candidate in one precision. */
export interface Variant {
  /** `wasm/int8` */
  readonly id: string;
  readonly candidate: BackendCandidate;
  readonly precision: Precision;
}

/** What browsers can have, the most wanted first. */
export const BROWSER_CANDIDATES: readonly BackendCandidate[] = [
  {
    name: 'wasm',
    precisions: ['int8', 'fp32'],
    available: () => typeof WebAssembly === 'object',
    create: createWasmBackend,
  },
];

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
