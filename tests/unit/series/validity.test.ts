import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AssetName } from '../../../src/catalog';
import { createSeriesPort, type InputValidity, needsWholeSeries, type SeriesPort } from '../../../src/series';
import { fillInTime } from '../../../src/series/fill';
import { growZeros } from '../../../src/series/grow';
import { memoryTransport } from '../../support/memory-transport';
import { BANDS, coarsePixel, TINY_GRID, tinyScene } from '../../support/tiny-scene';
import { PROPERTY_RUNS } from '../../support/property-runs';

const INPUT = { bands: BANDS, mean: BANDS.map(() => 0), std: BANDS.map(() => 1000) };
const PLAIN: InputValidity = { use: 'none', counts: 'seen', growPixels: 0, leastShare: 0 };
const { columns: COLUMNS, rows: ROWS } = TINY_GRID;
const SIZE = COLUMNS * ROWS;
const { signal } = new AbortController();

/** SCL of a date by 20 m pixel, four columns of three rows. */
type Classes = (column: number, row: number) => number;

const dateOf = (day: number): string => new Date(Date.UTC(2019, 4, 1 + day)).toISOString().slice(0, 10);

/** A series of dates ten days apart, DN 1000 times their number, built with what a network wants. */
async function portOf(validity: InputValidity | undefined, ...dates: readonly Classes[]): Promise<SeriesPort> {
  const files = new Map<string, unknown>();
  const scenes = dates.map((classes, nth) => {
    const at = (band: AssetName, pixel: number): number => {
      const { column, row } = coarsePixel(band, pixel);
      return classes(column, row);
    };
    const dn = (band: AssetName, pixel: number): number => (at(band, pixel) === 0 ? 0 : 1000 * (nth + 1));
    return tinyScene(files, { date: dateOf(10 * nth), dn, scl: at.bind(null, 'SCL') });
  });
  const port = createSeriesPort(memoryTransport(files));
  const input = validity === undefined ? INPUT : { ...INPUT, validity };
  const request = { scenes, grid: TINY_GRID, input, referenceDate: '2019-05-01' };
  await port.build(request, signal, () => undefined);
  return port;
}

const clear: Classes = () => 4;
const leftHalf =
  (code: number): Classes =>
  (column) =>
    column < 2 ? code : 4;

const whole = (port: SeriesPort) => port.tile(0, 0, COLUMNS, ROWS, signal);
/** The first row of a map or of the first band. */
const firstRow = (values: ArrayLike<number> | null): number[] | null =>
  values === null ? null : Array.from(values).slice(0, COLUMNS);

