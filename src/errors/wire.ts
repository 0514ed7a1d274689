import { CATALOGUE, type ErrorCode } from './catalogue';
import { CropError, isAbort, isCropError, type ErrorDetails } from './crop-error';

/** An error as plain data, for worker messages: structured clone drops the class and its fields. */
export type WireError =
  | { readonly kind: 'crop'; readonly code: ErrorCode; readonly details: ErrorDetails; readonly cause: string | null }
  | { readonly kind: 'abort'; readonly message: string }
  | { readonly kind: 'other'; readonly name: string; readonly message: string };

/** Packs any thrown value. */
export function toWire(error: unknown): WireError {
  if (isCropError(error)) {
    return { kind: 'crop', code: error.code, details: error.details, cause: error.cause === undefined ? null : String(error.cause) };
  }
  if (isAbort(error)) return { kind: 'abort', message: (error as Error).message };
  const known = error instanceof Error ? error : new Error(String(error));
  return { kind: 'other', name: known.name, message: known.message };
}

/** Unpacks what `toWire` packed into an error that `isCropError` and `isAbort` recognise. */
export function fromWire(wire: WireError): Error {
  switch (wire.kind) {
    case 'crop':
      return wire.code in CATALOGUE ? new CropError(wire.code, wire.details, wire.cause ?? undefined) : new Error(wire.code);
    case 'abort':
      return new DOMException(wire.message, 'AbortError');
    case 'other': {
      const error = new Error(wire.message);
      error.name = wire.name;
      return error;
    }
  }
}
