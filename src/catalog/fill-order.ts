import { groupBy } from './group-by';
import { seenPercent } from './parts';
import { byPass } from './passes';
import { compareAge } from './processings';
import type { Scene } from './types';

/**
 * The scenes of one day in the order in which they fill a window: the clearest pass first, so that a cloudy pass does
 * not cover a clear one of the same day; in a pass, of each tile the newest processing first, then the part that shows
 * most of it, so that a sliver does not go before the whole.
 */
export function fillOrder(scenes: readonly Scene[]): Scene[] {
  return byPass(scenes, (scene) => scene)
    .map((pass) => ({ pass, cloud: cloudOf(pass) }))
    .sort((a, b) => a.cloud - b.cloud)
    .flatMap(({ pass }) => groupBy(pass, ({ tile }) => tile).flatMap((ofTile) => ofTile.sort(completeFirst)));
}

function completeFirst(a: Scene, b: Scene): number {
  return (
    (b.processingBaseline ?? '').localeCompare(a.processingBaseline ?? '') ||
    (seenPercent(b) ?? 0) - (seenPercent(a) ?? 0) ||
    (a.cloudPercent ?? 0) - (b.cloudPercent ?? 0) ||
    compareAge(b, a)
  );
}

/** What an item does not tell is taken for overcast and for whole. */
const UNKNOWN_CLOUD = 100;
const UNKNOWN_SEEN = 100;

/** Cloud cover of scenes together, percent, each by the share of its tile that it shows. */
export function cloudOf(scenes: readonly Scene[]): number {
  let [cloud, seen] = [0, 0];
  for (const scene of scenes) {
    const share = seenPercent(scene) ?? UNKNOWN_SEEN;
    cloud += share * (scene.cloudPercent ?? UNKNOWN_CLOUD);
    seen += share;
  }
  return seen === 0 ? UNKNOWN_CLOUD : cloud / seen;
}
