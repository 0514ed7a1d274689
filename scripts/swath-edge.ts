import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createFileTransport } from '../cli/file-transport';
import { openRaster, readRect } from '../src/raster';
import { tinyTiff } from '../tests/support/tiny-tiff';

/**
 * What a swath edge costs each network of the zoo: the public season of Flanders with the left part of some clear dates
 * taken away, against the same season without these dates. A date that did not see a pixel says nothing about it, so the
 * map must never be more than a point worse than without the date. Run by the nightly script; needs the shared data.
 */
const ROOT = resolve(import.meta.dirname, '..');
const SEASON = resolve(process.env['CROP2SEG_DATA'] ?? join(ROOT, '../shared/data'), 'flanders-2018');
/** Folders of models; others than those of the zoo may be named on the command line. */
const MODELS = resolve(process.argv[2] ?? join(ROOT, 'models/zoo'));
const PROGRAM = join(ROOT, 'bin/crop2seg.mjs');
const LABELS = join(SEASON, 'labels.tif');

/** A point of overall accuracy. */
const MOST_LOST = 0.01;

/** Clear dates are those with less cloud than this over the tile, percent, from March to October. */
const CLEAR_PERCENT = 1;

interface Item {
  readonly id: string;
  readonly properties: { readonly datetime: string; readonly 'eo:cloud_cover': number };
}

interface Case {
  readonly name: string;
  /** Dates that are cut, or left out, by their number among the clear ones. */
  readonly dates: (clear: readonly string[]) => readonly string[];
  /** Share of the columns taken away. */
  readonly share: number;
}

const CASES: readonly Case[] = [
  { name: 'first clear date, 58 of 64 columns', dates: (clear) => clear.slice(0, 1), share: 58 / 64 },
  { name: 'sixth clear date, 58 of 64 columns', dates: (clear) => clear.slice(5, 6), share: 58 / 64 },
  { name: 'sixth clear date, 32 of 64 columns', dates: (clear) => clear.slice(5, 6), share: 0.5 },
  {
    name: 'every third clear date, 32 of 64 columns',
    dates: (clear) => clear.filter((_, nth) => nth % 3 === 0),
    share: 0.5,
  },
];

const { signal } = new AbortController();
const collection = JSON.parse(readFileSync(join(SEASON, 'items.json'), 'utf8')) as {
  readonly features: readonly Item[];
};
const clearDates = collection.features
  .filter(({ properties }) => properties['eo:cloud_cover'] < CLEAR_PERCENT)
  .filter(({ properties: { datetime } }) => datetime.slice(0, 7) >= '2018-03' && datetime.slice(0, 7) <= '2018-10')
  .map(({ id }) => id);

/** The season in a folder of its own: `cut` scenes without their left part, `gone` ones not listed. */
async function makeSeason(
  folder: string,
  cut: readonly string[],
  share: number,
  gone: readonly string[],
): Promise<void> {
  mkdirSync(folder);
  for (const { id } of collection.features) {
    if (cut.includes(id)) cpSync(join(SEASON, id), join(folder, id), { recursive: true });
    else symlinkSync(join(SEASON, id), join(folder, id));
  }
  const features = collection.features.filter(({ id }) => !gone.includes(id));
  writeFileSync(join(folder, 'items.json'), JSON.stringify({ ...collection, features }));
  for (const id of cut) {
    const files = readdirSync(join(folder, id)).filter((name) => name.endsWith('.tif'));
    for (const name of files) await cutFile(join(folder, id, name), share);
  }
}

/** Puts 0, which the file declares as no data, into the left columns; whole pixels of 20 m in all bands. */
async function cutFile(path: string, share: number): Promise<void> {
  const { info, transport, ...header } = await openRaster(pathToFileURL(path).href, createFileTransport(), signal);
  const { columns, rows } = info;
  const rect = { column: 0, row: 0, columns, rows };
  const pixels = await readRect({ info, transport, ...header }, rect, { signal });
  const left = Math.round((share * columns) / (columns / 32)) * (columns / 32);
  for (let row = 0; row < rows; row++) pixels.fill(0, row * columns, row * columns + left);
  const { epsg, xMin, yMax, pixelMetres } = info;
  const kept = pixels.BYTES_PER_ELEMENT === 1 ? Uint8Array.from(pixels) : Uint16Array.from(pixels);
  rmSync(path);
  writeFileSync(path, tinyTiff({ epsg: epsg!, xMin, yMax, pixelMetres, columns, rows, pixels: kept }));
}

function crop2seg(...args: string[]): unknown {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args, '--json', '--quiet'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`crop2seg ${args[0]} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

function accuracy(season: string, model: string, out: string): number {
  const when = ['--season', '2018', '--months', '3-10'];
  crop2seg('map', '--catalog', season, '--like', LABELS, ...when, '--model', model, '--out', out);
  const scores = crop2seg('evaluate', '--map', join(out, 'crop-map.tif'), '--labels', LABELS);
  return (scores as { readonly all: { readonly overallAccuracy: number } }).all.overallAccuracy;
}

const work = mkdtempSync(join(tmpdir(), 'crop2seg-swath-'));
let failed = 0;
try {
  const known = new Map<string, number>();
  for (const [nth, { name, dates, share }] of CASES.entries()) {
    const ids = dates(clearDates);
    const [cut, without] = [join(work, `cut-${nth}`), join(work, `without-${nth}`)];
    await makeSeason(cut, ids, share, []);
    await makeSeason(without, [], 0, ids);
    for (const model of readdirSync(MODELS).sort()) {
      const key = `${model} ${ids.join(' ')}`;
      const expected = known.get(key) ?? accuracy(without, join(MODELS, model), join(work, 'map'));
      known.set(key, expected);
      const got = accuracy(cut, join(MODELS, model), join(work, 'map'));
      const passed = got >= expected - MOST_LOST;
      if (!passed) failed += 1;
      console.log(
        `${passed ? 'passed' : 'FAILED'}  ${model}, ${name}: ${got.toFixed(3)}, without ${expected.toFixed(3)}`,
      );
    }
  }
} finally {
  rmSync(work, { recursive: true });
}
process.exitCode = failed === 0 ? 0 : 1;
