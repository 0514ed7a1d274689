import * as Comlink from 'comlink';
import { CropError, fromWire } from '../../src/errors';
import { onAbort } from '../../src/net';
import { buffersIn, type Port, SIGNAL_PLACE, type WireHost } from './protocol';

/** What is used of a `Worker`. */
export interface WorkerLike extends Comlink.Endpoint {
  terminate(): void;
}

export interface RemoteParts<P> {
  /** Named in errors. */
  readonly name: string;
  /** Every method of the port but `dispose`, which is answered on this side. */
  readonly methods: Readonly<Record<Exclude<keyof P, 'dispose'>, true>>;
  readonly start: () => WorkerLike;
  /** Whether an error leaves the worker unfit for further calls. */
  readonly isFatal?: (error: unknown) => boolean;
}

/** A started worker and the calls that wait for it. */
interface Live {
  readonly worker: WorkerLike;
  readonly host: Comlink.Remote<WireHost>;
  readonly pending: Set<(error: unknown) => void>;
}

/**
 * A port whose work is done in a worker, which starts with the first call. A worker that fails rejects the calls that
 * wait with `workers/failed`; the next call starts a new one. `dispose` ends the worker and with it frees all its
 * memory; waiting calls reject as aborted.
 *
 * Aborting rejects at once and tells the worker to stop. Typed arrays in arguments are moved, not copied: who calls
 * gives them away.
 */
export function createRemotePort<P extends Port<P> & { dispose(): Promise<void> }>(parts: RemoteParts<P>): P {
  let live: Live | null = null;
  let lastId = 0;

  function failure(message: string, cause?: unknown): CropError {
    return new CropError('workers/failed', { worker: parts.name, reason: message.replace(/\.$/, '') }, cause);
  }

  function end(target: Live, error: unknown): void {
    if (live === target) live = null;
    target.worker.terminate();
    for (const reject of target.pending) reject(error);
    target.pending.clear();
  }

  function connect(): Live {
    const worker = parts.start();
    const started: Live = { worker, host: Comlink.wrap<WireHost>(worker), pending: new Set() };
    const fail = (event: Event): void => {
      end(started, failure((event as Partial<ErrorEvent>).message || 'it could not be started'));
    };
    worker.addEventListener('error', fail as EventListener);
    worker.addEventListener('messageerror', fail as EventListener);
    return started;
  }

  function call(method: string, args: readonly unknown[]): Promise<unknown> {
    const signal = args.find((arg) => arg instanceof AbortSignal);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const target = (live ??= connect());
    const id = (lastId += 1);
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        if (!target.pending.delete(fail)) return;
        letGo?.();
        finish();
      };
      const fail = (error: unknown): void => settle(() => reject(error as Error));
      const abort = (): void => {
        void target.host.abort(id);
        fail(signal?.reason);
      };
      target.pending.add(fail);
      const letGo = signal && onAbort(signal, abort);
      const packed = args.map((arg) => pack(arg, () => target.pending.has(fail), fail));
      target.host.call(id, method, ...packed).then((reply) => {
        if (reply.ok) return settle(() => resolve(reply.value));
        const error = fromWire(reply.error);
        fail(error);
        if (parts.isFatal?.(error)) {
          end(target, failure(error.message, error));
        }
      }, fail);
    });
  }

  const methods = Object.keys(parts.methods).map((method) => [method, (...args: unknown[]) => call(method, args)]);
  const dispose = async (): Promise<void> => {
    if (live !== null) end(live, new DOMException('The worker was ended.', 'AbortError'));
  };
  return { ...Object.fromEntries(methods), dispose } as P;
}

/** An argument in the form that crosses. Callbacks fall silent once their call has settled. */
function pack(arg: unknown, waiting: () => boolean, fail: (error: unknown) => void): unknown {
  if (arg instanceof AbortSignal) return SIGNAL_PLACE;
  if (typeof arg === 'function') {
    return Comlink.proxy((...values: unknown[]): void => {
      if (!waiting()) return;
      try {
        arg(...values);
      } catch (error) {
        fail(error);
      }
    });
  }
  return typeof arg === 'object' && arg !== null ? Comlink.transfer(arg, [...buffersIn(arg)]) : arg;
}
