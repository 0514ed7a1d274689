/**
 * Waits for one turn of the event loop. WASM runs block their thread and resolve as microtasks: without a turn in
 * between, a worker would not see an abort message before the whole tile is done. A message channel, because timers
 * are clamped to 4 ms.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