describe('growing what is not valid', () => {
  it('reaches as far as the radius in both directions, and no farther', () => {
    const shape = fc.record({ columns: fc.integer({ min: 1, max: 12 }), rows: fc.integer({ min: 1, max: 9 }) });
    const cases = shape.chain(({ columns, rows }) =>
      fc.record({
        columns: fc.constant(columns),
        rows: fc.constant(rows),
        radius: fc.nat(4),
        map: fc.array(fc.constantFrom(0, 1, 1, 1, 1), { minLength: columns * rows, maxLength: columns * rows }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ columns, rows, radius, map }) => {
        const grown = growZeros(Uint8Array.from(map), columns, radius);
        const expected = map.map((_, pixel) => {
          const [column, row] = [pixel % columns, Math.floor(pixel / columns)];
          for (let y = Math.max(0, row - radius); y <= Math.min(rows - 1, row + radius); y++) {
            for (let x = Math.max(0, column - radius); x <= Math.min(columns - 1, column + radius); x++) {
              if (map[y * columns + x] === 0) return 0;
            }
          }
          return 1;
        });
        expect([...grown]).toEqual(expected);
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });
});

describe('filling in time', () => {
  it('goes linearly from the valid date before to the one after, and holds the nearest at the ends', () => {
    const days = [0, 10, 20, 50];
    const dates = [
      [9, 9],
      [1, 4],
      [9, 9],
      [5, 8],
    ].map((values) => Float32Array.from(values));
    const valid = [new Uint8Array([0]), null, new Uint8Array([0]), null];
    fillInTime(days, dates, valid);
    expect(dates.map((date) => [...date])).toEqual([
      [1, 4],
      [1, 4],
      [2, 5],
      [5, 8],
    ]);
  });

  it('is what each pixel and band alone would give, whatever is missing', () => {
    const size = 5;
    const cases = fc.integer({ min: 1, max: 8 }).chain((dates) =>
      fc.record({
        gaps: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: dates, maxLength: dates }),
        values: fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2 * size, maxLength: 2 * size }), {
          minLength: dates,
          maxLength: dates,
        }),
        valid: fc.array(
          fc.option(fc.array(fc.constantFrom(0, 1), { minLength: size, maxLength: size }), { nil: null }),
          { minLength: dates, maxLength: dates },
        ),
      }),
    );
    fc.assert(
      fc.property(cases, ({ gaps, values, valid }) => {
        const days = gaps.map((_, nth) => gaps.slice(0, nth + 1).reduce((sum, gap) => sum + gap, 0));
        const filled = values.map((date) => Float32Array.from(date));
        fillInTime(
          days,
          filled,
          valid.map((map) => map && Uint8Array.from(map)),
        );
        for (let at = 0; at < 2 * size; at++) {
          const known = days.flatMap((_, nth) => (valid[nth]?.[at % size] === 0 ? [] : [nth]));
          days.forEach((day, nth) => {
            const before = known.filter((one) => one <= nth).at(-1);
            const after = known.find((one) => one >= nth);
            const [first, second] = [before ?? after ?? nth, after ?? before ?? nth];
            const share = first === second ? 0 : (day - days[first]!) / (days[second]! - days[first]!);
            const expected = values[first]![at]! + share * (values[second]![at]! - values[first]![at]!);
            expect(filled[nth]![at]).toBeCloseTo(expected, 4);
          });
        }
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });
});

describe('a patch of a series', () => {
  it('is the same with no word about validity as with the words for it', async () => {
    const dates = [leftHalf(0), leftHalf(9), clear, () => 0] as const;
    const [silent, plain] = [
      await whole(await portOf(undefined, ...dates)),
      await whole(await portOf(PLAIN, ...dates)),
    ];
    expect(plain).toEqual(silent);
    expect(silent.days).toEqual([0, 10, 20]);
    expect(silent.valid).toBeUndefined();
    expect(firstRow(silent.pixels[0]!)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it('carries a map of what was seen for a network that masks', async () => {
    const { days, valid } = await whole(await portOf({ ...PLAIN, use: 'mask' }, leftHalf(0), leftHalf(9), () => 0));
    expect(days).toEqual([0, 10]);
    expect(valid!.map(firstRow)).toEqual([[0, 0, 0, 0, 1, 1, 1, 1], null]);
  });

  it('counts cloud, shadow and snow as not valid where the network wants only clear ground, and grows them', async () => {
    const validity: InputValidity = { use: 'mask', counts: 'clear', growPixels: 1, leastShare: 0 };
    for (const code of [3, 8, 9, 10, 11, 0]) {
      const { valid } = await whole(await portOf(validity, leftHalf(code)));
      expect(firstRow(valid![0]!), `SCL ${code}`).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
    }
    for (const code of [2, 4, 5, 6, 7]) {
      expect((await whole(await portOf(validity, leftHalf(code)))).valid).toEqual([null]);
    }
  });

  it('agrees with its neighbours: what lies beyond its edge grows into it', async () => {
    const validity: InputValidity = { use: 'mask', counts: 'clear', growPixels: 2, leastShare: 0 };
    const port = await portOf(validity, (column, row) => (column === 1 && row === 1 ? 9 : 4));
    const all = (await whole(port)).valid![0]!;
    for (const [left, top, columns, rows] of [
      [0, 0, 2, 2],
      [4, 0, 4, 6],
      [6, 0, 2, 6],
      [0, 4, 8, 2],
      [3, 1, 3, 3],
    ] as const) {
      const part = (await port.tile(left, top, columns, rows, signal)).valid![0];
      const expected = Array.from(
        { length: columns * rows },
        (_, at) => all[(top + Math.floor(at / columns)) * COLUMNS + left + (at % columns)],
      );
      expect([...(part ?? new Uint8Array(columns * rows).fill(1))]).toEqual(expected);
    }
  });

  it('is filled from the dates around, band by band, for a network that cannot mask', async () => {
    const validity: InputValidity = { ...PLAIN, use: 'fill', counts: 'clear' };
    const port = await portOf(validity, clear, leftHalf(9), leftHalf(0), clear.bind(null));
    const tile = await whole(port);
    expect(tile.valid).toBeUndefined();
    expect(tile.pixels.map(firstRow)).toEqual([
      [1, 1, 1, 1, 1, 1, 1, 1],
      [2, 2, 2, 2, 2, 2, 2, 2],
      [3, 3, 3, 3, 3, 3, 3, 3],
      [4, 4, 4, 4, 4, 4, 4, 4],
    ]);
    const early = await whole(await portOf(validity, clear, leftHalf(9), leftHalf(0)));
    expect(early.pixels.map(firstRow)).toEqual([
      [1, 1, 1, 1, 1, 1, 1, 1],
      [1, 1, 1, 1, 2, 2, 2, 2],
      [1, 1, 1, 1, 3, 3, 3, 3],
    ]);
  });

  it('keeps what a pixel has where no date is valid for filling', async () => {
    const tile = await whole(await portOf({ ...PLAIN, use: 'fill', counts: 'clear' }, leftHalf(9), leftHalf(0)));
    expect(tile.pixels.map(firstRow)).toEqual([
      [1, 1, 1, 1, 1, 1, 1, 1],
      [0, 0, 0, 0, 2, 2, 2, 2],
    ]);
  });

  it('is made without the dates that show too little of it, other patches with them', async () => {
    const validity: InputValidity = { ...PLAIN, leastShare: 0.6 };
    const port = await portOf(validity, clear, leftHalf(0), clear, leftHalf(0), clear, clear);
    expect((await whole(port)).days).toEqual([0, 20, 40, 50]);
    expect((await port.tile(4, 0, 4, ROWS, signal)).days).toEqual([0, 10, 20, 30, 40, 50]);
  });

  it('has four dates at least, the fullest, where there are so many', async () => {
    const validity: InputValidity = { ...PLAIN, leastShare: 0.9 };
    const three =
      (code: number): Classes =>
      (column) =>
        column === 0 ? code : 4;
    const port = await portOf(validity, leftHalf(0), three(0), clear, three(0), leftHalf(0), three(0));
    expect((await whole(port)).days).toEqual([10, 20, 30, 50]);
    expect((await whole(await portOf(validity, leftHalf(0), () => 0, leftHalf(0)))).days).toEqual([0, 20]);
  });

  it('is had date by date, each judged on its own', async () => {
    const dates = [clear, leftHalf(0), clear] as const;
    const masked = await portOf({ ...PLAIN, use: 'mask', leastShare: 0.6 }, ...dates);
    const at = (day: number) => ({ date: dateOf(day), day });
    expect((await whole(masked)).days).toEqual([0, 10, 20]);
    expect((await masked.dateTile(at(10), 0, 0, COLUMNS, ROWS, signal)).days).toEqual([]);
    expect(await masked.dateTile(at(20), 0, 0, COLUMNS, ROWS, signal)).toMatchObject({ days: [20], valid: [null] });
    const half = await masked.dateTile(at(10), 2, 0, COLUMNS - 2, ROWS, signal);
    expect(half.valid![0]!.reduce((sum, one) => sum + one, 0)).toBe((SIZE * 4) / 8);
  });

  it('needs all dates at once only where they are filled from each other', () => {
    expect(
      [undefined, PLAIN, { ...PLAIN, use: 'mask' as const }].some((validity) =>
        needsWholeSeries(validity === undefined ? {} : { validity }),
      ),
    ).toBe(false);
    expect(needsWholeSeries({ validity: { ...PLAIN, use: 'fill' } })).toBe(true);
  });
});
