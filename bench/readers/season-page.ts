/** The page whose memory `memory-tab.ts` measures: a run with the worker of the site, its caches and its scratch space. */
import { connectSeriesWorker } from '../../workers/wire/client';
import { runSeason } from '../season.ts';
import { type PageState, WATCH_CHANNEL, type WatchReport } from '../watch-report.ts';

/** What the page tells of a run. */
export interface PageRun {
  readonly dates: number;
  readonly seconds: { readonly read: number; readonly tiles: number };
  readonly notices: readonly string[];
  /** Bytes that the caches of the site keep of it. */
  readonly storedBytes: number;
}

declare global {
  var runInPage: (url: string, dates: number) => Promise<PageRun>;
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

globalThis.runInPage = async (url, dates) => {
  const series = connectSeriesWorker(
    () => new Worker(new URL('./season.worker.ts', import.meta.url), { type: 'module' }),
  );
  try {
    const report = await runSeason(url, dates, series, ({ stage, note }) => {
      state = { ...state, stage, note };
    });
    const seconds = { read: Math.round(report.seconds.read), tiles: Math.round(report.seconds.segment) };
    const { usage = 0 } = await navigator.storage.estimate();
    return { dates: report.dates.length, seconds, notices: report.notices, storedBytes: usage };
  } finally {
    await series.dispose();
  }
};
