import { basename } from 'node:path';
import { CropError } from '../src/errors';
import { CELL_COUNT, cellByIndex, gridFromBbox, type BboxWgs84, type GridWindow } from '../src/geo';
import type { Transport } from '../src/net';
import type { RasterInfo } from '../src/raster';
import type { CommandName } from './commands';
import { openNamedRaster } from './open-raster';
import type { OptionValues } from './parse';
import type { CommandContext } from './terminal';
import { atMostOne, badValue, wholeNumber } from './values';

/** Where a map is made, and what to call the place. */
export interface Area {
  readonly grid: GridWindow;
  readonly title: string;
  /** The one tile a cell of the Czech grid is read from. */
  readonly tiles?: readonly string[];
}

/** Options that say where. */
const WAYS = '--cell N, --bbox west,south,east,north or --like raster.tif';
const SERIES_WAYS = '--cell N, --bbox west,south,east,north, --like raster.tif, --points FILE or --parcels FILE';

/** All ten bands are brought to this pixel; Sentinel-2 tiles begin on multiples of it. */
const PIXEL_METRES = 10;

/** WGS84 UTM zones: 32601 to 32660 north, 32701 to 32760 south. */
const UTM_CODES = /^32[67](0[1-9]|[1-5]\d|60)$/;

/**
 * The place that `--cell`, `--bbox` or `--like` names.
 * @throws cli/usage-*, geo/* for a place that is none; cli/unsuitable-raster, net/*, raster/* for `--like`
 */
export async function areaOf(
  values: OptionValues,
  command: CommandName,
  context: CommandContext,
  transport: Transport,
): Promise<Area> {
  atMostOne(values, ['cell', 'bbox', 'like']);
  const cell = wholeNumber(values, 'cell', 0, CELL_COUNT - 1);
  if (cell !== undefined) return cellArea(cell);
  const bbox = values.get('bbox');
  if (bbox !== undefined) return boxArea(bbox);
  const like = values.get('like');
  if (like !== undefined) {
    return rasterArea((await openNamedRaster(like, context, transport)).info, like);
  }
  throw new CropError('cli/usage-no-area', { command, ways: command === 'series' ? SERIES_WAYS : WAYS });
}

function cellArea(index: number): Area {
  const { grid, tile } = cellByIndex(index);
  return { grid, tiles: [tile], title: `Cell ${index}, tile ${tile}` };
}

function boxArea(text: string): Area {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (numbers.length !== 4 || numbers.some(Number.isNaN)) {
    throw badValue(
      'bbox',
      text,
      'it is not four numbers',
      'west,south,east,north in degrees, such as 14.40,50.05,14.45,50.10',
    );
  }
  const grid = gridFromBbox(numbers as unknown as BboxWgs84);
  return { grid, title: `Area ${grid.columns * grid.pixelMetres} x ${grid.rows * grid.pixelMetres} m` };
}

function rasterArea(raster: RasterInfo, path: string): Area {
  const { epsg, declaredEpsg, xMin, yMax, pixelMetres, columns, rows } = raster;
  const unsuitable = (reason: string) => new CropError('cli/unsuitable-raster', { path, reason });
  if (epsg === null || !UTM_CODES.test(String(epsg))) {
    throw unsuitable(epsg === null ? 'it names no CRS that is known' : `EPSG:${declaredEpsg} is not a UTM zone`);
  }
  if (pixelMetres !== PIXEL_METRES) throw unsuitable(`its pixels measure ${pixelMetres} m, not ${PIXEL_METRES} m`);
  if (xMin % PIXEL_METRES !== 0 || yMax % PIXEL_METRES !== 0) {
    throw unsuitable(`its corner ${xMin}, ${yMax} is not on a multiple of ${PIXEL_METRES} m`);
  }
  return {
    grid: { epsg, xMin, yMax, pixelMetres, columns, rows },
    title: `Grid of ${basename(path)}, ${columns * pixelMetres} x ${rows * pixelMetres} m`,
  };
}
