import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRaster, type Raster } from '../../../src/raster';
import { memoryTransport } from '../../support/memory-transport';
import { fixtureBytes, fixtureJson } from './fixtures';

/** What GDAL read in the same files (make_header_facts.py). */
interface HeaderFacts {
  readonly epsg: number;
  readonly xMin: number;
  readonly yMax: number;
  readonly pixelMetres: number;
  readonly nodata: number | null;
  readonly bitsPerSample: number;
  readonly bands: number;
  readonly compression: string | null;
  readonly predictor: number;
  readonly images: readonly {
    readonly columns: number;
    readonly rows: number;
    readonly tileColumns: number;
    readonly tileRows: number;
    /** Place and length in bytes, row by row; null where sparse. */
    readonly tiles: readonly (readonly [number, number] | null)[];
  }[];
}

const GDAL_COMPRESSION: Readonly<Record<number, string | null>> = { 1: null, 5: 'LZW', 8: 'DEFLATE', 50000: 'ZSTD' };
const FACTS = fixtureJson<Readonly<Record<string, HeaderFacts>>>('headers.json');

function factsOf({ info, full, overviews }: Raster): HeaderFacts {
  const { epsg, xMin, yMax, pixelMetres, nodata, bitsPerSample, predictor } = info;
  return {
    ...{ epsg: epsg ?? NaN, xMin, yMax, pixelMetres, nodata, bitsPerSample, predictor },
    bands: full.bandCount,
    compression: GDAL_COMPRESSION[info.compression] ?? null,
    images: [full, ...overviews].map(({ columns, rows, tileColumns, tileRows, offsets, counts }) => ({
      ...{ columns, rows, tileColumns, tileRows },
      tiles: Array.from(offsets, (offset, tile) => (offset === 0 ? null : ([offset, counts[tile]!] as const))),
    })),
  };
}

describe('headers written by GDAL', () => {
  it('are all compared', () => {
    const files = readdirSync(join(import.meta.dirname, '../fixtures/raster')).filter((name) => name.endsWith('.tif'));
    expect(files.sort()).toEqual(Object.keys(FACTS).sort());
  });

  it.each(Object.entries(FACTS))('%s says to us what it says to GDAL', async (name, facts) => {
    const transport = memoryTransport(new Map([[name, fixtureBytes(name)]]));
    expect(factsOf(await openRaster(name, transport, new AbortController().signal))).toEqual(facts);
  });
});
