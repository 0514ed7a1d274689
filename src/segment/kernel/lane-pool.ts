import type { KernelLane } from './lane';

/** Lanes that take jobs in the order in which these come. */
export interface LanePool {
  /**
   * Does a job on the next lane that is free, or on the first one alone; a job whose signal has been aborted by then is
   * not begun.
   */
  run<T>(signal: AbortSignal, job: (lane: KernelLane) => Promise<T>, which?: 'any' | 'first'): Promise<T>;
  dispose(): Promise<void>;
}

interface Waiting {
  readonly takes: (lane: KernelLane) => boolean;
  readonly start: (lane: KernelLane) => void;
}

export function createLanePool(lanes: readonly KernelLane[]): LanePool {
  const idle = [...lanes];
  const waiting: Waiting[] = [];

  function lease(takes: Waiting['takes']): KernelLane | Promise<KernelLane> {
    const at = idle.findIndex(takes);
    if (at >= 0) return idle.splice(at, 1)[0]!;
    return new Promise((start) => waiting.push({ takes, start }));
  }

  function giveBack(lane: KernelLane): void {
    const next = waiting.findIndex(({ takes }) => takes(lane));
    if (next < 0) idle.push(lane);
    else waiting.splice(next, 1)[0]!.start(lane);
  }

  return {
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
