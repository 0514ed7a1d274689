import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeGeoTiff, type GeoTiffImage, type Rgb } from '../../../src/raster';

interface GdalInfo {
  readonly size: readonly number[];
  readonly geoTransform: readonly number[];
  readonly metadata: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly bands: readonly {
    readonly type: string;
    readonly block: readonly number[];
    readonly colorInterpretation: string;
    readonly description?: string;
    readonly noDataValue?: number;
    readonly scale?: number;
    readonly overviews?: readonly { readonly size: readonly number[] }[];
    readonly colorTable?: { readonly entries: readonly (readonly number[])[] };
  }[];
}

const COLUMNS = 700;
const ROWS = 530;
const PLACE = { epsg: 32633, xMin: 399960, yMax: 5600040, pixelMetres: 10, columns: COLUMNS, rows: ROWS };
const PALETTE = Array.from({ length: 15 }, (_, code): Rgb => [code * 17, 255 - code * 9, code * 3]);

/** Where the program for the GDAL rules of COGs can be run, if at all. */
const VALIDATOR = 'osgeo_utils.samples.validate_cloud_optimized_geotiff';
const PYTHON = ['python3', '/usr/bin/python3'].find(
  (python) => spawnSync(python, ['-c', `import osgeo.gdal, ${VALIDATOR}`]).status === 0,
);
const HAS_GDAL = spawnSync('gdalinfo', ['--version']).status === 0;
if (!HAS_GDAL) console.warn('SKIPPED: written files are not opened with GDAL; install gdal-bin.');
if (!PYTHON) console.warn('SKIPPED: written files are not held against the COG rules; install python3-gdal.');

const LABELS: GeoTiffImage = {
  ...PLACE,
  bands: [plane((x, y) => (y > 500 ? 255 : ((x >> 5) * 3 + (y >> 6)) % 15))],
  bandNames: ['crop class'],
  nodata: 255,
  palette: PALETTE,
  metadata: { TITLE: 'Crops <2018> & "more": ječmen', SIMULATED: 'yes' },
};
const PROBABILITIES: GeoTiffImage = {
  ...PLACE,
  bands: Array.from({ length: 15 }, (_, band) => plane((x, y) => (x * (band + 1) + y * 3) % 251)),
  bandNames: PALETTE.map((_, code) => `class ${code}`),
  nodata: 255,
  scale: 0.004,
};
const SMALL: GeoTiffImage = { ...PLACE, columns: 64, rows: 50, bands: [new Uint8Array(3200).fill(3)], nodata: null };
const IMAGES = [
  ['labels', LABELS],
  ['probabilities', PROBABILITIES],
  ['small', SMALL],
] as const;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crop2seg-'));
  for (const [name, image] of IMAGES) writeFileSync(fileOf(name), await writeGeoTiff(image));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!HAS_GDAL)('GDAL opens what is written here, without a warning', () => {
  it.each(IMAGES)('%s: every pixel is the same', (name, image) => {
    const raw = join(folder, `${name}.raw`);
    run('gdal_translate', ['-q', '-of', 'ENVI', '-co', 'INTERLEAVE=BSQ', fileOf(name), raw]);
    expect(readFileSync(raw).equals(Buffer.concat(image.bands))).toBe(true);
  });

  it('labels: place, palette, texts, overviews', () => {
    const info = gdalInfo('labels');
    expect(info.size).toEqual([COLUMNS, ROWS]);
    expect(info.geoTransform).toEqual([399960, 10, 0, 5600040, 0, -10]);
    expect(run('gdalsrsinfo', ['-o', 'epsg', fileOf('labels')]).trim()).toBe('EPSG:32633');
    expect(info.metadata['']).toMatchObject({ AREA_OR_POINT: 'Area', ...LABELS.metadata });
    const [band] = info.bands;
    expect(band).toMatchObject({ type: 'Byte', block: [256, 256], colorInterpretation: 'Palette', noDataValue: 255 });
    expect(band.description).toBe('crop class');
    expect(band.overviews?.map(({ size }) => size)).toEqual([
      [350, 265],
      [175, 133],
    ]);
    expect(band.colorTable?.entries.slice(0, 15)).toEqual(PALETTE.map((rgb) => [...rgb, 255]));
  });

  it('probabilities: names and scale of all bands', () => {
    const { bands } = gdalInfo('probabilities');
    expect(bands.map(({ description }) => description)).toEqual(PROBABILITIES.bandNames);
    expect(bands.every(({ scale, noDataValue }) => scale === 0.004 && noDataValue === 255)).toBe(true);
  });

  it.each(IMAGES)('%s: its checksums can be computed (all tiles are sound)', (name, image) => {
    const checksums = run('gdalinfo', ['-checksum', fileOf(name)]).match(/Checksum=\d+/g);
    expect(checksums?.length).toBe(image.bands.length);
  });
});

describe.skipIf(!PYTHON)('GDAL finds the layout of a Cloud Optimized GeoTIFF', () => {
  it.each(IMAGES)('%s', (name) => {
    expect(run(PYTHON ?? '', ['-m', VALIDATOR, '--full-check=yes', fileOf(name)])).toContain(
      'is a valid cloud optimized',
    );
  });
});

function plane(value: (x: number, y: number) => number): Uint8Array {
  return Uint8Array.from({ length: COLUMNS * ROWS }, (_, at) => value(at % COLUMNS, Math.floor(at / COLUMNS)));
}

function fileOf(name: string): string {
  return join(folder, `${name}.tif`);
}

function gdalInfo(name: string): GdalInfo {
  return JSON.parse(run('gdalinfo', ['-json', fileOf(name)])) as GdalInfo;
}

/** Runs a program that must neither fail nor warn; gives what it wrote. */
function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}
