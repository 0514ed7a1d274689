import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileTransport } from '../../../cli/file-transport';
import { createNodeBackend } from '../../../cli/node-backend';
import { gridToBbox, type GridWindow } from '../../../src/geo';
import { createSeriesPort, referenceDate, type SeriesPort, type SeriesTile } from '../../../src/series';
import {
  createEngine,
  createMapArrays,
  type Engine,
  type MapArrays,
  PROBABILITY_SCALE,
  latticeOrigin,
  planTiles,
  softmaxToBytes,
  stitch,
  type TilePlacement,
} from '../../../src/segment';
import { loadZooModel } from './support/zoo';

const SAMPLE = pathToFileURL(resolve(import.meta.dirname, '../../../public/sample')).href;
/** The sample's own grid (public/sample/README.md). */
const GRID: GridWindow = {
  epsg: 32633,
  xMin: 505_000,
  yMax: 5_539_560,
  pixelMetres: 10,
  columns: 256,
  rows: 256,
};
const WINDOW = { column: 33, row: 21, size: 160 };
/** A pixel that the network gives at least this probability is decided; the rest is a toss-up anywhere. */
const DECIDED = 0.5;
const { signal } = new AbortController();

let engine: Engine;
let port: SeriesPort;

beforeAll(async () => {
  const model = await loadZooModel('timeunet', signal);
  engine = await createEngine(model, await createNodeBackend(model, signal), signal);
  port = createSeriesPort(createFileTransport());
  const source = { kind: 'static', url: SAMPLE, title: 'Sample' } as const;
  const range = { from: '2018-09-01', to: '2019-10-31' };
  const { scenes } = await port.search([source], { bbox: gridToBbox(GRID), range }, signal);
  const { input } = model.card;
  const day0 = referenceDate(2019, input.dateReference);
  await port.build({ scenes, grid: GRID, input, referenceDate: day0 }, signal, () => undefined);
});

afterAll(async () => {
  await engine.dispose();
  await port.dispose();
});

/** The tiles of a square whose corner lies at a pixel of the sample's grid, as a job plans them. */
function tilesOf(column: number, row: number, size: number): TilePlacement[] {
  const { tileSize, margin } = engine.card.input;
  const corner = latticeOrigin(GRID);
  return planTiles(size, size, tileSize, margin, { column: corner.column + column, row: corner.row + row });
}

/** The map of such a square, cut into tiles and stitched as a job does it; `cut` gives the pixels. */
async function mapOf(column: number, row: number, size: number, cut: Cut = sampleTile): Promise<MapArrays> {
  const map = createMapArrays(size, size, engine.card.classes.length);
  for (const placement of tilesOf(column, row, size)) {
    const tile = await cut(column + placement.column, row + placement.row, placement.columns, placement.rows);
    stitch(map, softmaxToBytes(await engine.segmentTile(tile, signal)), placement);
  }
  return map;
}

type Cut = (column: number, row: number, columns: number, rows: number) => Promise<SeriesTile>;

function sampleTile(column: number, row: number, columns: number, rows: number): Promise<SeriesTile> {
  return port.tile(column, row, columns, rows, signal);
}

/** Cuts out of a land without end: the sample, mirrored at its edges again and again. */
async function mirroredLand(): Promise<Cut> {
  const land = await sampleTile(0, 0, GRID.columns, GRID.rows);
  const mirror = (at: number, size: number): number => {
    const inPair = at % (2 * size);
    return inPair < size ? inPair : 2 * size - 1 - inPair;
  };
  const bands = engine.card.input.bands.length;
  return async (column, row, columns, rows) => {
    const pixels = land.pixels.map((source) => {
      const target = new Float32Array(bands * rows * columns);
      for (let band = 0, to = 0; band < bands; band++) {
        for (let y = 0; y < rows; y++) {
          const from = (band * land.rows + mirror(row + y, land.rows)) * land.columns;
          for (let x = 0; x < columns; x++) target[to++] = source[from + mirror(column + x, land.columns)]!;
        }
      }
      return target;
    });
    return { rows, columns, days: land.days, pixels };
  };
}

/** Highest probability of a pixel, 0 to 1. */
function certainty(map: MapArrays, pixel: number): number {
  const size = map.labels.length;
  let best = 0;
  for (let at = pixel; at < map.probabilities.length; at += size) best = Math.max(best, map.probabilities[at]!);
  return best / PROBABILITY_SCALE;
}

