/**
 * The page whose memory `memory-tab.ts` and `whole-cell.ts` measure: a run with the workers of the site, its caches and
 * its scratch space.
 */
import type { JobReport } from '../../src/job';
import { connectSegmentWorker, connectSeriesWorker } from '../../workers/wire/client';
import { runSeason } from '../season.ts';
import { type PageState, WATCH_CHANNEL, type WatchReport } from '../watch-report.ts';

/** What the page tells of a run. */
export interface PageRun {
  readonly dates: number;
  readonly seconds: { readonly read: number; readonly tiles: number; readonly all: number };
  readonly encodings: JobReport['encodings'];
  /** `WASM, 2 threads, own kernels in 2 workers` */
  readonly backend: string;
  readonly notices: readonly string[];
  /** Bytes that the caches of the site keep of it. */
  readonly storedBytes: number;
}

declare global {
  /** With the network of the model at `modelUrl`, or a stand-in. */
  var runInPage: (url: string, dates: number, modelUrl?: string) => Promise<PageRun>;
  /** Where the run is, to be asked at any time. */
  var stateOfPage: () => Promise<PageState>;
}

let state: Omit<PageState, 'secondsSinceReport' | 'storedBytes'> = { stage: 'start', note: '', worker: null };
let reported = performance.now();

new BroadcastChannel(WATCH_CHANNEL).addEventListener('message', ({ data }: MessageEvent<WatchReport>) => {
  state = { ...state, worker: data };
  reported = performance.now();
});

globalThis.stateOfPage = async () => {
  const { usage = 0 } = await navigator.storage.estimate();
  return { ...state, secondsSinceReport: Math.round((performance.now() - reported) / 1000), storedBytes: usage };
};

globalThis.runInPage = async (url, dates, modelUrl) => {
  const series = connectSeriesWorker(
    () => new Worker(new URL('./season.worker.ts', import.meta.url), { type: 'module' }),
  );
  const network = modelUrl === undefined ? undefined : { segment: connectSegmentWorker(), modelUrl };
  const begin = performance.now();
  try {
    const onProgress = ({ stage, note }: { stage: string; note: string }): void => {
      state = { ...state, stage, note };
    };
    const report = await runSeason(url, dates, series, onProgress, network);
    const all = Math.round((performance.now() - begin) / 1000);
    const seconds = { read: Math.round(report.seconds.read), tiles: Math.round(report.seconds.segment), all };
    const { usage = 0 } = await navigator.storage.estimate();
    const { dates: used, notices, encodings, model } = report;
    return { dates: used.length, seconds, encodings, backend: model.backend, notices, storedBytes: usage };
  } finally {
    await Promise.all([series.dispose(), network?.segment.dispose()]);
  }
};
