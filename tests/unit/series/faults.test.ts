import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scene, signedTransport } from '../../../src/catalog';
import { isCropError } from '../../../src/errors';
import { createHttpTransport, type HttpOptions } from '../../../src/net';
import { writeGeoTiff } from '../../../src/raster';
import { buildSeries, type BuildOptions, type SeriesProgress } from '../../../src/series';
import { type Fault, type FaultServer, startFaultServer } from '../../support/fault-server';
import { BANDS, TINY_GRID, tinyScene, type TinySceneOptions } from '../../support/tiny-scene';
import { openBytes, withTag } from '../raster/tiff-bytes';

/** Large enough that a 10 m band (24 KiB) does not come whole with its header of 16 KiB. */
const GRID = { ...TINY_GRID, columns: 128, rows: 96 };
const WHOLE = { column: 0, row: 0, columns: GRID.columns, rows: GRID.rows };
const INPUT = { bands: BANDS, mean: BANDS.map(() => 0), std: BANDS.map(() => 1) };
/** Headers of all eleven files, and the rest of the four bands of 10 m. */
const REQUESTS = 11 + 4;
const forever = new AbortController().signal;

const value = (band: string, pixel: number): number => 1000 + BANDS.indexOf(band as never) * 7 + (pixel % 500);

let files: Map<string, Uint8Array>;
let server: FaultServer;
let valid: (token: string | null) => boolean;

beforeEach(async () => {
  files = new Map();
  valid = () => true;
  server = await startFaultServer({
    files,
    answer: (url) => (url.pathname.startsWith('/signed/') && !valid(url.searchParams.get('sig')) ? 403 : undefined),
  });
});

afterEach(() => server.close());

/** A scene on the server. */
function sceneOn(options: Partial<TinySceneOptions> & { readonly folder?: string } = {}): Scene {
  const made = new Map<string, unknown>();
  const root = `${server.url}${options.folder ?? ''}`;
  const scene = tinyScene(made, { date: '2019-05-01', dn: value, grid: GRID, root, ...options });
  for (const [url, bytes] of made) files.set(url.slice(server.url.length), bytes as Uint8Array);
  return scene;
}

function transport(options: HttpOptions = {}) {
  const waits: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
  return { waits, http: createHttpTransport({ clock: { sleep, random: () => 0 }, ...options }) };
}

async function read(scenes: readonly Scene[], options: Partial<BuildOptions> = {}) {
  const request = { scenes, grid: GRID, input: INPUT, referenceDate: '2018-09-01' };
  const { series, summary } = await buildSeries(request, { transport: transport().http, signal: forever, ...options });
  return { summary, dn: await series.pixels.read(series.dates[0]!.date, WHOLE) };
}

/** That every pixel of the first band is what the server has. */
function expectRight(dn: Uint16Array): void {
  const first = dn.subarray(0, GRID.columns * GRID.rows);
  expect(first.findIndex((dn, pixel) => dn !== value('B02', pixel))).toBe(-1);
}

function spoil(path: RegExp, fault: Fault, times?: number): void {
  server.inject({ path, fault, ...(times === undefined ? {} : { times }) });
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('expected a rejection'),
    (error: unknown) => error,
  );
}

describe('a date is read rightly', () => {
  it('with as few requests as its files need', async () => {
    expectRight((await read([sceneOn()])).dn);
    expect(server.traffic().requests).toBe(REQUESTS);
  });

  it.each<[string, Fault, number]>([
    ['slow answers', { kind: 'delay', milliseconds: 30 }, 0],
    ['a narrow line', { kind: 'throttle', bytesPerSecond: 100_000 }, 0],
    ['a 500', { kind: 'status', status: 500 }, 1],
    ['a connection that is cut in the middle of a body', { kind: 'truncate', bytes: 500 }, 1],
    ['an answer that is shorter than it says', { kind: 'short', bytes: 100 }, 1],
  ])('with %s', async (_, fault, extra) => {
    const scene = sceneOn();
    spoil(/B04/, fault, 1);
    expectRight((await read([scene])).dn);
    expect(server.traffic().requests).toBe(REQUESTS + extra);
  });

  it.each([429, 503])('with %d: it waits as long as it is told', async (status) => {
    const scene = sceneOn();
    spoil(/B0[24]/, { kind: 'status', status, retryAfter: 3 }, 2);
    const { http, waits } = transport();
    expectRight((await read([scene], { transport: http })).dn);
    expect(waits).toEqual([3000, 3000]);
    expect(server.traffic().requests).toBe(REQUESTS + 2);
  });

  it('with a server that falls silent', async () => {
    const scene = sceneOn();
    spoil(/B08/, { kind: 'hang' }, 1);
    expectRight((await read([scene], { transport: transport({ silenceMs: 1000 }).http })).dn);
    expect(server.traffic().requests).toBe(REQUESTS + 1);
  });

  it('with a file that is replaced between two of its parts: all of the scene is read again', async () => {
    const scene = sceneOn();
    spoil(/B02/, { kind: 'etag', etag: '"old"' }, 1);
    spoil(/B02/, { kind: 'etag', etag: '"new"' });
    expectRight((await read([scene])).dn);
    const reads = server.traffic().paths.filter((path) => path.includes('B02'));
    expect(reads).toHaveLength(4);
    // The classification was whole and is not read twice.
    expect(server.traffic().paths.filter((path) => path.includes('SCL'))).toHaveLength(1);
  });

  it('with a token that runs out in the middle of a scene: one more is asked for, and none is kept in the scene', async () => {
    const scene = sceneOn({ folder: '/signed' });
    let token = 0;
    let uses = 0;
    valid = (given) => given === `t${token}` && (token > 1 || ++uses <= 5);
    const inner = transport().http;
    const signing = signedTransport(
      {
        ...inner,
        readJson: async () => ({ token: `sig=t${++token}`, 'msft:expiry': '2100-01-01T00:00:00Z' }),
      },
      { stores: [{ prefix: `${server.url}/signed/`, tokenUrl: 'https://tokens.test/' }] },
    );
    const { dn, summary } = await read([scene], { transport: signing });
    expectRight(dn);
    expect(token).toBe(2);
    expect(JSON.stringify(summary)).not.toContain('sig=');
    // At most the ten bands that were on their way with the old token are asked for twice.
    expect(server.traffic().requests).toBeLessThanOrEqual(REQUESTS + 10);
  });
});

