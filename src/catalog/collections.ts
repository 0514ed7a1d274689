import * as v from 'valibot';
import { isCropError } from '../errors';
import { absoluteUrl } from '../net';
import type { ReadOptions } from './page';

/** Pages of a list of collections that are read; Planetary Computer has 130 collections on one. */
const MOST_PAGES = 20;

const ANSWER = v.object({
  collections: v.array(v.object({ id: v.string() })),
  links: v.fallback(v.array(v.fallback(v.nullable(v.object({ rel: v.string(), href: v.string() })), null)), []),
});

/** How archives name Sentinel-2 level 2A: `sentinel-2-l2a`, `s2_l2a`, `sentinel-s2-l2a-cogs`, `S2MSI2A` ... */
const SATELLITE = /sentinel2|s2/;
const LEVEL_2A = /l2a|level2a|msi2a/;

/** Means over months and the like are no scenes. */
const COMPOSITE = /mosaic|composite|annual|monthly|quarterly|geomad/;

/** Ids of the collections of an API; null where it does not list them. */
export async function collectionIds(root: string, { transport, signal }: ReadOptions): Promise<string[] | null> {
  const ids: string[] = [];
  const asked = new Set<string>();
  let url: string | undefined = `${root}/collections`;
  while (url !== undefined && !asked.has(url) && asked.size < MOST_PAGES) {
    asked.add(url);
    const json: unknown = await transport.readJson(url, signal).catch((error: unknown) => {
      // Where the list cannot be had, what was asked for stands.
      if (isCropError(error) && error.code.startsWith('net/')) return null;
      throw error;
    });
    if (!v.is(ANSWER, json)) return ids.length === 0 ? null : ids;
    const { collections, links }: v.InferOutput<typeof ANSWER> = v.parse(ANSWER, json);
    ids.push(...collections.map(({ id }) => id));
    const next = links.find((link) => link?.rel === 'next');
    url = next ? absoluteUrl(next.href, url) : undefined;
  }
  return ids;
}

/** Of some collections those that hold Sentinel-2 level 2A by their names, the plainest name first. */
export function level2aOf(ids: readonly string[]): string[] {
  const plain = (id: string): string => id.toLowerCase().replace(/[^a-z0-9]/g, '');
  return ids
    .filter((id) => SATELLITE.test(plain(id)) && LEVEL_2A.test(plain(id)) && !COMPOSITE.test(plain(id)))
    .sort((a, b) => a.length - b.length || a.localeCompare(b));
}
