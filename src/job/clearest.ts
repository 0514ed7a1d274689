import { fillOrder, type RejectedScene, sawPoint, type Scene } from '../catalog';
import { type GridWindow, type LonLat, unproject } from '../geo';

/** Points per side of the raster by which a date's part of a window is judged. */
const STEPS = 12;

/** What an item does not tell is taken for overcast, and for a tile that was seen whole. */
const UNKNOWN_CLOUD_PERCENT = 100;
const UNKNOWN_NODATA_PERCENT = 0;

const PERCENT = 100;

/**
 * The scenes of the clearest dates of a window, in their order. A date is as clear as the share of the window that its
 * scenes show without cloud, by their outlines (or boxes, and then by the share of the tile that they show) and the
 * cloud cover of each; where several scenes show a point, the one that fills the mosaic first counts. Dates that do not
 * touch the window do not count. Of equally clear dates the earlier are kept.
 *
 * @param maxDates all dates where left out
 */
export function keepClearest(
  scenes: readonly Scene[],
  grid: GridWindow,
  maxDates = Infinity,
): { readonly chosen: readonly Scene[]; readonly rejected: readonly RejectedScene[] } {
  if (maxDates === Infinity) return { chosen: scenes, rejected: [] };
  const byDate = new Map<string, Scene[]>();
  for (const scene of scenes) byDate.set(scene.date, [...(byDate.get(scene.date) ?? []), scene]);
  const points = rasterOver(grid);
  const dates = [...byDate].map(([date, ofDate]) => ({ date, ...shown(fillOrder(ofDate), points) }));
  const touching = dates.filter(({ seen }) => seen > 0);
  const clearest = touching.sort((a, b) => b.clear - a.clear || a.date.localeCompare(b.date)).slice(0, maxDates);
  const kept = new Set(clearest.map(({ date }) => date));
  const near = new Set(touching.map(({ date }) => date));
  const reason = ({ date }: Scene): string =>
    near.has(date) ? `Not among the ${maxDates} clearest dates asked for.` : 'Its outline does not touch the area.';
  return {
    chosen: scenes.filter(({ date }) => kept.has(date)),
    rejected: scenes.filter(({ date }) => !kept.has(date)).map((scene) => ({ scene, reason: reason(scene) })),
  };
}

/** Shares of the window, 0 to 1, that a date's scenes show, and show without cloud. */
function shown(scenes: readonly Scene[], points: readonly LonLat[]): { readonly seen: number; readonly clear: number } {
  let [seen, clear] = [0, 0];
  for (const point of points) {
    let left = 1;
    for (const scene of scenes) {
      const share = left * chanceOfData(scene, point);
      seen += share;
      clear += share * (1 - (scene.cloudPercent ?? UNKNOWN_CLOUD_PERCENT) / PERCENT);
      left -= share;
    }
  }
  return { seen: seen / points.length, clear: clear / points.length };
}

/** An outline says where data are; a box, or nothing, leaves their share of the tile. */
function chanceOfData(scene: Scene, point: LonLat): number {
  if (sawPoint(scene, point) === false) return 0;
  if (scene.footprint !== undefined) return 1;
  return 1 - (scene.nodataPercent ?? UNKNOWN_NODATA_PERCENT) / PERCENT;
}

/** Points spread over a window, from rim to rim: outlines are rounded, and may touch no more than a corner. */
function rasterOver({ epsg, xMin, yMax, pixelMetres, columns, rows }: GridWindow): LonLat[] {
  return Array.from({ length: STEPS * STEPS }, (_, index) =>
    unproject(
      epsg,
      xMin + ((index % STEPS) / (STEPS - 1)) * columns * pixelMetres,
      yMax - (Math.floor(index / STEPS) / (STEPS - 1)) * rows * pixelMetres,
    ),
  );
}
