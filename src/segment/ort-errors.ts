import { CropError, isCropError } from '../errors';
import type { StageName } from './types';

/** How V8, SpiderMonkey, JavaScriptCore and the runtime's C++ say that memory has run out. */
const OUT_OF_MEMORY =
  /out of memory|bad_alloc|failed to allocate|allocation failed|cannot enlarge memory|memory access out of bounds|invalid (typed )?array length/i;

/** A failure of the runtime as an error of the catalogue, the original kept as its cause. */
export function stageError(stage: StageName, error: unknown): CropError {
  if (isCropError(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (OUT_OF_MEMORY.test(text)) return new CropError('segment/out-of-memory', { stage }, error);
  // An uncaught C++ exception reaches JavaScript as nothing but its address.
  const reason = /^\d+$/.test(text) ? `the runtime stopped with no more than the number ${text}.` : text;
  return new CropError('segment/runtime-failed', { stage, reason }, error);
}
