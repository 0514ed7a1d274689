import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LAYOUTS, type Layout, TILE_CORNER } from './layout.ts';

const run = promisify(execFile);

/** Built files of another version are not used. */
const VERSION = 1;

/** Rows written at once; bounds the memory of the build. */
const ROWS_AT_ONCE = 512;

/**
 * Spread of the noise between neighbouring pixels, DN. It brings a 10 m band to about 230 MB, which is what real ones
 * have (`file:size` of recorded items).
 */
const NOISE_DN = 150;

/** Share of single pixels of another class; brings the file to about 4 MB, as real ones have. */
const SPECKLE = 0.08;

const OVERVIEWS = ['2', '4', '8', '16'];

/**
 * Builds the files once into `folder` and gives their folder back; later calls only look whether they are there. GDAL's
 * programs must be installed (Debian: gdal-bin). Takes about two minutes and 700 MB.
 */
export async function buildFixtures(folder: string, log: (line: string) => void): Promise<string> {
  const home = join(folder, `read-${VERSION}`);
  mkdirSync(home, { recursive: true });
  for (const layout of LAYOUTS) {
    const file = join(home, `${layout.name}.tif`);
    if (existsSync(file)) continue;
    log(`building ${file}`);
    await buildFile(home, layout, file);
  }
  return home;
}

async function buildFile(home: string, layout: Layout, file: string): Promise<void> {
  const raw = join(home, `${layout.name}.raw`);
  const vrt = join(home, `${layout.name}.vrt`);
  const unfinished = join(home, `${layout.name}.unfinished`);
  await writePixels(raw, layout);
  await writeFile(vrt, describe(layout));
  const resampling = layout.bits === 8 ? 'mode' : 'average';
  const overviewBlock = ['--config', 'GDAL_TIFF_OVR_BLOCKSIZE', String(layout.overviewBlock)];
  await run('gdaladdo', ['-q', '-ro', '-r', resampling, ...overviewBlock, vrt, ...OVERVIEWS]);
  const creation = [
    'TILED=YES',
    `BLOCKXSIZE=${layout.block}`,
    `BLOCKYSIZE=${layout.block}`,
    'COMPRESS=DEFLATE',
    'PREDICTOR=2',
    'COPY_SRC_OVERVIEWS=YES',
    'NUM_THREADS=ALL_CPUS',
  ].flatMap((option) => ['-co', option]);
  await run('gdal_translate', ['-q', '-of', 'GTiff', ...overviewBlock, ...creation, vrt, unfinished]);
  // A name of its own only when complete, so that a build cut short is started again.
  renameSync(unfinished, file);
  for (const scrap of [raw, vrt, `${vrt}.ovr`]) rmSync(scrap, { force: true });
}

function describe({ side, pixelMetres, bits, name }: Layout): string {
  const bytes = bits / 8;
  const { epsg, xMin, yMax } = TILE_CORNER;
  return `<VRTDataset rasterXSize="${side}" rasterYSize="${side}">
  <SRS>EPSG:${epsg}</SRS>
  <GeoTransform>${xMin}, ${pixelMetres}, 0, ${yMax}, 0, -${pixelMetres}</GeoTransform>
  <VRTRasterBand dataType="${bits === 8 ? 'Byte' : 'UInt16'}" band="1" subClass="VRTRawRasterBand">
    <NoDataValue>0</NoDataValue>
    <SourceFilename relativeToVRT="1">${name}.raw</SourceFilename>
    <ImageOffset>0</ImageOffset><PixelOffset>${bytes}</PixelOffset><LineOffset>${bytes * side}</LineOffset>
    <ByteOrder>LSB</ByteOrder>
  </VRTRasterBand>
</VRTDataset>
`;
}

async function writePixels(path: string, layout: Layout): Promise<void> {
  const file = await open(path, 'w');
  const draw = generator(layout.side);
  try {
    for (let row = 0; row < layout.side; row += ROWS_AT_ONCE) {
      const rows = Math.min(ROWS_AT_ONCE, layout.side - row);
      const pixels =
        layout.bits === 8 ? classRows(row, rows, layout.side, draw) : bandRows(row, rows, layout.side, draw);
      await file.write(new Uint8Array(pixels.buffer));
    }
  } finally {
    await file.close();
  }
}

/** Fields of 40 x 40 pixels with a level of their own, and noise on top. */
function bandRows(first: number, rows: number, side: number, draw: () => number): Uint16Array {
  const pixels = new Uint16Array(rows * side);
  for (let at = 0; at < pixels.length; at++) {
    const row = first + Math.floor(at / side);
    const level = 1200 + (fieldOf(row, at % side, 40) % 1800);
    pixels[at] = level + (draw() + draw() - 1) * NOISE_DN * 2;
  }
  return pixels;
}

/** Patches of 12 x 12 pixels of one class, 4 to 11, and speckle. */
function classRows(first: number, rows: number, side: number, draw: () => number): Uint8Array {
  const pixels = new Uint8Array(rows * side);
  for (let at = 0; at < pixels.length; at++) {
    const field = 4 + (fieldOf(first + Math.floor(at / side), at % side, 12) % 8);
    pixels[at] = draw() < SPECKLE ? 4 + draw() * 8 : field;
  }
  return pixels;
}

/** A number that is the same all over a square of `size` pixels and unlike that of its neighbours. */
function fieldOf(row: number, column: number, size: number): number {
  const mixed = Math.imul(Math.floor(row / size) * 7919 + Math.floor(column / size), 2654435761);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Uniform numbers in [0, 1), the same in every build (xorshift32, Marsaglia 2003). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
