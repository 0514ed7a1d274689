import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from '../../../cli/csv';
import { main } from '../../../cli/main';
import { gridToBbox, unproject } from '../../../src/geo';
import { itemOf } from '../../support/item-of';
import { coarsePixel, TINY_GRID, tinyScene } from '../../support/tiny-scene';
import { bufferTerminal } from './support';

const folder = mkdtempSync(join(tmpdir(), 'crop2seg-series-'));
const { signal } = new AbortController();
const box = gridToBbox(TINY_GRID).join(',');

/** A season of three dates in a folder: the right half is not seen on the second, and the third is too cloudy. */
beforeAll(() => {
  const files = new Map<string, unknown>();
  const root = pathToFileURL(folder).href;
  const right = (pixel: number): boolean => coarsePixel('SCL', pixel).column >= 2;
  const scenes = [
    tinyScene(files, { date: '2019-05-01', root, dn: (band) => (band === 'B08' ? 3000 : 1000) }),
    tinyScene(files, { date: '2019-06-01', root, dn: () => 2000, scl: (pixel) => (right(pixel) ? 0 : 4) }),
    tinyScene(files, { date: '2019-07-01', root, scene: { cloudPercent: 99 } }),
  ];
  for (const [url, bytes] of files) {
    const path = fileURLToPath(url);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes as Uint8Array);
  }
  writeFileSync(
    join(folder, 'items.json'),
    JSON.stringify({ type: 'FeatureCollection', features: scenes.map(itemOf) }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const terminal = bufferTerminal({ workingFolder: folder });
  const code = await main(['series', '--catalog', folder, '--season', '2019', ...args], terminal, signal);
  return { code, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

/** Writes a file of places; `at` counts metres east and south of the corner of the window. */
const at = (east: number, south: number): readonly [number, number] =>
  unproject(TINY_GRID.epsg, TINY_GRID.xMin + east, TINY_GRID.yMax - south);
function put(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const feature = (id: unknown, type: string, coordinates: unknown): unknown => ({
  type: 'Feature',
  properties: { id },
  geometry: { type, coordinates },
});
const collection = (...features: unknown[]): string => JSON.stringify({ type: 'FeatureCollection', features });

describe('crop2seg series over a window', () => {
  it('tells as one JSON object what is read of each date, and why the others are not', async () => {
    const { code, stdout } = await run(`--bbox=${box}`, '--json');
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as Record<string, never>;
    expect(Object.keys(answer)).toEqual(['grid', 'dates', 'rejected', 'notices']);
    expect(answer['dates']).toMatchObject([
      { date: '2019-05-01', day: 242, addDn: 0, offsetRule: 'flag', cloudShare: 0, scenes: [expect.any(String)] },
      { date: '2019-06-01', day: 273 },
    ]);
    const [first, second] = answer['dates'] as { bands: Record<string, unknown>; nodataShare: number }[];
    expect(Object.keys(first!.bands)).toHaveLength(10);
    expect(first!.bands['B08']).toMatchObject({ min: 3000, median: 3000, max: 3000 });
    expect(second!.bands['B8A']).toEqual({ valid: 24, min: 2000, median: 2000, max: 2000 });
    expect(answer['rejected']).toEqual([
      { id: expect.stringContaining('20190701'), reason: expect.stringContaining('Clouds') },
    ]);
  });

  it('shows a table to people, and writes one of the window as a whole', async () => {
    const { code, stdout } = await run(`--bbox=${box}`, '--out', 'window.csv');
    expect(code).toBe(0);
    expect(stdout).toContain('2019-06-01');
    const [head, ...lines] = parseCsv(readFileSync(join(folder, 'window.csv'), 'utf8'));
    expect(head!.fields.slice(0, 7)).toEqual(['id', 'date', 'pixels', 'valid', 'cloud', 'ndvi', 'B02_q25']);
    expect(lines.map(({ fields }) => fields.slice(0, 2))).toEqual([
      ['window', '2019-05-01'],
      ['window', '2019-06-01'],
    ]);
  });
});

describe('crop2seg series at places', () => {
  const points = `id;lon;lat\n"left; one";${at(5, 5).join(';')}\nright;${at(75, 55).join(';')}\n`;

  it('writes CSV to stdout, whatever the separators of the input', async () => {
    const { code, stdout } = await run('--points', put('points.csv', points), '-q');
    expect(code).toBe(0);
    const [, ...lines] = parseCsv(stdout);
    expect(lines.map(({ fields }) => fields.slice(0, 7))).toEqual([
      ['left; one', '2019-05-01', '1', '1', '0', '0.5', '1000'],
      ['left; one', '2019-06-01', '1', '1', '0', '0', '2000'],
      ['right', '2019-05-01', '1', '1', '0', '0.5', '1000'],
    ]);
  });

  it('takes points in metres and points of GeoJSON for the same', async () => {
    const degrees = await run('--points', put('points.csv', points), '-q');
    const metres = `id,x,y\nleft; one,${TINY_GRID.xMin + 5},${TINY_GRID.yMax - 5}\nright,${TINY_GRID.xMin + 75},${TINY_GRID.yMax - 55}`;
    const plane = await run('--points', put('metres.csv', metres), '--crs', 'EPSG:32633', '-q');
    expect(plane.stdout).toBe(degrees.stdout);
    const text = collection(feature('left; one', 'Point', at(5, 5)), feature('right', 'Point', at(75, 55)));
    expect((await run('--points', put('points.geojson', text), '-q')).stdout).toBe(degrees.stdout);
  });

  it('answers with one JSON object', async () => {
    const { stdout } = await run('--points', put('points.csv', points), '--json', '-q');
    const answer = JSON.parse(stdout) as { rows: Record<string, unknown>[]; rejected: unknown[]; notices: unknown[] };
    expect(answer.rows).toHaveLength(3);
    expect(answer.rows[0]).toMatchObject({ id: 'left; one', date: '2019-05-01', B08_q50: 3000 });
    expect(answer.rejected).toMatchObject([{ id: expect.stringContaining('20190701') }]);
    expect(answer.notices).toEqual([]);
  });

  it('writes Parquet that others read, and leaves nothing beside it', async () => {
    const square = [at(0, 0), at(40, 0), at(40, 40), at(0, 40), at(0, 0)];
    const parcels = put(
      'parcels.geojson',
      collection(feature(7, 'Polygon', [square]), feature(8, 'MultiPolygon', [[square]])),
    );
    const { code, stdout } = await run('--parcels', parcels, '--out', 'deep.parquet', '--json', '-q');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file: join(folder, 'deep.parquet'), rows: 4, places: 2 });
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, 'deep.parquet')) });
    expect(rows.map(({ id, date, pixels, ndvi }) => [id, date, pixels, ndvi])).toEqual([
      ['7', '2019-05-01', 16, 0.5],
      ['7', '2019-06-01', 16, 0],
      ['8', '2019-05-01', 16, 0.5],
      ['8', '2019-06-01', 16, 0],
    ]);
    expect(readdirSync(folder).filter((name) => name.startsWith('.series'))).toEqual([]);
  });

  it.each([
    ['a.csv', 'id,lon,lat\na,14,50\nb,14,\n', 'line 3: lat is missing, not a number'],
    ['b.csv', 'id,lon,lat\na,"fourteen",50\n', 'line 2: lon is "fourteen", not a number'],
    ['c.csv', 'id,lon,lat\na,14,95\n', 'line 2: 14, 95 is no place on Earth'],
    ['d.csv', 'name,east\na,14\n', 'line 1: it has no columns lon and lat, or x and y'],
    ['e.csv', 'id,lon,lat\n', 'e.csv holds no points'],
    ['f.geojson', collection(feature('q', 'Polygon', [[at(0, 0)]])), 'feature 1 (id q): its geometry is no Point'],
    ['g.geojson', '{"type":', 'g.geojson, the file'],
  ])('says what is wrong with %s', async (name, content, message) => {
    const { code, stderr } = await run('--points', put(name, content));
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it('refuses what it cannot do before it reads anything', async () => {
    const places = put('points.csv', points);
    expect((await run('--points', places, '--out', 'table.xlsx')).stderr).toContain('.csv or .parquet');
    expect((await run('--points', places, `--bbox=${box}`)).stderr).toContain(
      '--bbox and --points cannot be given together',
    );
    expect((await run('--points', places, '--crs', 'krovak')).stderr).toContain('EPSG');
    expect((await run()).stderr).toContain('--parcels FILE');
    expect((await run('--points', 'nowhere.csv')).stderr).toContain('nowhere.csv is not there');
  });
});
