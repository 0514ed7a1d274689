import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogSource, Scene } from '../../../src/catalog';
import { isAbort } from '../../../src/errors';
import { gridToBbox } from '../../../src/geo';
import { createHttpTransport } from '../../../src/net';
import {
  createCachedSeriesPort,
  type SeriesPort,
  type SeriesProgress,
  type SeriesSummary,
  type SeriesTile,
} from '../../../src/series';
import { openBrowserCache } from '../../../src/store';
import { type FaultServer, startFaultServer } from '../../support/fault-server';
import { BANDS, TINY_GRID, tinyScene } from '../../support/tiny-scene';

/** Bands larger than one header read, as in life. */
const GRID = { ...TINY_GRID, columns: 128, rows: 96 };
const INPUT = { bands: BANDS, mean: BANDS.map(() => 0), std: BANDS.map(() => 1) };
const DAYS = ['2019-04-01', '2019-05-01', '2019-06-01'];
const EMPTY_DAY = '2019-07-01';
const forever = new AbortController().signal;

let files: Map<string, Uint8Array | string>;
let server: FaultServer;
let source: CatalogSource;

beforeEach(async () => {
  // An empty browser for each test.
  globalThis.indexedDB = new IDBFactory();
  files = new Map();
  server = await startFaultServer({ files });
  source = { kind: 'static', url: server.url, title: 'Scenes' };
  const scenes = [...DAYS, EMPTY_DAY].map(addScene);
  files.set('/items.json', JSON.stringify({ type: 'FeatureCollection', features: scenes.map(itemOf) }));
});

afterEach(() => server.close());

function addScene(date: string, at: number): Scene {
  const made = new Map<string, unknown>();
  const dn = (band: string, pixel: number): number => 1000 * (at + 1) + BANDS.indexOf(band as never) * 10 + (pixel % 7);
  const scl = (): number => (date === EMPTY_DAY ? 0 : 4);
  const scene = tinyScene(made, { date, grid: GRID, root: server.url, dn, scl });
  for (const [url, bytes] of made) files.set(url.slice(server.url.length), bytes as Uint8Array);
  return scene;
}

function itemOf(scene: Scene): unknown {
  return {
    type: 'Feature',
    id: scene.id,
    collection: scene.collection,
    properties: {
      datetime: scene.datetime,
      'grid:code': `MGRS-${scene.tile}`,
      'proj:epsg': scene.epsg,
      'earthsearch:boa_offset_applied': true,
    },
    assets: Object.fromEntries(Object.entries(scene.assets).map(([name, href]) => [name, { href }])),
  };
}

/** A page opened anew: nothing in memory, the same browser storage, no patience. */
function openPage(): SeriesPort {
  const clock = { sleep: async (): Promise<void> => undefined };
  return createCachedSeriesPort({ transport: createHttpTransport({ clock }), cache: openBrowserCache() });
}

interface Run {
  readonly summary: SeriesSummary;
  readonly tile: SeriesTile;
}

async function run(
  page: SeriesPort,
  signal = forever,
  onDate: (progress: SeriesProgress) => void = () => undefined,
): Promise<Run> {
  const query = { bbox: gridToBbox(GRID), range: { from: '2019-01-01', to: '2019-12-31' } };
  const { scenes } = await page.search([source], query, signal);
  const request = { scenes, grid: GRID, input: INPUT, referenceDate: '2018-09-01' };
  const summary = await page.build(request, signal, onDate);
  return { summary, tile: await page.tile(0, 0, GRID.columns, GRID.rows, signal) };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** What was saved by skipping is judged by what was read, so it may differ. */
function expectSame({ summary, tile }: Run, first: Run): void {
  expect(summary.dates).toEqual(first.summary.dates);
  expect(tile.days).toEqual(first.tile.days);
  // A deep comparison of each number would take seconds.
  tile.pixels.forEach((pixels, date) =>
    expect(Buffer.compare(bytesOf(pixels), bytesOf(first.tile.pixels[date]!))).toBe(0),
  );
}

describe('the second run of a window', () => {
  it('asks nobody for anything and sees the same', async () => {
    const first = await run(openPage());
    const { requests } = server.traffic();
    expect(requests).toBeGreaterThan(DAYS.length * BANDS.length);
    expect(first.summary.dates.map(({ date }) => date)).toEqual(DAYS);
    const page = openPage();
    const second = await run(page);
    expect(server.traffic().requests).toBe(requests);
    expect(await page.traffic()).toEqual({ requests: 0, bytes: 0 });
    expectSame(second, first);
  });

  it('names no record by a key of the catalogue, and reads them with another one', async () => {
    const { url } = source;
    source = { ...source, url: `${url}?key=SECRET` };
    const first = await run(openPage());
    const names = (await openBrowserCache().list('', forever)).map(({ key }) => key);
    expect(names.some((name) => name.startsWith('date'))).toBe(true);
    expect(names.join(' ')).not.toContain('SECRET');
    source = { ...source, url: `${url}?key=ANOTHER` };
    server.reset();
    expectSame(await run(openPage()), first);
    expect(server.traffic().paths).toEqual(['/items.json']);
  });

  it('needs no connection', async () => {
    const first = await run(openPage());
    await server.close();
    expectSame(await run(openPage()), first);
    server = await startFaultServer({ files });
  });

  it('is made of tiles where finished dates are gone', async () => {
    const first = await run(openPage());
    await openBrowserCache().clear(['dates']);
    const { requests } = server.traffic();
    expectSame(await run(openPage()), first);
    expect(server.traffic().requests).toBe(requests);
  });

  it('fetches only what an interrupted one has not read', async () => {
    const stop = new AbortController();
    let finished = '';
    const cut = ({ date }: SeriesProgress): void => {
      finished = date.replaceAll('-', '');
      stop.abort();
    };
    await expect(run(openPage(), stop.signal, cut)).rejects.toSatisfy(isAbort);
    expect(server.traffic().paths.some((path) => path.includes(finished))).toBe(true);
    server.reset();
    const { summary } = await run(openPage());
    expect(summary.dates).toHaveLength(DAYS.length);
    expect(server.traffic().paths.length).toBeGreaterThan(0);
    expect(server.traffic().paths.filter((path) => path.includes(finished))).toEqual([]);
  });

  it('reads a band of a neighbouring window only where the first has not been', async () => {
    await run(openPage());
    server.reset();
    const page = openPage();
    const query = { bbox: gridToBbox(GRID), range: { from: '2019-01-01', to: '2019-12-31' } };
    const { scenes } = await page.search([source], query, forever);
    const grid = { ...GRID, columns: 64, rows: 96 };
    await page.build({ scenes, grid, input: INPUT, referenceDate: '2018-09-01' }, forever, () => undefined);
    expect(server.traffic().requests).toBe(0);
  });

  it('asks again for a file that came damaged, in the same run', async () => {
    const path = [...files.keys()].find((name) => name.endsWith('B05.tif'))!;
    server.inject({ path: new RegExp(path), fault: { kind: 'corrupt', offset: 0, length: 8 }, times: 1 });
    const { summary } = await run(openPage());
    expect(summary.dates).toHaveLength(DAYS.length);
    expect(server.traffic().paths.filter((name) => name === path)).toHaveLength(2);
  });

  it('runs without storage as well, only not for free', async () => {
    const { summary } = await run(openPage());
    Object.assign(globalThis, { indexedDB: undefined });
    server.reset();
    expect((await run(openPage())).summary.dates).toEqual(summary.dates);
    expect(server.traffic().requests).toBeGreaterThan(0);
  });
});
