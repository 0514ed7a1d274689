import { describe, expect, it } from 'vitest';
import { gridFromBbox, type LonLat, unproject } from '../../../src/geo';
import { type Place, samplePlaces } from '../../../src/job';
import { groupPlaces } from '../../../src/job/places/groups';
import { pixelsOf } from '../../../src/job/places/pixels-of';
import { quantile } from '../../../src/job/places/quantiles';
import { memoryTransport } from '../../support/memory-transport';
import { coarsePixel, TINY_GRID, tinyScene } from '../../support/tiny-scene';
import { itemOf } from '../../support/item-of';

const { signal } = new AbortController();

/** A place on the tiny window, in metres east and south of its corner. */
const at = (east: number, south: number): LonLat =>
  unproject(TINY_GRID.epsg, TINY_GRID.xMin + east, TINY_GRID.yMax - south);
const ring = (...points: readonly (readonly [number, number])[]): LonLat[] =>
  [...points, points[0]!].map(([east, south]) => at(east, south));
const point = (id: string, east: number, south: number): Place => ({ id, shape: { point: at(east, south) } });
const square = (id: string, left: number, top: number, side: number): Place => ({
  id,
  shape: { rings: [ring([left, top], [left + side, top], [left + side, top + side], [left, top + side])] },
});

describe('the pixels of a place', () => {
  const pixels = (place: Place): number[] => [...pixelsOf(place, TINY_GRID)];

  it('are those whose centre lies in it', () => {
    expect(pixels(square('a', 1, 1, 18))).toEqual([0, 1, 8, 9]);
    expect(pixels(square('b', 6, 6, 18))).toEqual([9]);
    expect(pixels({ id: 'c', shape: { rings: [ring([0, 0], [39, 0], [0, 39])] } })).toEqual([0, 1, 2, 8, 9, 16]);
  });

  it('leave holes out and take all parts in', () => {
    const outer = ring([0, 0], [30, 0], [30, 30], [0, 30]);
    const hole = ring([11, 11], [19, 11], [19, 19], [11, 19]);
    const other = ring([60, 50], [80, 50], [80, 60], [60, 60]);
    expect(pixels({ id: 'a', shape: { rings: [outer, hole, other] } })).toEqual([0, 1, 2, 8, 10, 16, 17, 18, 46, 47]);
  });

  it('are the one that it lies in where it is a point or holds no centre', () => {
    expect(pixels(point('a', 35, 22))).toEqual([19]);
    expect(pixels(square('b', 31, 21, 2))).toEqual([19]);
  });
});

describe('quantiles', () => {
  it('lie linearly between two ranks, as in NumPy', () => {
    expect([0, 0.25, 0.5, 0.75, 1].map((share) => quantile([1, 2, 4, 8], share))).toEqual([1, 1.75, 3, 5, 8]);
    expect(quantile([7], 0.25)).toBe(7);
  });
});

describe('places near each other', () => {
  it('share a window no larger than they need; far ones have their own, in their own zone', () => {
    const prague: Place = { id: 'p', shape: { point: [14.4, 50.1] } };
    const near: Place = { id: 'n', shape: { point: [14.401, 50.1] } };
    const berlin: Place = { id: 'b', shape: { point: [13.4, 52.5] } };
    const lyon: Place = { id: 'l', shape: { point: [4.8, 45.7] } };
    const regions = groupPlaces([prague, berlin, near, lyon]);
    const groups = regions.flatMap((region) =>
      region.groups.map(({ grid, places }) => [grid.epsg, places.map(({ id }) => id)]),
    );
    expect(groups).toEqual([
      [32633, ['p', 'n']],
      [32633, ['b']],
      [32631, ['l']],
    ]);
    const { columns, rows } = regions[0]!.groups[0]!.grid;
    expect([columns, rows]).toEqual([9, 1]);
  });

  it('are read in several windows where they are too many for one table', () => {
    const many = Array.from({ length: 2500 }, (_, nth) => point(String(nth), nth % 80, 5));
    expect(groupPlaces(many).flatMap(({ groups }) => groups.map(({ places }) => places.length))).toEqual([
      1000, 1000, 500,
    ]);
  });

  it('are no parcels where they are as large as countries', () => {
    const box = gridFromBbox([14, 50, 14.1, 50.1]);
    expect(box.columns).toBeGreaterThan(1);
    const country: Place = {
      id: 'x',
      shape: {
        rings: [
          [
            [12, 48],
            [18, 48],
            [18, 51],
            [12, 48],
          ],
        ],
      },
    };
    expect(() => groupPlaces([country])).toThrow(expect.objectContaining({ code: 'geo/area-too-large' }));
  });
});

