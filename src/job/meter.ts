import type { Traffic } from '../net';
import type { JobProgress, MapPreview, Stage } from './types';

/** Progress of one stage before bytes and requests are added. */
export type StageProgress = Omit<JobProgress, 'bytes' | 'requests'>;

/** Collects what a job reports: progress lines with the traffic of both ports, and seconds per stage. */
export interface Meter {
  report(progress: StageProgress): void;
  /** Hands on a map in the making. */
  preview(map: MapPreview): void;
  /** Remembers the latest counters of a part of the job. */
  traffic(part: 'series' | 'segment', traffic: Traffic): void;
  /** Runs one stage and adds its wall time. */
  timed<T>(stage: Stage, work: () => Promise<T>): Promise<T>;
  /** `wallSeconds` is the time since the meter was made: stages that run side by side count once. */
  totals(): Traffic & { readonly seconds: Readonly<Record<Stage, number>>; readonly wallSeconds: number };
}

const MILLISECONDS_PER_SECOND = 1000;

export function createMeter(
  onProgress: ((progress: JobProgress) => void) | undefined,
  onPreview: ((map: MapPreview) => void) | undefined,
): Meter {
  const start = performance.now();
  const parts = { series: { requests: 0, bytes: 0 }, segment: { requests: 0, bytes: 0 } };
  const seconds: Record<Stage, number> = { search: 0, model: 0, read: 0, segment: 0, finish: 0 };
  const sum = (): Traffic => ({
    requests: parts.series.requests + parts.segment.requests,
    bytes: parts.series.bytes + parts.segment.bytes,
  });

  return {
    report: (progress) => onProgress?.({ ...progress, ...sum() }),
    preview: (map) => onPreview?.(map),
    traffic(part, { requests, bytes }) {
      parts[part] = { requests, bytes };
    },
    async timed(stage, work) {
      const begin = performance.now();
      try {
        return await work();
      } finally {
        seconds[stage] += secondsSince(begin);
      }
    },
    totals: () => ({ ...sum(), seconds, wallSeconds: secondsSince(start) }),
  };
}

function secondsSince(begin: number): number {
  return (performance.now() - begin) / MILLISECONDS_PER_SECOND;
}
