/** Runs one job; resolves or rejects as it does. */
export type Enqueue = <T>(job: () => Promise<T>) => Promise<T>;

/** Jobs run one after the other in the order they came; a failed one does not stop those behind it. */
export function createSerialQueue(): Enqueue {
  let tail: Promise<unknown> = Promise.resolve();
  return (job) => {
    const result = tail.then(job);
    tail = result.catch(() => undefined);
    return result;
  };
}
