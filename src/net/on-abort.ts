/** Who waits for each signal. */
const waiting = new WeakMap<AbortSignal, Set<{ readonly call: () => void }>>();

/**
 * Calls back once when a signal is aborted; not where it is aborted already. However many wait for one signal, it has one
 * listener: dozens of requests of a date share one, and platforms take that many listeners for a leak and warn.
 * @returns lets go; to be called when the work is over
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  const entry = { call };
  const others = waiting.get(signal) ?? listenTo(signal);
  others.add(entry);
  return () => {
    others.delete(entry);
    if (others.size > 0 || waiting.get(signal) !== others) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', fire);
  };
}

function listenTo(signal: AbortSignal): Set<{ readonly call: () => void }> {
  const entries = new Set<{ readonly call: () => void }>();
  waiting.set(signal, entries);
  signal.addEventListener('abort', fire, { once: true });
  return entries;
}

function fire(this: AbortSignal): void {
  const entries = waiting.get(this);
  waiting.delete(this);
  // One that lets go meanwhile is not called any more, as with listeners.
  for (const entry of entries ?? []) entry.call();
}

/** The promise's answer, or a rejection with the signal's reason as soon as it is aborted. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let letGo: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    letGo = onAbort(signal, () => reject(signal.reason as Error));
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    letGo?.();
  }
}