describe('a fault that stays is named, soon and with little traffic', () => {
  it.each<[string, Fault, string]>([
    ['a missing file', { kind: 'status', status: 404 }, 'net/not-found'],
    ['a refusal', { kind: 'status', status: 403 }, 'net/status'],
    ['a file without end', { kind: 'endless' }, 'net/no-ranges'],
  ])('%s', async (_, fault, code) => {
    const scene = sceneOn();
    spoil(/SCL/, fault);
    const error = await failure(read([scene]));
    expect(isCropError(error, 'series/scene-unreadable') && error.cause).toMatchObject({ code });
    expect(server.traffic().requests).toBe(1);
  });

  it('200 for a part of a large file: refused without reading it', async () => {
    const scene = sceneOn();
    const path = `/${scene.id}/B02.tif`;
    const large = new Uint8Array(1024 * 1024);
    large.set(files.get(path)!);
    files.set(path, large);
    spoil(/B02/, { kind: 'ignore-range' });
    const { http } = transport();
    expect((await failure(read([scene], { transport: http }))) as Error).toMatchObject({
      cause: { code: 'net/no-ranges' },
    });
    expect(http.traffic().bytes).toBeLessThan(200_000);
  });

  it('more bytes than asked for', async () => {
    const scene = sceneOn();
    spoil(/B02/, { kind: 'short', bytes: -100 });
    expect(await failure(read([scene]))).toMatchObject({ cause: { code: 'net/no-ranges' } });
  });

  it('a file that is replaced again and again', async () => {
    const scene = sceneOn();
    for (let nth = 0; nth < 8; nth++) spoil(/B02/, { kind: 'etag', etag: `"${nth}"` }, 1);
    expect(await failure(read([scene]))).toMatchObject({ cause: { code: 'net/file-changed' } });
    expect(server.traffic().requests).toBeLessThan(3 * REQUESTS);
  });

  it.each<[string, number, number]>([
    ['tiles beyond the end of the file', 273, 2 ** 31],
    ['absurd dimensions', 256, 2 ** 31 - 1],
    ['a strip of absurd length', 279, 2 ** 31],
  ])('%s', async (_, tag, number) => {
    const scene = sceneOn();
    const path = `/${scene.id}/B02.tif`;
    files.set(path, withTag(files.get(path)! as Uint8Array<ArrayBuffer>, tag, number));
    const error = await failure(read([scene]));
    expect(isCropError(error, 'series/scene-unreadable')).toBe(true);
    expect(((error as Error).cause as { code: string }).code).toMatch(/^raster\/(corrupt|corrupt-tile|unsupported)$/);
  });

  it('a header that never ends', async () => {
    const scene = sceneOn();
    const endless = new Uint8Array(2 * 1024 * 1024);
    // A directory far away, whose entries point further on each time.
    endless.set([0x49, 0x49, 42, 0, 0, 0, 16, 0]);
    files.set(`/${scene.id}/SCL.tif`, endless);
    const { http } = transport();
    const error = await failure(read([scene], { transport: http }));
    expect(error).toMatchObject({ cause: { code: 'raster/corrupt' } });
    expect(http.traffic().bytes).toBeLessThanOrEqual(256 * 1024);
  });

  it('a dead server: the run ends after one round of retries, not one per date', async () => {
    const scenes = Array.from({ length: 28 }, (_, day) =>
      sceneOn({ date: `2019-05-${String(day + 1).padStart(2, '0')}` }),
    );
    spoil(/./, { kind: 'status', status: 503 });
    await failure(read(scenes));
    // Two dates are read at once, four attempts each; a third was begun when the first of them had failed.
    expect(server.traffic().requests).toBeLessThanOrEqual(12);
  });
});

