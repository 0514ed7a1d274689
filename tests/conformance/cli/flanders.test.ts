import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileTransport } from '../../../cli/file-transport';
import type { MapEvaluation } from '../../../src/accuracy';
import type { CropGeoJson } from '../../../src/fields';
import type { JobReport } from '../../../src/job';
import { openRaster, readRect } from '../../../src/raster';
import { sharedDataMissing, sharedPath } from '../../support/shared-data';

const PROGRAM = resolve(import.meta.dirname, '../../../bin/crop2seg.mjs');
const SIDE = 64;
const CLASSES = 15;
/** A map in a process of its own; a busy machine may take its time. */
const PATIENCE_MS = 120_000;
const { signal } = new AbortController();

const HAS_GDAL = spawnSync('gdalinfo', ['--version']).status === 0;
if (!HAS_GDAL) console.warn('SKIPPED: the map of the real patch is not opened with GDAL; install gdal-bin.');

function crop2seg(...args: string[]): unknown {
  const command = [PROGRAM, ...args, '--json', '--quiet'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  // Without progress there is nothing to say: neither threads nor runtimes may warn.
  if (status !== 0 || stderr !== '') throw new Error(`crop2seg ${args[0]} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

describe.skipIf(sharedDataMissing('flanders-2018'))('a map of a real season', () => {
  const labels = sharedPath('flanders-2018/labels.tif');
  const where = ['--catalog', sharedPath('flanders-2018'), '--like', labels];
  const when = ['--season', '2018', '--months', '3-10'];
  let out: string;
  let answer: { readonly files: readonly { path: string; bytes: number }[]; readonly report: JobReport };

  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'crop2seg-flanders-'));
    answer = crop2seg('map', ...where, ...when, '--out', out) as typeof answer;
  }, PATIENCE_MS);
  afterAll(() => rmSync(out, { recursive: true }));

  it('writes its four files and says how they came to be', () => {
    expect(readdirSync(out).sort()).toEqual(['crop-map.geojson', 'crop-map.tif', 'probabilities.tif', 'report.json']);
    for (const { path, bytes } of answer.files) expect(readFileSync(path)).toHaveLength(bytes);
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(answer.report);
    const { report } = answer;
    expect(report.request.range).toEqual({ from: '2018-03-01', to: '2018-10-31' });
    expect(report.dates.length).toBeGreaterThan(20);
    expect(report.simulatedScenes).toBe(false);
    expect(report.peakMemoryMb).toBeGreaterThan(50);
    expect(report.areas.reduce((sum, { pixels }) => sum + pixels, 0)).toBe(SIDE * SIDE);
  });

  it('ran on the faster of its own kernels and the native runtime, and says what each took', () => {
    const { variant, encoderTimes = [] } = answer.report.model;
    expect(encoderTimes.map((one) => one.variant).sort()).toEqual(['kernels/fp32', 'node/fp32']);
    expect(encoderTimes[0]!.variant).toBe(variant);
    expect(answer.report.notices.filter((text) => text.startsWith('Not run on'))).toEqual([]);
  });

  it('reads the scenes that a search finds', () => {
    const { chosen, rejected } = crop2seg('search', ...where, ...when) as {
      chosen: { id: string; offset: { addDn: number; rule: string } }[];
      rejected: { reason: string }[];
    };
    expect(chosen.map(({ id }) => id)).toEqual(answer.report.dates.flatMap(({ sceneIds }) => sceneIds));
    expect(chosen.every(({ offset }) => offset.addDn === 0 && offset.rule === 'flag')).toBe(true);
    expect(chosen.length + rejected.length).toBeGreaterThan(chosen.length);
    expect(rejected.every(({ reason }) => reason.length > 0)).toBe(true);
  });

  it('gives each pixel the class of its highest probability, on the grid of the labels', async () => {
    const transport = createFileTransport();
    const open = (path: string) => openRaster(pathToFileURL(path).href, transport, signal);
    const whole = { column: 0, row: 0, columns: SIDE, rows: SIDE };
    const [map, like, shares] = await Promise.all([
      open(join(out, 'crop-map.tif')),
      open(labels),
      open(join(out, 'probabilities.tif')),
    ]);
    const { epsg, xMin, yMax, pixelMetres } = like.info;
    expect(map.info).toMatchObject({ epsg, xMin, yMax, pixelMetres, columns: SIDE, rows: SIDE, nodata: 255 });
    const codes = await readRect(map, whole, { signal });
    const bands = await Promise.all(
      Array.from({ length: CLASSES }, (_, band) => readRect(shares, whole, { signal, band })),
    );
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      const stored = bands.map((band) => band[pixel]);
      expect(stored[codes[pixel]]).toBe(Math.max(...stored));
      // Each of the fifteen is rounded to a step of 1/250.
      expect(Math.abs(stored.reduce((sum, share) => sum + share, 0) - 250)).toBeLessThanOrEqual(CLASSES / 2);
    }
  });

  it('draws patches of more than half a hectare, none of them background', () => {
    const { features } = JSON.parse(readFileSync(join(out, 'crop-map.geojson'), 'utf8')) as CropGeoJson;
    for (const { properties } of features) {
      expect(properties.hectares).toBeGreaterThan(0.5);
      expect(properties.code).toBeGreaterThan(0);
    }
  });

  it('can be scored against the labels, 14 left out', () => {
    const scored = crop2seg('evaluate', '--map', join(out, 'crop-map.tif'), '--labels', labels) as MapEvaluation;
    expect(scored.all.pixels).toBe(4071);
    expect(scored.crops.pixels).toBe(2211);
  });

  it.skipIf(!HAS_GDAL).each(['crop-map.tif', 'probabilities.tif'])('%s opens in GDAL without a warning', (name) => {
    const { status, stderr } = spawnSync('gdalinfo', ['-checksum', join(out, name)], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
