import * as Comlink from 'comlink';
import { toWire } from '../../src/errors';
import { buffersIn, type Port, type Reply, SIGNAL_PLACE, type WireHost } from './protocol';

type RemoteCallback = Comlink.Remote<(...values: unknown[]) => void>;

/**
 * Answers calls of `createRemotePort` with a port of this thread. Errors travel as data; typed arrays in results are
 * moved, so the port must not keep them.
 */
export function servePort<P extends Port<P>>(port: P, endpoint?: Comlink.Endpoint): void {
  const running = new Map<number, AbortController>();

  const host: WireHost = {
    async call(id, method, ...args) {
      const controller = new AbortController();
      running.set(id, controller);
      const callbacks: RemoteCallback[] = [];
      // Acknowledged by the other side: a reply must not overtake the progress before it.
      let told: Promise<unknown> = Promise.resolve();
      const unpacked = args.map((arg) => {
        if (arg === SIGNAL_PLACE) return controller.signal;
        if (typeof arg !== 'function') return arg;
        const callback = arg as RemoteCallback;
        callbacks.push(callback);
        return (...values: unknown[]): void => {
          told = Promise.resolve(callback(...values));
        };
      });
      const reply = await answer(port[method as keyof P], port, unpacked);
      await told;
      for (const callback of callbacks) callback[Comlink.releaseProxy]();
      running.delete(id);
      return Comlink.transfer(reply, [...buffersIn(reply)]);
    },
    abort(id) {
      running.get(id)?.abort();
    },
  };

  Comlink.expose(host, endpoint);
}

async function answer(method: unknown, port: unknown, args: readonly unknown[]): Promise<Reply> {
  try {
    if (typeof method !== 'function') throw new TypeError('The worker has no such method.');
    return { ok: true, value: await (method.apply(port, args) as Promise<unknown>) };
  } catch (error) {
    return { ok: false, error: toWire(error) };
  }
}
