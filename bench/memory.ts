import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openFileScratch } from '../cli/scratch';
import type { CatalogSource, Scene } from '../src/catalog';
import { cellByIndex, gridToBbox } from '../src/geo';
import { runJob } from '../src/job';
import { createHttpTransport } from '../src/net';
import { createSeriesPort } from '../src/series';
import { TINY_CARD, tinySegmentPort } from '../tests/support/tiny-model';
import { BANDS, tinyScene } from '../tests/support/tiny-scene';

/**
 * Peak memory of a whole run over a full cell, 1098 x 1098 pixels, with ten bands and SCL read from a local server and
 * a stand-in for the network: `tsx bench/memory.ts [dates]`. Prints one JSON object; ends with 1 where the peak is over
 * the limit. The server is a process of its own, so that its memory is not counted.
 */

/** The promise of docs/performance.md, megabytes. */
const LIMIT_MB = 1500;

const USUAL_DATES = 60;
const FIRST_DAY = Date.UTC(2019, 2, 1);
const DAYS_APART = 3;
const MS_PER_DAY = 86_400_000;
const KIB_PER_MB = 1e6 / 1024;
const GRID = cellByIndex(355).grid;

/** Every scene is the same eleven files under another name. */
async function serve(): Promise<void> {
  const made = new Map<string, unknown>();
  tinyScene(made, {
    date: '2019-01-01',
    grid: GRID,
    root: '',
    dn: (band, pixel) => 1000 + BANDS.indexOf(band) + (pixel % 4000),
  });
  const files = new Map([...made].map(([url, bytes]) => [url.split('/').at(-1)!, bytes as Uint8Array]));
  const server = createServer((request, response) => {
    const file = files.get((request.url ?? '').split('/').at(-1)!)!;
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
    const part = file.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + part.length - 1}/${file.length}`;
    response.writeHead(206, { 'content-range': range, 'content-length': part.length }).end(part);
  });
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
}

function scenesOn(root: string, dates: number): Scene[] {
  return Array.from({ length: dates }, (_, index) => {
    const date = new Date(FIRST_DAY + index * DAYS_APART * MS_PER_DAY).toISOString().slice(0, 10);
    const id = `scene-${index}`;
    const assets = Object.fromEntries([...BANDS, 'SCL'].map((name) => [name, `${root}/${id}/${name}.tif`]));
    const clouds = { cloudPercent: 10, snowPercent: 0, nodataPercent: 0 };
    const product = { processingBaseline: '02.11', boaOffsetApplied: true, sequence: 0, simulated: true };
    const about = { collection: 'sentinel-2-l2a', tile: '33UVR', platform: null, epsg: GRID.epsg };
    return { id, date, datetime: `${date}T10:00:00Z`, bbox: gridToBbox(GRID), assets, ...about, ...clouds, ...product };
  });
}

async function measure(dates: number): Promise<void> {
  const child = fork(import.meta.filename, ['serve']);
  const port = await new Promise<number>((resolve) => child.once('message', (message) => resolve(message as number)));
  const source: CatalogSource = { kind: 'static', url: `http://127.0.0.1:${port}`, title: 'Local server' };
  const series = createSeriesPort(createHttpTransport(), { openScratch: openFileScratch });
  const search = async () => ({ scenes: scenesOn(source.url, dates), notices: [] });
  const card = { ...TINY_CARD, input: { ...TINY_CARD.input, tileSize: 128, margin: 6, std: BANDS.map(() => 2000) } };
  const segment = tinySegmentPort();
  const load: typeof segment.load = async (...args) => ({ ...(await segment.load(...args)), card });
  const request = {
    ...{ grid: GRID, title: 'Cell 355', season: 2019, source, modelUrl: 'none' },
    range: { from: '2018-09-01', to: '2019-10-31' },
  };
  try {
    const { signal } = new AbortController();
    const { report } = await runJob(
      request,
      { series: { ...series, search }, segment: { ...segment, load } },
      { signal },
    );
    const peakMb = Math.round(process.resourceUsage().maxRSS / KIB_PER_MB);
    const { read, segment: cut } = report.seconds;
    const seconds = { read: Math.round(read), tiles: Math.round(cut) };
    console.log(
      JSON.stringify({
        dates: report.dates.length,
        columns: GRID.columns,
        rows: GRID.rows,
        peakMb,
        limitMb: LIMIT_MB,
        seconds,
      }),
    );
    process.exitCode = peakMb > LIMIT_MB ? 1 : 0;
  } finally {
    child.kill();
    await series.dispose();
  }
}

if (process.argv[2] === 'serve') await serve();
else await measure(Number(process.argv[2] ?? USUAL_DATES));
