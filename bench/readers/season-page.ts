/** The page whose memory `memory-tab.ts` measures: a run with the worker of the site, its caches and its scratch space. */
import { connectSeriesWorker } from '../../workers/wire/client';
import { runSeason } from '../season.ts';

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
}

globalThis.runInPage = async (url, dates) => {
  const series = connectSeriesWorker();
  try {
    const report = await runSeason(url, dates, series);
    const seconds = { read: Math.round(report.seconds.read), tiles: Math.round(report.seconds.segment) };
    const { usage = 0 } = await navigator.storage.estimate();
    return { dates: report.dates.length, seconds, notices: report.notices, storedBytes: usage };
  } finally {
    await series.dispose();
  }
};
