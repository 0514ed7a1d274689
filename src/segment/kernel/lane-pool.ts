import type { KernelLane } from './lane';

/** Lanes that take jobs in the order in which these come. */
export interface LanePool {
  /** Does a job on the next lane that is free; one whose signal has been aborted by then is not begun. */
  run<T>(signal: AbortSignal, job: (lane: KernelLane) => Promise<T>): Promise<T>;
  dispose(): Promise<void>;
}

export function createLanePool(lanes: readonly KernelLane[]): LanePool {
  const idle = [...lanes];
  const waiting: ((lane: KernelLane) => void)[] = [];
  return {
    async run(signal, job) {
      const lane = idle.pop() ?? (await new Promise<KernelLane>((resolve) => waiting.push(resolve)));
      try {
        signal.throwIfAborted();
        return await job(lane);
      } finally {
        const next = waiting.shift();
        if (next === undefined) idle.push(lane);
        else next(lane);
      }
    },
    dispose: async () => void (await Promise.all(lanes.map((lane) => lane.dispose()))),
  };
}
