import { writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createFileTransport } from '../../cli/file-transport';
import { gridToBbox, type GridWindow } from '../../src/geo';
import { createSeriesPort, referenceDate } from '../../src/series';
import type { ModelCard } from '../../src/segment';

/** Pixels of a side: a tile as the networks were trained. */
export const PATCH_SIZE = 128;

const SAMPLE = pathToFileURL(fileURLToPath(new URL('../../public/sample', import.meta.url))).href;
/** The middle of the sample scene (public/sample/README.md). */
const GRID: GridWindow = {
  epsg: 32633,
  xMin: 505_640,
  yMax: 5_538_920,
  pixelMetres: 10,
  columns: PATCH_SIZE,
  rows: PATCH_SIZE,
};
const SEASON = 2019;
const RANGE = { from: '2018-09-01', to: '2019-10-31' };
/** Spread of the noise that tells copies of a date apart, as a share of a band's own spread. */
const NOISE = 0.02;

export interface Patch {
  readonly path: string;
  readonly days: readonly number[];
}

/**
 * Writes a patch of the sample scene with `dates` dates as float32 [dates, bands, rows, columns], normalised. The sample
 * has 22 dates: of more, some are taken twice, a day apart and with noise of their own.
 */
export async function writePatch(path: string, card: ModelCard, dates: number): Promise<Patch> {
  const { signal } = new AbortController();
  const port = createSeriesPort(createFileTransport());
  const source = { kind: 'static', url: SAMPLE, title: 'Sample' } as const;
  const { scenes } = await port.search([source], { bbox: gridToBbox(GRID), range: RANGE }, signal);
  const day0 = referenceDate(SEASON, card.input.dateReference);
  await port.build({ scenes, grid: GRID, input: card.input, referenceDate: day0 }, signal, () => undefined);
  const tile = await port.tile(0, 0, PATCH_SIZE, PATCH_SIZE, signal);
  await port.dispose();
  const perDate = tile.pixels[0]!.length;
  const values = new Float32Array(dates * perDate);
  let state = 1;
  const noise = (): number => (state = Math.imul(state, 1664525) + 1013904223) / 2 ** 31;
  const days = Array.from({ length: dates }, (_, at) => {
    const from = Math.floor((at * tile.days.length) / dates);
    const copy = at > 0 && from === Math.floor(((at - 1) * tile.days.length) / dates);
    values.set(copy ? tile.pixels[from]!.map((value) => value + NOISE * noise()) : tile.pixels[from]!, at * perDate);
    return tile.days[from]! + (copy ? 1 : 0);
  });
  await writeFile(path, values);
  return { path, days };
}