/** 1 for each pixel of the inner window that both windows take from the same tile. */
function sharedPixels(): Uint8Array {
  const shared = new Uint8Array(WINDOW.size ** 2);
  const whole = tilesOf(0, 0, GRID.columns);
  for (const { column, row, keep } of tilesOf(WINDOW.column, WINDOW.row, WINDOW.size)) {
    const same = whole.find((tile) => tile.column === column + WINDOW.column && tile.row === row + WINDOW.row);
    if (same === undefined) continue;
    for (let y = keep.row; y < keep.row + keep.rows; y++) {
      for (let x = keep.column; x < keep.column + keep.columns; x++) {
        const inRow = y + WINDOW.row - same.keep.row;
        const inColumn = x + WINDOW.column - same.keep.column;
        const kept = inRow >= 0 && inRow < same.keep.rows && inColumn >= 0 && inColumn < same.keep.columns;
        shared[y * WINDOW.size + x] = Number(kept);
      }
    }
  }
  return shared;
}

describe('a window inside a larger one', () => {
  it('has its labels: all of them inside, where the window holds whole tiles, and nearly all along its edges', async () => {
    const whole = await mapOf(0, 0, GRID.columns);
    const part = await mapOf(WINDOW.column, WINDOW.row, WINDOW.size);
    const shared = sharedPixels();
    const counts = { inside: 0, equalInside: 0, all: 0, equal: 0, decided: 0, equalDecided: 0 };
    // The window's own edge sees a reflection where the larger window sees land.
    const { margin } = engine.card.input;
    for (let y = margin; y < WINDOW.size - margin; y++) {
      for (let x = margin; x < WINDOW.size - margin; x++) {
        const pixel = (y + WINDOW.row) * GRID.columns + x + WINDOW.column;
        const equal = Number(part.labels[y * WINDOW.size + x] === whole.labels[pixel]);
        const inside = shared[y * WINDOW.size + x]!;
        const decided = Number(certainty(whole, pixel) >= DECIDED);
        counts.inside += inside;
        counts.equalInside += inside * equal;
        counts.all += 1;
        counts.equal += equal;
        counts.decided += decided;
        counts.equalDecided += equal * decided;
      }
    }
    console.info(
      `Labels alike: ${counts.equalInside} of ${counts.inside} inside, ${counts.equal} of ${counts.all} with the edges; ` +
        `of decided pixels ${counts.equalDecided} of ${counts.decided}.`,
    );
    expect(counts.inside / counts.all).toBeGreaterThan(0.5);
    expect(counts.equalInside).toBe(counts.inside);
    expect(counts.decided / counts.all).toBeGreaterThan(0.8);
    // GroupNorm takes its statistics from the tile: along the edges, where tiles are shifted in, undecided pixels tip.
    expect(counts.equal / counts.all).toBeGreaterThanOrEqual(0.995);
  });
});

/** A cell of the Czech grid, 1098 px, inside an area of 13 km: minutes, so the nightly script asks for it. */
describe.runIf(process.env.CROP2SEG_FULL_CELL)('a cell inside a larger area (nightly)', () => {
  it(
    'has 99.5 % of its labels beyond the margin, and all of them a tile further in',
    { timeout: 3_600_000 },
    async () => {
      const land = await mirroredLand();
      const area = 1300;
      const cell = { column: 70, row: 90, size: 1098 };
      const whole = await mapOf(0, 0, area, land);
      const part = await mapOf(cell.column, cell.row, cell.size, land);
      const share = (edge: number): number => {
        let equal = 0;
        for (let y = edge; y < cell.size - edge; y++) {
          for (let x = edge; x < cell.size - edge; x++) {
            const pixel = (y + cell.row) * area + x + cell.column;
            equal += Number(part.labels[y * cell.size + x] === whole.labels[pixel]);
          }
        }
        return equal / (cell.size - 2 * edge) ** 2;
      };
      const { margin, tileSize } = engine.card.input;
      console.info(
        `Labels alike: ${share(0)} of all, ${share(margin)} beyond the margin, ${share(tileSize)} a tile in.`,
      );
      expect(share(margin)).toBeGreaterThanOrEqual(0.995);
      expect(share(tileSize)).toBe(1);
    },
  );
});
