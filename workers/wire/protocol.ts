import type { WireError } from '../../src/errors';

/** A set of async methods whose arguments are plain data, typed arrays, abort signals and progress callbacks. */
export type Port<P> = { readonly [Name in keyof P]: (...args: never[]) => Promise<unknown> };

/** An answer as data: thrown values would lose their class and fields on the way. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };

/** What a worker exposes through comlink, whatever its port is. `id` names a call among those that run. */
export interface WireHost {
  call(id: number, method: string, ...args: unknown[]): Promise<Reply>;
  abort(id: number): void;
}

/** Stands for the abort signal among the arguments of a call: signals themselves cannot cross. */
export const SIGNAL_PLACE = 'crop2seg:signal';

/** The buffers of all typed arrays inside plain data: what moves to the other side instead of being copied. */
export function buffersIn(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) buffersIn(inner, found);
  }
  return found;
}
