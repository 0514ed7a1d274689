import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate, type EvaluateReport } from '../../../cli/evaluate';
import { type GeoTiffImage, writeGeoTiff } from '../../../src/raster';
import { gdalFile, withTag } from '../raster/tiff-bytes';
import { bufferTerminal, commandContext, rejection } from './support';

const folder = mkdtempSync(join(tmpdir(), 'crop2seg-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GRID = { epsg: 32633, xMin: 500_000, yMax: 5_500_000, pixelMetres: 10, columns: 4, rows: 2 };

async function raster(name: string, codes: readonly number[], more: Partial<GeoTiffImage> = {}): Promise<void> {
  const image = { ...GRID, bands: [Uint8Array.from(codes)], nodata: null, ...more };
  writeFileSync(join(folder, name), await writeGeoTiff(image));
}

async function run(labels: string, map = 'map.tif', json = true): Promise<string> {
  const terminal = bufferTerminal({ workingFolder: folder });
  const values = new Map([
    ['map', map],
    ['labels', labels],
  ]);
  await evaluate(values, { ...commandContext(terminal), json });
  return terminal.stdout();
}

const scored = async (labels: string, map?: string) => JSON.parse(await run(labels, map)) as EvaluateReport;

beforeAll(async () => {
  await raster('map.tif', [1, 1, 6, 6, 255, 6, 6, 14], { nodata: 255 });
  await raster('labels.tif', [1, 0, 6, 99, 6, 14, 255, 6]);
  await raster('labels-1.tif', [1, 0, 6, 99, 6, 14, 255, 6], { nodata: 1 });
  await raster('masked.tif', [1, 0, 6, 99, 6, 14, 255, 6]);
  await raster('masked.tif.msk', [255, 255, 0, 0, 255, 255, 255, 255]);
  await raster('foreign.tif', [110, 111, 112, 110, 110, 110, 110, 110]);
  await raster('moved.tif', [1, 0, 6, 99, 6, 14, 255, 6], { xMin: 500_005 });
  await raster('etrs.tif', [1, 0, 6, 99, 6, 14, 255, 6], { epsg: 25833 });
  await raster('zone.tif', [1, 0, 6, 99, 6, 14, 255, 6], { epsg: 32634 });
  await raster('two.tif', [1, 0, 6, 99, 6, 14, 255, 6], { bands: [new Uint8Array(8), new Uint8Array(8)] });
});

describe('crop2seg evaluate', () => {
  it('counts what both have, and says why the rest is not counted', async () => {
    const { pixels, all } = await scored('labels.tif');
    expect(pixels).toEqual({
      total: 8,
      counted: 4,
      excluded: { labelNodata: 0, labelMasked: 0, labelIgnored: 2, labelUnknown: 1, mapNodata: 1, mapMasked: 0 },
      unknownLabels: [{ code: 99, pixels: 1 }],
    });
    // 1 = 1, 0 mapped as 1, 6 = 6, 6 mapped as "not classified".
    expect(all).toMatchObject({ pixels: 4, overallAccuracy: 2 / 4 });
    expect((await run('labels.tif', 'map.tif', false)).split('\n')[0]).toBe(
      '4 of 8 pixels counted; not counted: 2 labelled as not classified (14) or no data (255), ' +
        '1 labels that are no class (99), 1 map without data',
    );
  });

  it('believes the nodata value of the labels', async () => {
    expect((await scored('labels-1.tif')).pixels).toMatchObject({ counted: 3, excluded: { labelNodata: 1 } });
  });

  it('believes a mask file beside the labels, and beside the map', async () => {
    expect((await scored('masked.tif')).pixels).toMatchObject({
      counted: 3,
      excluded: { labelMasked: 2, labelUnknown: 0 },
    });
    expect((await scored('labels.tif', 'masked.tif')).pixels).toMatchObject({
      counted: 4,
      excluded: { mapMasked: 1, labelUnknown: 1 },
    });
  });

  it.each(['mask', 'alpha', 'float32', 'int8', 'four-bit', 'packbits', 'lerc', 'float32-nan'])(
    'reads codes as %s',
    async (name) => {
      writeFileSync(join(folder, `${name}.tif`), gdalFile(`${name}.tif`, 'raster-kinds'));
      const { pixels, all } = await scored(`${name}.tif`, `${name}.tif`);
      expect(pixels.counted).toBeGreaterThan(0);
      const left = Object.values(pixels.excluded).reduce((sum, count) => sum + count, 0);
      expect(pixels.counted + left).toBe(pixels.total);
      expect(all.overallAccuracy).toBe(1);
    },
  );

  it.each([
    ['another grid', 'moved.tif', 'cli/different-grids', 'top left corners 500000, 5500000 and 500005, 5500000'],
    ['another zone', 'zone.tif', 'cli/different-grids', 'EPSG:32633 and EPSG:32634'],
    ['another nomenclature', 'foreign.tif', 'accuracy/unknown-label', 'code 110'],
    ['several bands', 'two.tif', 'cli/not-labels', '2 bands'],
  ])('refuses labels of %s', async (_, labels, code, says) => {
    const error = await rejection(() => run(labels));
    expect(error).toMatchObject({ code, message: expect.stringContaining(says) });
  });

  it('refuses values that are no codes, and a nodata value that the pixels cannot hold', async () => {
    const fractions = gdalFile('float32-predictor-2.tif', 'raster-kinds');
    writeFileSync(join(folder, 'fractions.tif'), fractions);
    expect(await rejection(() => run('fractions.tif', 'fractions.tif'))).toMatchObject({ code: 'accuracy/no-codes' });
    writeFileSync(join(folder, 'signed.tif'), withTag(gdalFile('int8.tif', 'raster-kinds'), 339, 1));
    expect(await rejection(() => run('signed.tif', 'signed.tif'))).toMatchObject({
      code: 'raster/nodata-outside-type',
      message: expect.stringContaining('-7'),
    });
  });

  it('takes ETRS89 / UTM as WGS84 / UTM, and says so', async () => {
    const { pixels, notices } = await scored('etrs.tif');
    expect(pixels.counted).toBe(4);
    expect(notices).toEqual([expect.stringContaining('EPSG:25833 is taken as EPSG:32633')]);
  });
});
