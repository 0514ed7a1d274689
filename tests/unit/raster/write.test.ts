import { describe, expect, it } from 'vitest';
import { isAbort, isCropError } from '../../../src/errors';
import { readRect, writeGeoTiff, type GeoTiffImage } from '../../../src/raster';
import { isSame, NEVER, openBytes, patternImage } from './tiff-bytes';

async function readBack(image: GeoTiffImage, band = 0, overview?: number) {
  const raster = await openBytes(await writeGeoTiff(image));
  const { columns, rows } = overview === undefined ? image : raster.info.overviews[overview];
  const options = { signal: NEVER, band, ...(overview === undefined ? {} : { overview }) };
  return readRect(raster, { column: 0, row: 0, columns, rows }, options);
}

describe('writeGeoTiff', () => {
  it.each([
    [1, 1, 1],
    [255, 257, 1],
    [512, 512, 2],
    [600, 300, 3],
  ])('writes %i x %i pixels in %i bands that read back the same', async (columns, rows, bandCount) => {
    const image = patternImage(columns, rows, bandCount);
    const raster = await openBytes(await writeGeoTiff(image));
    expect(raster.info).toMatchObject({
      columns,
      rows,
      tileColumns: 256,
      tileRows: 256,
      bitsPerSample: 8,
      nodata: null,
    });
    expect(raster.info).toMatchObject({ epsg: 32633, xMin: 399960, yMax: 5600040, pixelMetres: 10, compression: 8 });
    for (const [band, expected] of image.bands.entries())
      expect(isSame(await readBack(image, band), expected)).toBe(true);
  });

  it('halves images over 512 pixels until one tile holds them', async () => {
    const small = await openBytes(await writeGeoTiff(patternImage(512, 512)));
    expect(small.info.overviews).toEqual([]);
    const large = await openBytes(await writeGeoTiff(patternImage(1025, 513)));
    expect(large.info.overviews).toEqual([
      { columns: 513, rows: 257 },
      { columns: 257, rows: 129 },
      { columns: 129, rows: 65 },
    ]);
  });

  it('averages quantities without nodata, and takes one of four classes', async () => {
    const columns = 514;
    const band = new Uint8Array(columns * 2).fill(255);
    band.set([10, 21, 255, 40], 0);
    band.set([30, 42, 60, 255], columns);
    const image: GeoTiffImage = { ...patternImage(columns, 2), bands: [band], nodata: 255 };
    expect([...(await readBack(image, 0, 0))].slice(0, 3)).toEqual([26, 50, 255]);
    const classes: GeoTiffImage = { ...image, palette: [[255, 0, 0]] };
    expect([...(await readBack(classes, 0, 0))].slice(0, 3)).toEqual([10, 255, 255]);
  });

  it('puts directories first and the smallest overview before larger ones', async () => {
    const raster = await openBytes(await writeGeoTiff(patternImage(1024, 600)));
    const firsts = [raster.full, ...raster.overviews].map(({ offsets }) => offsets[0]);
    expect(firsts).toEqual([...firsts].sort((one, other) => other - one));
    expect(raster.transport.log.length).toBe(1);
  });

  it('is the same file for the same image', async () => {
    expect(await writeGeoTiff(patternImage(70, 30))).toEqual(await writeGeoTiff(patternImage(70, 30)));
  });

  it.each<[string, Partial<GeoTiffImage>]>([
    ['no bands', { bands: [] }],
    ['a band of another size', { bands: [new Uint8Array(5)] }],
    ['a palette for two bands', { bands: [new Uint8Array(12), new Uint8Array(12)], palette: [[0, 0, 0]] }],
    ['no EPSG code', { epsg: 0 }],
    ['pixels without size', { pixelMetres: 0 }],
    ['nodata that does not fit', { nodata: 300 }],
    ['no columns', { columns: 0 }],
  ])('refuses %s', async (_, change) => {
    const error = await writeGeoTiff({ ...patternImage(4, 3), ...change }).catch((reason: unknown) => reason);
    expect(isCropError(error, 'raster/invalid-request')).toBe(true);
  });

  it('stops when cancelled', async () => {
    const error = await writeGeoTiff(patternImage(4, 3), { signal: AbortSignal.abort() }).catch(
      (reason: unknown) => reason,
    );
    expect(isAbort(error)).toBe(true);
  });
});
