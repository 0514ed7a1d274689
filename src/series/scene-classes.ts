import type { Scene } from '../catalog';
import { type GridWindow, gridOutline, project } from '../geo';
import { type Raster, readGrid, type SeenMap } from '../raster';
import { NO_DATA } from './clarity';
import { isElsewhere, nodataOf, type ReadContext, readFrom } from './scene-asset';
import { seenClasses } from './seen';
import { warpToGrid } from './warp';

/** The scene classification of one scene. */
export interface SceneClasses {
  /** Over the window, [rows, columns]; 0 where the pixel was not seen. */
  readonly scl: Uint8Array<ArrayBuffer>;
  /** What was seen around it too, in the CRS of the scene, so that nothing unseen bleeds in; null where all was. */
  readonly seen: SeenMap | null;
}

/** How far around a window its bands are looked at when they are resampled: three pixels of 20 m, and one for safety. */
const REACH_METRES = 80;

/** Reads the scene classification over the window and a little around it, whatever the pixel type of its file. */
export async function readClasses(scene: Scene, context: ReadContext): Promise<SceneClasses> {
  const { grid, signal } = context;
  const options = { resampling: 'nearest', signal, nodata: nodataOf(scene, 'SCL') } as const;
  return readFrom(scene, 'SCL', context, async (raster) => {
    if (!isElsewhere(raster, grid)) {
      const around = widened(grid);
      const classes = seenClasses(await readGrid(raster, around, options));
      return { scl: cropped(classes, around, grid), seen: mapOf(classes, around) };
    }
    const scl = seenClasses(await warpToGrid(raster, grid, options));
    if (!scl.includes(NO_DATA)) return { scl, seen: null };
    const around = ownGrid(raster, grid);
    return { scl, seen: mapOf(seenClasses(await readGrid(raster, around, options)), around) };
  });
}

function mapOf(classes: Uint8Array<ArrayBuffer>, grid: GridWindow): SeenMap | null {
  // A class is 0 where the pixel was not seen, which is all that the map is asked.
  return classes.includes(NO_DATA) ? { grid, valid: classes } : null;
}

function widened(grid: GridWindow): GridWindow {
  const pixels = REACH_METRES / grid.pixelMetres;
  return {
    ...grid,
    xMin: grid.xMin - REACH_METRES,
    yMax: grid.yMax + REACH_METRES,
    columns: grid.columns + 2 * pixels,
    rows: grid.rows + 2 * pixels,
  };
}

function cropped(whole: Uint8Array<ArrayBuffer>, around: GridWindow, grid: GridWindow): Uint8Array<ArrayBuffer> {
  const margin = REACH_METRES / grid.pixelMetres;
  const part = new Uint8Array(grid.columns * grid.rows);
  for (let row = 0; row < grid.rows; row++) {
    const from = (row + margin) * around.columns + margin;
    part.set(whole.subarray(from, from + grid.columns), row * grid.columns);
  }
  return part;
}

/** The raster's own pixels that lie in a window of another zone or around it. */
function ownGrid({ info }: Raster, grid: GridWindow): GridWindow {
  const epsg = info.epsg ?? grid.epsg;
  const outline = gridOutline(grid).map((point) => project(epsg, point));
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)];
  const { pixelMetres } = info;
  const left = Math.floor((Math.min(...xs) - REACH_METRES - info.xMin) / pixelMetres);
  const right = Math.ceil((Math.max(...xs) + REACH_METRES - info.xMin) / pixelMetres);
  const top = Math.floor((info.yMax - Math.max(...ys) - REACH_METRES) / pixelMetres);
  const bottom = Math.ceil((info.yMax - Math.min(...ys) + REACH_METRES) / pixelMetres);
  const [xMin, yMax] = [info.xMin + left * pixelMetres, info.yMax - top * pixelMetres];
  return { epsg, xMin, yMax, pixelMetres, columns: right - left, rows: bottom - top };
}
