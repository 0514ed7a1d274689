import type { KernelLane } from './lane';

/** Lanes that take jobs in the order in which these come. */
export interface LanePool {
  /** Jobs that are under way at most: more wait. */
  readonly places: number;
  /**
   * Does a job on the lane with the fewest, or on the first one alone; a job whose signal has been aborted by then is not
   * begun.
   */
  run<T>(signal: AbortSignal, job: (lane: KernelLane) => Promise<T>, which?: 'any' | 'first'): Promise<T>;
  dispose(): Promise<void>;
}

/** Jobs of a lane: while it is at one, the next lies at its door, and no time is lost with messages between them. */
const PLACES_OF_LANE = 2;

interface Waiting {
  readonly takes: (lane: KernelLane) => boolean;
  readonly start: (lane: KernelLane) => void;
}

export function createLanePool(lanes: readonly KernelLane[]): LanePool {
  const jobs = new Map(lanes.map((lane) => [lane, 0]));
  const waiting: Waiting[] = [];

  function lease(takes: Waiting['takes']): KernelLane | Promise<KernelLane> {
    const free = lanes.filter((lane) => takes(lane) && jobs.get(lane)! < PLACES_OF_LANE);
    const [first] = free.sort((a, b) => jobs.get(a)! - jobs.get(b)!);
    if (first === undefined) return new Promise((start) => waiting.push({ takes, start }));
    jobs.set(first, jobs.get(first)! + 1);
    return first;
  }

  function giveBack(lane: KernelLane): void {
    const next = waiting.findIndex(({ takes }) => takes(lane));
    if (next < 0) jobs.set(lane, jobs.get(lane)! - 1);
    else waiting.splice(next, 1)[0]!.start(lane);
  }

  return {
    places: lanes.length * PLACES_OF_LANE,
    async run(signal, job, which = 'any') {
      const lane = await lease((free) => which === 'any' || free === lanes[0]);
      try {
        signal.throwIfAborted();
        return await job(lane);
      } finally {
        giveBack(lane);
      }
    },
    dispose: async () => void (await Promise.all(lanes.map((lane) => lane.dispose()))),
  };
}
