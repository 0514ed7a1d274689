import { openFileScratch } from '../cli/scratch';
import { createHttpTransport } from '../src/net';
import { createSeriesPort } from '../src/series';
import { startSceneServer } from './processes.ts';
import { MEMORY_LIMIT_MB, runSeason, SEASON_GRID, USUAL_DATES } from './season.ts';

/**
 * Peak memory of a whole run over a full cell, 1098 x 1098 pixels, with ten bands and SCL read from a local server and
 * a stand-in for the network: `tsx bench/memory.ts [dates]`. Prints one JSON object; ends with 1 where the peak is over
 * the limit. The same in a browser: `memory-tab.ts`.
 */

const KIB_PER_MB = 1e6 / 1024;

const server = await startSceneServer();
const series = createSeriesPort(createHttpTransport(), { openScratch: openFileScratch });
try {
  const report = await runSeason(server.url, Number(process.argv[2] ?? USUAL_DATES), series);
  const peakMb = Math.round(process.resourceUsage().maxRSS / KIB_PER_MB);
  const seconds = { read: Math.round(report.seconds.read), tiles: Math.round(report.seconds.segment) };
  const { columns, rows } = SEASON_GRID;
  console.log(JSON.stringify({ dates: report.dates.length, columns, rows, peakMb, limitMb: MEMORY_LIMIT_MB, seconds }));
  process.exitCode = peakMb > MEMORY_LIMIT_MB ? 1 : 0;
} finally {
  server.stop();
  await series.dispose();
}
