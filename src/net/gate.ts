/** Lets a limited number of holders per key through; the others wait in order of arrival. */
export interface Gate {
  /**
   * Resolves with the function that gives the place back (calling it twice does no harm).
   * Rejects with the signal's reason when aborted while waiting; the place in the queue is then gone.
   */
  enter(key: string, signal: AbortSignal): Promise<() => void>;
}

interface Lane {
  inside: number;
  readonly waiting: (() => void)[];
}

/** A gate with `limit` places per key. */
export function createGate(limit: number): Gate {
  const lanes = new Map<string, Lane>();

  function leaver(key: string, lane: Lane): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = lane.waiting.shift();
      // A place is handed on, not freed, so that nobody can slip in between.
      if (next !== undefined) next();
      else if (--lane.inside === 0) lanes.delete(key);
    };
  }

  return {
    enter(key, signal) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const lane = lanes.get(key) ?? { inside: 0, waiting: [] };
        lanes.set(key, lane);
        if (lane.inside < limit) {
          lane.inside += 1;
          resolve(leaver(key, lane));
          return;
        }
        const admit = (): void => {
          signal.removeEventListener('abort', giveUp);
          resolve(leaver(key, lane));
        };
        const giveUp = (): void => {
          lane.waiting.splice(lane.waiting.indexOf(admit), 1);
          reject(signal.reason);
        };
        lane.waiting.push(admit);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
}
