import { CATALOGUE, type ErrorCode } from './catalogue';
import { CropError, isAbort, isCropError, type ErrorDetails } from './crop-error';
import { redactText } from './redact';

/** An error as plain data, for worker messages: structured clone drops the class and its fields. */
export type WireError = (
  | { readonly kind: 'crop'; readonly code: ErrorCode; readonly details: ErrorDetails }
  | { readonly kind: 'abort'; readonly message: string }
  | { readonly kind: 'other'; readonly name: string; readonly message: string }
) & { readonly cause: WireError | null };

/** Causes kept with an error; deeper ones tell people nothing more. */
const DEEPEST_CAUSE = 4;

/** Packs any thrown value with its causes. */
export function toWire(error: unknown, depth = 0): WireError {
  const known = error instanceof Error ? error : new Error(String(error));
  const cause = known.cause === undefined || depth === DEEPEST_CAUSE ? null : toWire(known.cause, depth + 1);
  if (isCropError(known)) return { kind: 'crop', code: known.code, details: known.details, cause };
  if (isAbort(known)) return { kind: 'abort', message: known.message, cause };
  return { kind: 'other', name: known.name, message: redactText(known.message), cause };
}

/** Unpacks what `toWire` packed into an error that `isCropError` and `isAbort` recognise, its causes too. */
export function fromWire(wire: WireError): Error {
  const cause = wire.cause === null ? undefined : fromWire(wire.cause);
  switch (wire.kind) {
    case 'crop':
      return wire.code in CATALOGUE ? new CropError(wire.code, wire.details, cause) : new Error(wire.code, { cause });
    case 'abort':
      return new DOMException(wire.message, 'AbortError');
    case 'other': {
      const error = new Error(wire.message, { cause });
      error.name = wire.name;
      return error;
    }
  }
}
