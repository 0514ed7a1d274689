import type { AssetName, Scene } from '../../src/catalog';
import type { GridWindow } from '../../src/geo';
import { tinyTiff } from './tiny-tiff';

/** The ten bands in the model's order. */
export const BANDS: readonly AssetName[] = ['B02', 'B03', 'B04', 'B05', 'B06', 'B07', 'B08', 'B8A', 'B11', 'B12'];
const TEN_METRE: ReadonlySet<string> = new Set(['B02', 'B03', 'B04', 'B08']);

/** A window of 8 x 6 pixels inside tile 33UVR. */
export const TINY_GRID: GridWindow = {
  epsg: 32633,
  xMin: 400_000,
  yMax: 5_500_000,
  pixelMetres: 10,
  columns: 8,
  rows: 6,
};

export interface TinySceneOptions {
  readonly date: string;
  readonly tile?: string;
  /** DN of every pixel of a band. */
  readonly dn?: (band: AssetName, pixel: number) => number;
  /** SCL of every 20 m pixel; 4 (vegetation) where left out. */
  readonly scl?: (pixel: number) => number;
  /** Bits of an SCL pixel; 8 where left out. */
  readonly sclBits?: 8 | 16;
  /** Declared in all files; 0 where left out, none where null. */
  readonly nodata?: number | null;
  readonly omit?: AssetName;
  /** Where its pixels lie; `TINY_GRID` where left out. Even numbers of columns and rows. */
  readonly grid?: GridWindow;
  /** Address above its folder; https://scenes.test where left out. */
  readonly root?: string;
  readonly scene?: Partial<Scene>;
}

/** Column and row of a band's pixel in the 20 m pixels of a scene, the same for all bands. */
export function coarsePixel(band: AssetName, pixel: number, { columns } = TINY_GRID): { column: number; row: number } {
  const factor = TEN_METRE.has(band) ? 2 : 1;
  const across = (columns / 2) * factor;
  return { column: Math.floor((pixel % across) / factor), row: Math.floor(pixel / across / factor) };
}

/** A scene that covers its grid exactly, its files added to `files` under `<root>/<id>/`. */
export function tinyScene(files: Map<string, unknown>, options: TinySceneOptions): Scene {
  const {
    date,
    tile = '33UVR',
    dn = () => 2000,
    scl = () => 4,
    sclBits = 8,
    nodata = 0,
    omit,
    grid = TINY_GRID,
    root = 'https://scenes.test',
  } = options;
  const id = `S2A_${tile}_${date.replaceAll('-', '')}_0_L2A`;
  const assets: Partial<Record<AssetName, string>> = {};
  for (const band of [...BANDS, 'SCL' as const]) {
    if (band === omit) continue;
    const fine = TEN_METRE.has(band);
    const columns = fine ? grid.columns : grid.columns / 2;
    const rows = fine ? grid.rows : grid.rows / 2;
    const pixels = band === 'SCL' && sclBits === 8 ? new Uint8Array(columns * rows) : new Uint16Array(columns * rows);
    for (let pixel = 0; pixel < pixels.length; pixel++) pixels[pixel] = band === 'SCL' ? scl(pixel) : dn(band, pixel);
    // Files of bytes cannot declare more than they can hold.
    const declared = nodata !== null && pixels.BYTES_PER_ELEMENT === 1 && nodata > 255 ? null : nodata;
    const url = `${root}/${id}/${band}.tif`;
    files.set(url, tinyTiff({ ...grid, pixelMetres: fine ? 10 : 20, columns, rows, pixels, nodata: declared }));
    assets[band] = url;
  }
  return {
    id,
    collection: 'sentinel-2-l2a',
    tile,
    datetime: `${date}T10:00:00Z`,
    date,
    platform: 'sentinel-2a',
    epsg: grid.epsg,
    bbox: null,
    cloudPercent: 10,
    snowPercent: 0,
    nodataPercent: 0,
    processingBaseline: '02.11',
    boaOffsetApplied: true,
    sequence: 0,
    simulated: false,
    assets,
    ...options.scene,
  };
}
