import { CropError } from '../errors';
import { bboxesOverlap, checkBbox } from '../geo';
import { absoluteUrl } from '../net';
import { findItems } from './find';
import { parseItem } from './item';
import { byTime } from './order';
import type { ReadOptions } from './page';
import { checkRange } from './season';
import type { CatalogSource, Scene, SceneQuery } from './types';

/** An item that could not be used, and why. */
export interface SkippedItem {
  readonly id: string;
  /** End of a sentence: "has no sensing time". */
  readonly problem: string;
}

/** A static catalogue may be named by one of its own files. */
const ENTRY_FILE = /\/(items|collection)\.json$/;

interface SearchOptions extends ReadOptions {
  /** Told once about the items that were left out, where there are any. */
  readonly onSkipped?: (items: readonly SkippedItem[]) => void;
}

/**
 * The scenes of a catalogue over a box and between two days (both inclusive, UTC), ascending by time; none is a
 * valid answer. Whatever the server filtered, the answer is filtered here again.
 * @throws CropError `catalog/not-stac`, `catalog/empty` (a folder without any item), `catalog/unusable` (no item is a
 *   scene), `catalog/paging`, `catalog/bad-range`, `geo/bad-bbox`, `net/*`
 */
export async function searchScenes(source: CatalogSource, query: SceneQuery, options: SearchOptions): Promise<Scene[]> {
  checkBbox(query.bbox);
  checkRange(query.range);
  const root = absoluteUrl(source.url).replace(ENTRY_FILE, '').replace(/\/$/, '');
  const { kind, items } = await findItems({ ...source, url: root }, query, options);
  const scenes: Scene[] = [];
  const skipped: SkippedItem[] = [];
  for (const { item, base } of items) {
    const parsed = parseItem(item, base);
    if ('scene' in parsed) scenes.push(parsed.scene);
    else skipped.push(parsed);
  }
  if (skipped.length > 0) options.onSkipped?.(skipped);
  if (scenes.length === 0 && skipped.length > 0) {
    throw new CropError('catalog/unusable', { url: root, count: skipped.length, reason: skipped[0]!.problem });
  }
  return scenes.filter((scene) => answers(scene, { ...source, kind }, query)).sort(byTime);
}

function answers(scene: Scene, { kind, collections }: CatalogSource, { bbox, range, tiles }: SceneQuery): boolean {
  if (kind === 'api' && collections !== undefined && !collections.includes(scene.collection)) return false;
  if (tiles !== undefined && !tiles.includes(scene.tile)) return false;
  if (scene.date < range.from || scene.date > range.to) return false;
  return scene.bbox === null || bboxesOverlap(scene.bbox, bbox);
}