describe('the season of places', () => {
  /** Two dates over the tiny window: the left half is cloud on the first and not seen on the second. */
  function archive() {
    const files = new Map<string, unknown>();
    const left = (pixel: number): boolean => coarsePixel('SCL', pixel).column < 2;
    const scenes = [
      tinyScene(files, {
        date: '2019-05-01',
        scl: (pixel) => (left(pixel) ? 9 : 4),
        dn: (band) => (band === 'B08' ? 3000 : 1000),
      }),
      tinyScene(files, {
        date: '2019-06-01',
        scl: (pixel) => (left(pixel) ? 0 : 4),
        dn: (band) => (band === 'B08' ? 4000 : 1000),
      }),
    ];
    files.set('https://scenes.test/items.json', { type: 'FeatureCollection', features: scenes.map(itemOf) });
    return memoryTransport(files);
  }

  const request = {
    season: 2019,
    range: { from: '2019-03-01', to: '2019-09-30' },
    source: { kind: 'static', url: 'https://scenes.test', title: 'Test scenes' },
    clearOnly: false,
  } as const;

  async function sample(places: readonly Place[], transport = archive(), clearOnly = false) {
    const parts = [];
    for await (const part of samplePlaces({ ...request, places, clearOnly }, { transport, signal })) parts.push(part);
    return parts;
  }

  it('has a row for each date that saw a place, with what was valid and cloudy of it', async () => {
    const [part] = await sample([square('all', 0, 0, 60), point('left', 5, 5), point('right', 75, 5)]);
    expect(
      part!.rows.map(({ id, date, pixels, validShare, cloudShare, ndvi }) => [
        id,
        date,
        pixels,
        validShare,
        cloudShare,
        ndvi,
      ]),
    ).toEqual([
      ['all', '2019-05-01', 36, 1, 24 / 36, 0.5],
      ['all', '2019-06-01', 36, 12 / 36, 0, 0.6],
      ['left', '2019-05-01', 1, 1, 1, 0.5],
      ['right', '2019-05-01', 1, 1, 0, 0.5],
      ['right', '2019-06-01', 1, 1, 0, 0.6],
    ]);
    expect(part!.rows[0]!.bands[0]).toEqual({ lower: 1000, median: 1000, upper: 1000 });
  });

  it('counts only clear ground where that is asked for', async () => {
    const [part] = await sample([square('all', 0, 0, 60), point('left', 5, 5)], archive(), true);
    expect(part!.rows.map(({ id, validShare, ndvi }) => [id, validShare, ndvi])).toEqual([
      ['all', 12 / 36, 0.5],
      ['all', 12 / 36, 0.6],
      ['left', 0, null],
    ]);
    expect(part!.rows[2]!.bands[0]).toBeNull();
  });

  it('costs the same requests for 500 places of a window as for two at its corners', async () => {
    const corners = [point('a', 1, 1), point('b', 79, 59)];
    const [few, many] = [archive(), archive()];
    await sample(corners, few);
    const rest = Array.from({ length: 498 }, (_, nth) => point(String(nth), 2 + (nth % 77), 2 + (nth % 57)));
    const [part] = await sample([...corners, ...rest], many);
    expect(part!.rows.length).toBeGreaterThan(500);
    expect(many.log.length).toBe(few.log.length);
  });

  it('opens each file once, however many windows it is cut into, and searches once for neighbours', async () => {
    const transport = archive();
    // Far enough apart for windows of their own; the second lies beside the scenes.
    const parts = await sample([point('here', 5, 5), point('there', 20_000, 5)], transport);
    expect(parts.map(({ rows }) => rows.length)).toEqual([1, 0]);
    const urls = transport.log.map(({ url, start }) => `${url} ${start}`);
    expect(urls.filter((url) => url.endsWith('null'))).toHaveLength(1);
    expect(new Set(urls).size).toBe(urls.length);
  });

  it('stops when cancelled', async () => {
    const stop = AbortSignal.abort(new Error('enough'));
    const parts = samplePlaces({ ...request, places: [point('a', 1, 1)] }, { transport: archive(), signal: stop });
    await expect(parts.next()).rejects.toThrow('enough');
  });
});
