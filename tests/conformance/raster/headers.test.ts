import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type HeaderReader, readWithGeotiff, readWithOurs } from '../../support/header-readers';

const FOLDER = join(import.meta.dirname, '../fixtures/raster');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.tif'));

function facts(read: HeaderReader, name: string): ReturnType<HeaderReader> {
  const bytes = Uint8Array.from(readFileSync(join(FOLDER, name)));
  return read(async (start, length) => bytes.slice(start, start + length));
}

describe('headers written by GDAL', () => {
  it.each(FILES)('%s says to geotiff.js what it says to us', async (name) => {
    expect(await facts(readWithOurs, name)).toEqual(await facts(readWithGeotiff, name));
  });
});
