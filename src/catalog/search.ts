import { CropError, redactText } from '../errors';
import { bboxesOverlap, bboxWidth, checkBbox, tileBbox, unwrapBbox, wrapBbox } from '../geo';
import type { Transport } from '../net';
import { findItems, type FoundItems } from './find';
import { parseItem } from './item';
import { byTime } from './order';
import type { ReadOptions } from './page';
import { type CatalogRoot, catalogRoot } from './root';
import { checkRange } from './season';
import type { CatalogSource, Scene, SceneQuery } from './types';

/** An item that could not be used, and why. */
export interface SkippedItem {
  readonly id: string;
  /** End of a sentence: "has no sensing time". */
  readonly problem: string;
}

/** Boxes wider than this, in degrees, are of items at the 180th meridian whose west and east were mixed up. */
const WIDEST_TILE_DEGREES = 90;

interface SearchOptions extends ReadOptions {
  /** Told once about the items that were left out, where there are any. */
  readonly onSkipped?: (items: readonly SkippedItem[]) => void;
  /** Told in a sentence for people what did not go as wished, such as a list that ends early. */
  readonly onNotice?: (notice: string) => void;
}

/**
 * The scenes of a catalogue over a box and between two days (both inclusive, UTC), ascending by time; none is a
 * valid answer. Whatever the server filtered, the answer is filtered here again. A query in the catalogue's address (a
 * key, a signature) goes with each request to the same server, files of scenes included, and to no other.
 * @throws CropError `catalog/not-stac`, `catalog/empty` (a folder without any item), `catalog/unusable` (no item is a
 *   scene), `catalog/paging`, `catalog/bad-range`, `geo/bad-bbox`, `geo/beyond-utm`, `net/*`
 */
export async function searchScenes(source: CatalogSource, query: SceneQuery, options: SearchOptions): Promise<Scene[]> {
  checkBbox(query.bbox);
  checkRange(query.range);
  const root = catalogRoot(source.url);
  const { transport, signal } = options;
  const keyed: Transport = {
    ...transport,
    readJson: (url, given, posted) => transport.readJson(root.carry(url), given, posted),
  };
  const found = await findItems(source, root, query, { transport: keyed, signal });
  found.notices.forEach((notice) => options.onNotice?.(notice));
  const scenes: Scene[] = [];
  const skipped: SkippedItem[] = [];
  for (const { item, base } of found.items) {
    const parsed = parseItem(item, base);
    if ('scene' in parsed) scenes.push(placed(withKeys(parsed.scene, root)));
    else skipped.push({ ...parsed, id: redactText(parsed.id) });
  }
  if (skipped.length > 0) options.onSkipped?.(skipped);
  if (scenes.length === 0 && skipped.length > 0) {
    throw new CropError('catalog/unusable', { url: root.url, count: skipped.length, reason: skipped[0]!.problem });
  }
  return scenes.filter((scene) => answers(scene, found, query)).sort(byTime);
}

function withKeys(scene: Scene, root: CatalogRoot): Scene {
  const assets = Object.entries(scene.assets).map(([name, url]) => [name, root.carry(url)]);
  return { ...scene, assets: Object.fromEntries(assets) as Scene['assets'] };
}

function answers(scene: Scene, { kind, collections }: FoundItems, { bbox, range, tiles }: SceneQuery): boolean {
  if (kind === 'api' && !isWanted(scene, collections)) return false;
  if (tiles !== undefined && !tiles.includes(scene.tile)) return false;
  if (scene.date < range.from || scene.date > range.to) return false;
  return scene.bbox === null || bboxesOverlap(scene.bbox, bbox);
}

/** Where all collections were asked, some are of other satellites or levels, with tiles and bands of the same names. */
function isWanted({ id, collection, platform }: Scene, collections: readonly string[] | null): boolean {
  if (collections !== null) return collection === '' || collections.includes(collection);
  const names = `${collection} ${id}`;
  return /sentinel-?2|\bs2/i.test(`${platform ?? ''} ${names}`) && !/l1c|hls/i.test(names);
}

/**
 * A scene with a box in the form of RFC 7946. Of items at the 180th meridian west and east are often the least and the
 * greatest longitude, which goes around the earth: there the box of the tile and of those around it is taken.
 */
function placed(scene: Scene): Scene {
  if (scene.bbox === null) return scene;
  const box = wrapBbox(scene.bbox);
  const own = bboxWidth(box) <= WIDEST_TILE_DEGREES ? null : tileBbox(scene.tile);
  if (own === null) return { ...scene, bbox: box };
  const [west, south, east, north] = unwrapBbox(own);
  const [width, height] = [east - west, north - south];
  return { ...scene, bbox: wrapBbox([west - width, south - height, east + width, north + height]) };
}
