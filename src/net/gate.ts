import { onAbort } from './on-abort';

/** Lets a limited number of holders per key through; of the others the one of the lowest rank goes next. */
export interface Gate {
  /**
   * Resolves with the function that gives the place back (calling it twice does no harm).
   * Rejects with the signal's reason when aborted while waiting; the place in the queue is then gone.
   * @param rank asked whenever a place is free, so that it may change while waiting; equal ones keep their order
   */
  enter(key: string, signal: AbortSignal, rank?: () => number): Promise<() => void>;
}

interface Waiting {
  readonly admit: () => void;
  readonly rank: () => number;
}

interface Lane {
  inside: number;
  readonly waiting: Waiting[];
}

/** A gate with `limit` places per key. */
export function createGate(limit: number): Gate {
  const lanes = new Map<string, Lane>();

  function leaver(key: string, lane: Lane): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = takeFirst(lane.waiting);
      // A place is handed on, not freed, so that nobody can slip in between.
      if (next !== undefined) next.admit();
      else if (--lane.inside === 0) lanes.delete(key);
    };
  }

  return {
    enter(key, signal, rank = () => 0) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const lane = lanes.get(key) ?? { inside: 0, waiting: [] };
        lanes.set(key, lane);
        if (lane.inside < limit) {
          lane.inside += 1;
          resolve(leaver(key, lane));
          return;
        }
        const waiting: Waiting = {
          rank,
          admit() {
            letGo();
            resolve(leaver(key, lane));
          },
        };
        const giveUp = (): void => {
          lane.waiting.splice(lane.waiting.indexOf(waiting), 1);
          reject(signal.reason);
        };
        lane.waiting.push(waiting);
        const letGo = onAbort(signal, giveUp);
      });
    },
  };
}

/** Takes out the first of those with the lowest rank. */
function takeFirst(waiting: Waiting[]): Waiting | undefined {
  let best = 0;
  let lowest = Infinity;
  waiting.forEach(({ rank }, index) => {
    const own = rank();
    if (own >= lowest) return;
    lowest = own;
    best = index;
  });
  return waiting.splice(best, 1)[0];
}
