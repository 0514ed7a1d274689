import type { MessagePort, Worker } from 'node:worker_threads';
import type { WorkerLike } from '../workers/wire/remote';

type Listener = (event: { readonly data?: unknown; readonly message?: string }) => void;

/** Events of a thread as those of a web worker: messages carry `data`, failures a `message`. */
const EVENTS: Readonly<Record<string, (value: unknown) => Parameters<Listener>[0]>> = {
  message: (data) => ({ data }),
  error: (error) => ({ message: error instanceof Error ? error.message : String(error) }),
  messageerror: () => ({ message: 'a message could not be read' }),
};

/**
 * A thread of Node, or its own end of the line, in the form that the wire speaks with.
 * @param letGo called once instead of ending it, where it has not failed
 */
export function threadEndpoint(thread: Worker | MessagePort, letGo: () => void = () => undefined): WorkerLike {
  const calls = new Set<{
    readonly type: string;
    readonly listener: unknown;
    readonly call: (value: unknown) => void;
  }>();
  let over = false;

  function remove(which: (type: string, listener: unknown) => boolean): void {
    for (const entry of calls) {
      if (!which(entry.type, entry.listener)) continue;
      thread.off(entry.type, entry.call);
      calls.delete(entry);
    }
  }

  return {
    postMessage(message: unknown, transfer: Transferable[] = []) {
      // Comlink sends its goodbye when it is collected as garbage, long after: by then the thread serves somebody else,
      // and would stop listening and end in the middle of their work.
      if (!over) thread.postMessage(message, transfer as ArrayBuffer[]);
    },
    addEventListener(type, listener) {
      const handle = (typeof listener === 'function' ? listener : listener.handleEvent.bind(listener)) as Listener;
      const call = (value: unknown): void => {
        // A thread that failed is at its end.
        over ||= type === 'error';
        handle(EVENTS[type]!(value));
      };
      calls.add({ type, listener, call });
      thread.on(type, call);
    },
    removeEventListener: (type, listener) => remove((known, of) => known === type && of === listener),
    terminate() {
      remove(() => true);
      if (!over) letGo();
      over = true;
    },
  };
}
