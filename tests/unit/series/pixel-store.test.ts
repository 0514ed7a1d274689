import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFileScratch } from '../../../cli/scratch';
import { createPixelStore } from '../../../src/series/pixel-store';
import { asBytes, type OpenScratch, type Scratch } from '../../../src/store';
import { TINY_GRID } from '../../support/tiny-scene';

const BANDS = 3;
const GRID = { ...TINY_GRID, columns: 150, rows: 131 };
const SIZE = GRID.columns * GRID.rows;
const LAYOUT = { bands: BANDS, grid: GRID };
const BYTES_PER_DATE = SIZE * (BANDS * 2 + 2);
const DATES = ['2019-05-01', '2019-05-06', '2019-05-11', '2019-05-16', '2019-05-21'];

const datePixels = (nth: number) => ({
  dn: Uint16Array.from({ length: BANDS * SIZE }, (_, at) => nth * 1000 + (at % 60_000)),
  ndvi: new Uint8Array(SIZE).fill(nth),
  scl: Uint8Array.from({ length: SIZE }, (_, at) => (nth + at) % 251),
});

/** A scratch in memory that counts what lies in it and whether it was closed. */
function countingScratch(): { open: OpenScratch; written: () => number; closed: () => boolean } {
  let written = 0;
  let closed = false;
  const parts = new Map<number, Uint8Array<ArrayBuffer>>();
  const scratch: Scratch = {
    async write(at, pixels) {
      written += pixels.byteLength;
      parts.set(at, asBytes(pixels).slice());
    },
    async read(at, view) {
      const into = asBytes(view);
      const [start, bytes] = [...parts].find(([from, part]) => at >= from && at + into.length <= from + part.length)!;
      into.set(bytes.subarray(at - start, at - start + into.length));
    },
    async close() {
      closed = true;
    },
  };
  return { open: async () => scratch, written: () => written, closed: () => closed };
}

describe('the pixels of a series', () => {
  it('stay in memory up to the limit and lie in the scratch beyond it, whatever their number', async () => {
    const { open, written, closed } = countingScratch();
    const store = createPixelStore({ layout: LAYOUT, openScratch: open, memoryBytes: 2 * BYTES_PER_DATE });
    for (const [nth, date] of DATES.entries()) await store.put(date, datePixels(nth));
    expect(written()).toBe(3 * BYTES_PER_DATE);
    expect(store.complaint()).toBeNull();
    await store.dispose();
    expect(closed()).toBe(true);
  });

  it('come back the same from a scratch file, any rectangle of any date', async () => {
    const memory = createPixelStore({ layout: LAYOUT });
    const file = createPixelStore({ layout: LAYOUT, openScratch: openFileScratch, memoryBytes: 0 });
    for (const [nth, date] of DATES.entries()) {
      await memory.put(date, datePixels(nth));
      await file.put(date, datePixels(nth));
    }
    const rect = fc.tuple(fc.nat(GRID.columns - 1), fc.nat(GRID.rows - 1)).chain(([column, row]) =>
      fc.record({
        column: fc.constant(column),
        row: fc.constant(row),
        columns: fc.integer({ min: 1, max: GRID.columns - column }),
        rows: fc.integer({ min: 1, max: GRID.rows - row }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...DATES), rect, async (date, where) => {
        const [kept, spilled] = [await memory.read(date, where), await file.read(date, where)];
        expect(spilled.length).toBe(BANDS * where.rows * where.columns);
        expect(Buffer.compare(Buffer.from(kept.buffer), Buffer.from(spilled.slice().buffer))).toBe(0);
      }),
      { numRuns: 100, seed: 20190521 },
    );
    for (const store of [file, memory]) {
      const { ndvi, scl } = datePixels(2);
      expect(await store.history(DATES[2]!, 0, SIZE)).toEqual({ ndvi, scl });
      expect(await store.history(DATES[2]!, 7, 3)).toEqual({ ndvi: ndvi.subarray(7, 10), scl: scl.subarray(7, 10) });
      const part = await store.classes(DATES[2]!, { column: 140, row: 60, columns: 10, rows: 71 });
      expect([...part]).toEqual(
        Array.from({ length: 710 }, (_, at) => scl[(60 + Math.floor(at / 10)) * GRID.columns + 140 + (at % 10)]),
      );
    }
    await file.dispose();
  });

  it('use one memory for all dates of a rectangle where they are given one', async () => {
    const { open } = countingScratch();
    const store = createPixelStore({ layout: LAYOUT, openScratch: open, memoryBytes: BYTES_PER_DATE });
    for (const [nth, date] of DATES.entries()) await store.put(date, datePixels(nth));
    const rect = { column: 60, row: 3, columns: 20, rows: 70 };
    const room = store.roomFor(rect);
    for (const date of DATES) {
      const pixels = await store.read(date, rect, room);
      expect(pixels.buffer).toBe(room.rect.buffer);
      expect(pixels).toEqual(await store.read(date, rect));
    }
  });

  it('of any type are kept by a scratch file as they are', async () => {
    const scratch = (await openFileScratch())!;
    const kinds = [
      Uint8Array.of(9, 7, 5),
      Int16Array.of(-1, 300),
      Uint16Array.of(65_535, 1),
      Float32Array.of(0.5, -3e9),
    ];
    const places = kinds.map((_, nth) => 100 * nth + 3);
    for (const [nth, pixels] of kinds.entries()) await scratch.write(places[nth]!, pixels);
    for (const [nth, pixels] of kinds.entries()) {
      const back = pixels.slice().fill(0);
      await scratch.read(places[nth]!, back);
      expect(back).toEqual(pixels);
    }
    await scratch.close();
  });

  it.each<[string, OpenScratch | undefined]>([
    ['is none', undefined],
    ['is refused', async () => null],
    [
      'is full',
      async () => ({
        write: () => Promise.reject(new Error('no space left')),
        read: () => expect.fail('nothing to read'),
        close: async () => undefined,
      }),
    ],
  ])('stay in memory where the scratch %s, and the store says so', async (_, openScratch) => {
    const options = { layout: LAYOUT, memoryBytes: 0 };
    const store = createPixelStore(openScratch === undefined ? options : { ...options, openScratch });
    await store.put(DATES[0]!, datePixels(1));
    const pixel = await store.read(DATES[0]!, { column: 3, row: 0, columns: 1, rows: 1 });
    expect(pixel[0]).toBe(1003);
    expect(store.complaint()).toContain('memory grows with the number of dates');
  });
});