describe('a date that no source delivers', () => {
  const season = (days: number): Scene[] =>
    Array.from({ length: days }, (_, day) => sceneOn({ date: `2019-05-${String(day + 1).padStart(2, '0')}` }));

  it('is left out when it has failed twice: its place, its reason and the way on are told', async () => {
    const scenes = season(3);
    files.delete(`/${scenes[1]!.id}/B05.tif`);
    const told: SeriesProgress[] = [];
    const { dn, summary } = await read(scenes, { onDate: (progress) => told.push(progress) });
    expectRight(dn);
    expect(summary.dates.map(({ date }) => date)).toEqual(['2019-05-01', '2019-05-03']);
    expect(summary.unread).toMatchObject([{ date: '2019-05-02', sceneIds: [scenes[1]!.id] }]);
    expect(summary.unread[0]!.reason).toContain('B05.tif');
    expect(summary.notices).toEqual([expect.stringMatching(/date is missing.*2019-05-02.*Run again later/)]);
    expect(server.traffic().paths.filter((path) => path.includes(`${scenes[1]!.id}/B05`))).toHaveLength(2);
    expect(told.map(({ done }) => done)).toEqual([...told.map(({ done }) => done)].sort((a, b) => a - b));
    expect(told.at(-1)).toMatchObject({ done: 3, total: 3, unread: 1 });
  });

  it('is tried again when the others are read, and is in the series where that helps', async () => {
    const scenes = season(3);
    spoil(new RegExp(`${scenes[0]!.id}/SCL`), { kind: 'status', status: 403 }, 1);
    const { summary } = await read(scenes);
    expect(summary.dates).toHaveLength(3);
    expect([summary.unread, summary.notices]).toEqual([[], []]);
    const order = server.traffic().paths.map((path) => path.split('/')[1]);
    expect(order.lastIndexOf(scenes[0]!.id)).toBeGreaterThan(order.lastIndexOf(scenes[2]!.id));
  });

  it.each([
    [28, 2, true],
    [28, 3, false],
    [5, 1, true],
    [5, 2, false],
  ])('of %d dates: with %d missing a map is made: %s', async (days, missing, made) => {
    const scenes = season(days);
    for (const { id } of scenes.slice(-missing)) files.delete(`/${id}/SCL.tif`);
    const dates = (await read(scenes).catch((error: unknown) => ({ error }))) as Awaited<ReturnType<typeof read>>;
    expect(dates.summary?.dates.length ?? 'ended').toBe(made ? days - missing : 'ended');
  });
});

describe('another source', () => {
  /** One acquisition in two places, the first of which is wished for. */
  function twice(date: string, options: Partial<TinySceneOptions> = {}): Scene {
    const other = { ...sceneOn({ date, folder: '/b', ...options }), source: 'Second' };
    return { ...sceneOn({ date, folder: '/a', ...options }), source: 'First', alternatives: [other] };
  }

  it('delivers the scene that the first one cannot, and this is told once', async () => {
    const scenes = ['2019-05-01', '2019-05-06'].map((date) => twice(date));
    files.delete(`/a/${scenes[0]!.id}/B11.tif`);
    files.delete(`/a/${scenes[1]!.id}/SCL.tif`);
    const { dn, summary } = await read(scenes);
    expectRight(dn);
    expect(summary.dates).toHaveLength(2);
    expect(summary.notices).toHaveLength(1);
    expect(summary.notices[0]).toContain('First, sentinel-2-l2a could not deliver 2 scenes that another source has:');
    expect(server.traffic().paths.some((path) => path === `/b/${scenes[1]!.id}/SCL.tif`)).toBe(true);
  });

  it('delivers what is damaged in the first one', async () => {
    const scene = twice('2019-05-01');
    const columns = GRID.columns / 2;
    const rows = GRID.rows / 2;
    const noise = new Uint8Array(columns * rows).map((_, at) => 4 + ((at * 7919) % 3));
    const deflated = await writeGeoTiff(
      { ...GRID, pixelMetres: 20, columns, rows, bands: [noise], nodata: 0 },
      { signal: forever },
    );
    const tile = (await openBytes(deflated)).full.offsets[0]!;
    deflated.fill(0xff, tile + 2, tile + 40);
    files.set(`/a/${scene.id}/SCL.tif`, deflated);
    const { dn, summary } = await read([scene]);
    expectRight(dn);
    expect(summary.notices[0]).toMatch(/First.*cannot be decoded/);
  });

  it('is asked first while the first one is down, which is tried again later', async () => {
    const scenes = Array.from({ length: 28 }, (_, day) => twice(`2019-05-${String(day + 1).padStart(2, '0')}`));
    spoil(/^\/a\//, { kind: 'status', status: 503 });
    const { http } = transport();
    const { summary } = await read(scenes, { transport: http });
    expect(summary.dates).toHaveLength(28);
    const asked = server.traffic().paths.filter((path) => path.startsWith('/a/'));
    // Without a rest it would be four attempts for each of 28 scenes.
    expect(asked.length).toBeLessThanOrEqual(10 * 4);
    // It was tried again after its rest.
    const days = new Set(asked.map((path) => path.split('/')[2]));
    expect(days.size).toBeGreaterThan(3);
  });
});
