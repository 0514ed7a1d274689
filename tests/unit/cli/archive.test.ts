import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { main } from '../../../cli/main';
import { writeGeoTiff } from '../../../src/raster';
import { type FaultServer, startFaultServer } from '../../support/fault-server';
import { itemOf } from '../catalog/scenes';
import { bufferTerminal } from './support';

const BANDS = ['B02', 'B03', 'B04', 'B05', 'B06', 'B07', 'B08', 'B8A', 'B11', 'B12', 'SCL'];
const folder = mkdtempSync(join(tmpdir(), 'crop2seg-archive-'));
const { signal } = new AbortController();

let server: FaultServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});
afterAll(() => rmSync(folder, { recursive: true }));

const item = (id: string, datetime: string, properties = {}, rest = {}): Record<string, unknown> => {
  const assets = Object.fromEntries(BANDS.map((band) => [band, { href: `./${band}.tif` }]));
  return itemOf(
    id,
    datetime,
    { platform: 'sentinel-2a', 's2:processing_baseline': '02.12', ...properties },
    { assets, ...rest },
  );
};

async function crop2seg(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = bufferTerminal({ workingFolder: folder });
  const code = await main(args, terminal, signal);
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

describe('crop2seg search', () => {
  /** An API that wants a key, and what it was asked. */
  async function keyed(): Promise<{ root: string; asked: URL[] }> {
    const asked: URL[] = [];
    server = await startFaultServer({
      files: new Map(),
      answer(url) {
        asked.push(url);
        if (url.searchParams.get('key') !== 'SECRET') return 401;
        if (url.pathname === '/v1') {
          return JSON.stringify({ type: 'Catalog', links: [{ rel: 'search', href: '/v1/search' }] });
        }
        if (url.pathname !== '/v1/search') return 404;
        return JSON.stringify({
          type: 'FeatureCollection',
          features: [item('a', '2019-04-02T10:10:31Z')],
          numberMatched: 3,
        });
      },
    });
    return { root: `${server.url}/v1`, asked };
  }

  it('keeps the key of a root address in each request and shows it nowhere; it tells what is missing', async () => {
    const { root, asked } = await keyed();
    const args = ['search', '--catalog', `${root}?key=SECRET`, '--bbox=14.36,50.03,14.37,50.04', '--season', '2019'];
    const text = await crop2seg(...args);
    expect(text.code).toBe(0);
    expect(text.out).toContain('Chosen: 1');
    expect(text.out).toContain(`${root}?***: 1 of 3 items`);
    const json = await crop2seg(...args, '--json');
    const answer = JSON.parse(json.out) as { source: { url: string }; chosen: { assets: Record<string, string> }[] };
    expect(answer.source.url).toBe(`${root}?***`);
    expect(answer.chosen[0]!.assets['B02']).toBe(`${root}/B02.tif?***`);
    expect(text.out + text.err + json.out + json.err).not.toContain('SECRET');
    expect(asked.every((url) => url.searchParams.get('key') === 'SECRET')).toBe(true);
  });

  it('names the key as the trouble where it is wrong, without showing it', async () => {
    const { root } = await keyed();
    const { code, err, out } = await crop2seg(
      'search',
      '--catalog',
      `${root}?key=MISTAKEN`,
      '--bbox=14.36,50.03,14.37,50.04',
      '--season',
      '2019',
      '--json',
    );
    expect(code).toBe(1);
    expect(err).toContain('net/denied');
    expect(err + out).not.toContain('MISTAKEN');
  });

  it('finds the scenes of a folder over a grid across the 180th meridian', async () => {
    const grid = { epsg: 32760, xMin: 819_300, yMax: 8_130_020, pixelMetres: 10, columns: 64, rows: 64 };
    writeFileSync(
      join(folder, 'like.tif'),
      await writeGeoTiff({ ...grid, bands: [new Uint8Array(64 * 64)], nodata: 255 }),
    );
    const fiji = { 'grid:code': 'MGRS-60KZG' };
    const features = [
      item('rfc', '2019-04-02T22:20:20Z', fiji, { bbox: [179.8, -17.3, -179.2, -16.3] }),
      item('around', '2019-04-12T22:20:20Z', fiji, { bbox: [-180, -17.3, 180, -16.3] }),
      item('far', '2019-04-22T22:20:20Z', { 'grid:code': 'MGRS-23KKB' }, { bbox: [-180, -17.3, 180, -16.3] }),
    ];
    writeFileSync(join(folder, 'items.json'), JSON.stringify({ type: 'FeatureCollection', features }));
    const { out } = await crop2seg('search', '--catalog', '.', '--like', 'like.tif', '--season', '2019', '--json');
    expect((JSON.parse(out) as { chosen: { id: string }[] }).chosen.map(({ id }) => id)).toEqual(['rfc', 'around']);
  });

  it.each(['14.3,84.1,14.4,84.2', '14.3,-80.2,14.4,-80.1'])('refuses a box beyond UTM: %s', async (bbox) => {
    const { code, err } = await crop2seg('search', '--catalog', '.', `--bbox=${bbox}`, '--season', '2019');
    expect([code, err.includes('geo/beyond-utm')]).toEqual([2, true]);
  });
});
