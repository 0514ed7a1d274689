import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMapArrays, latticeOrigin, planTiles, softmaxToBytes, stitch } from '../../../src/segment';

describe('planTiles', () => {
  it('cuts a cell of 1098 px into 10 x 10 tiles of 128 px with a margin of 6', () => {
    const tiles = planTiles(1098, 1098, 128, 6);
    expect(tiles).toHaveLength(100);
    const firstRow = tiles.slice(0, 10);
    expect(firstRow.map(({ column }) => column)).toEqual([0, 116, 232, 348, 464, 580, 696, 812, 928, 970]);
    expect(firstRow[1]!.keep).toEqual({ column: 122, row: 0, columns: 116, rows: 122 });
  });

  it('runs a window smaller than a tile at its own size in that direction', () => {
    expect(planTiles(100, 50, 128, 6)).toEqual([
      { column: 0, row: 0, columns: 100, rows: 50, keep: { column: 0, row: 0, columns: 100, rows: 50 } },
    ]);
    expect(planTiles(130, 50, 128, 6).map(({ column, columns, rows }) => [column, columns, rows])).toEqual([
      [0, 128, 50],
      [2, 128, 50],
    ]);
  });

  it('keeps each pixel once, a margin away from inner edges, inside tiles of one size', () => {
    const sizes = fc.record({
      columns: fc.integer({ min: 1, max: 90 }),
      rows: fc.integer({ min: 1, max: 90 }),
      tileSize: fc.constantFrom(8, 16, 24),
      margin: fc.integer({ min: 0, max: 3 }),
      origin: fc.record({ column: fc.integer({ min: -99, max: 99 }), row: fc.integer({ min: -99, max: 99 }) }),
    });
    fc.assert(
      fc.property(sizes, ({ columns, rows, tileSize, margin, origin }) => {
        const kept = new Uint8Array(columns * rows);
        for (const { column, row, keep, ...tile } of planTiles(columns, rows, tileSize, margin, origin)) {
          expect([tile.columns, tile.rows]).toEqual([Math.min(columns, tileSize), Math.min(rows, tileSize)]);
          for (const [start, size, keepStart, keepSize, length] of [
            [column, tile.columns, keep.column, keep.columns, columns],
            [row, tile.rows, keep.row, keep.rows, rows],
          ] as const) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(start + size).toBeLessThanOrEqual(length);
            expect(keepStart - start).toBeGreaterThanOrEqual(start === 0 ? 0 : margin);
            expect(start + size - keepStart - keepSize).toBeGreaterThanOrEqual(start + size === length ? 0 : margin);
          }
          for (let y = keep.row; y < keep.row + keep.rows; y++) {
            for (let x = keep.column; x < keep.column + keep.columns; x++) kept[y * columns + x]! += 1;
          }
        }
        expect(kept.every((times) => times === 1)).toBe(true);
      }),
    );
  });

  it('gives a pixel the same tile in every window that reaches a tile further on each side', () => {
    const tileSize = 16;
    const margin = 3;
    const windows = fc.record({ start: fc.integer({ min: -50, max: 0 }), end: fc.integer({ min: 40, max: 90 }) });
    /** First pixel of the tile that keeps pixel `at`, both on the lattice of the coordinates. */
    const tileOf = ({ start, end }: { start: number; end: number }, at: number): number => {
      const length = end - start;
      const tiles = planTiles(length, 1, tileSize, margin, { column: start, row: 0 });
      const holds = ({ keep }: (typeof tiles)[number]): boolean =>
        at - start >= keep.column && at - start < keep.column + keep.columns;
      return tiles.find(holds)!.column + start;
    };
    fc.assert(
      fc.property(windows, windows, fc.integer({ min: tileSize, max: 40 - tileSize - 1 }), (one, other, at) => {
        expect(tileOf(one, at)).toBe(tileOf(other, at));
      }),
    );
  });

  it('counts the lattice in pixels of the window', () => {
    const window = { epsg: 32633, xMin: 505_000, yMax: 5_539_560, pixelMetres: 10, columns: 9, rows: 9 };
    expect(latticeOrigin(window)).toEqual({ column: 50_500, row: -553_956 });
    const starts = planTiles(256, 256, 128, 12, latticeOrigin(window)).map(({ column, row }) => [column, row]);
    expect(new Set(starts.map(([column]) => column))).toEqual(new Set([0, 44, 128]));
    expect(new Set(starts.map(([, row]) => row))).toEqual(new Set([0, 52, 128]));
  });
});

describe('softmaxToBytes', () => {
  it('gives labels, and probabilities in steps of 1/250', () => {
    const scores = { rows: 1, columns: 2, logits: Float32Array.of(0, 1, Math.log(3), 1, 0, 2) };
    const { labels, probabilities } = softmaxToBytes(scores);
    expect([...labels]).toEqual([1, 2]);
    // Pixel 0: 1/5, 3/5, 1/5. Pixel 1: e, e, e^2 over their sum.
    expect([...probabilities]).toEqual([50, 53, 150, 53, 50, 144]);
  });

  it('takes the lowest code among equals, and allows the last class', () => {
    const logits = new Float32Array(15 * 2);
    logits[14 * 2 + 1] = 5;
    expect([...softmaxToBytes({ rows: 1, columns: 2, logits }).labels]).toEqual([0, 14]);
  });

  it('tells scores apart that probabilities cannot', () => {
    const logits = Float32Array.of(1000, 1000.0001, -1000);
    expect([...softmaxToBytes({ rows: 1, columns: 1, logits }).labels]).toEqual([1]);
  });

  it('writes 255 where there is no score', () => {
    const logits = Float32Array.of(Number.NaN, 0, Number.NaN, 0);
    const { labels, probabilities } = softmaxToBytes({ rows: 1, columns: 2, logits });
    expect([...labels]).toEqual([255, 0]);
    expect([...probabilities]).toEqual([255, 125, 255, 125]);
  });
});

describe('stitch', () => {
  it('rebuilds a map from overlapping tiles and takes only what each keeps', () => {
    const columns = 37;
    const rows = 20;
    const classes = 3;
    const value = (plane: number, x: number, y: number): number => (plane * 83 + y * columns + x) % 251;
    const map = createMapArrays(columns, rows, classes);
    expect(new Set([...map.labels, ...map.probabilities])).toEqual(new Set([255]));
    for (const placement of planTiles(columns, rows, 16, 3)) {
      const { keep } = placement;
      // Spoilt outside the kept part: a seam shows if anything of it is taken.
      const at = (plane: number) => (_: unknown, index: number) => {
        const x = placement.column + (index % placement.columns);
        const y = placement.row + Math.floor(index / placement.columns);
        const inside = x >= keep.column && x < keep.column + keep.columns && y >= keep.row && y < keep.row + keep.rows;
        return inside ? value(plane, x, y) : 254;
      };
      const plane = { length: placement.columns * placement.rows };
      stitch(
        map,
        {
          columns: placement.columns,
          rows: placement.rows,
          labels: Uint8Array.from(plane, at(9)),
          probabilities: Uint8Array.from([0, 1, 2].flatMap((code) => Array.from(plane, at(code)))),
        },
        placement,
      );
    }
    const whole = (plane: number) =>
      Array.from({ length: rows * columns }, (_, index) => value(plane, index % columns, Math.floor(index / columns)));
    expect([...map.labels]).toEqual(whole(9));
    expect([...map.probabilities]).toEqual([0, 1, 2].flatMap(whole));
  });
});
