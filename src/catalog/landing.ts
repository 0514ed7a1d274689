import * as v from 'valibot';
import { absoluteUrl } from '../net';
import type { Manner } from './question';

const LANDING = v.object({
  links: v.array(
    v.fallback(
      v.nullable(v.object({ rel: v.string(), href: v.string(), method: v.fallback(v.nullable(v.string()), null) })),
      null,
    ),
  ),
  conformsTo: v.fallback(v.array(v.fallback(v.string(), '')), []),
});

/** What the landing page of an API says about its search. */
export interface Landing {
  readonly searchUrl: string;
  readonly manner: Pick<Manner, 'post' | 'fields' | 'tiles'>;
}

/**
 * Reads a document as the landing page of an API that can be searched (STAC API 1.0, item search); null where it is
 * none. Where it does not list what it conforms to, or only that it is STAC, everything is worth one try.
 * @param base address that relative links refer to
 */
export function landingOf(json: unknown, base: string): Landing | null {
  const parsed = v.safeParse(LANDING, json);
  if (!parsed.success) return null;
  const searches = parsed.output.links.filter((link) => link?.rel === 'search');
  const posts = (link: (typeof searches)[number]): boolean => link?.method?.toUpperCase() === 'POST';
  const link = searches.find((one) => !posts(one)) ?? searches[0];
  if (link === undefined || link === null) return null;
  const classes = parsed.output.conformsTo.filter((uri) => /item-search|ogcapi-features|cql2/i.test(uri));
  const has = (extension: RegExp): boolean => classes.some((uri) => extension.test(uri));
  const silent = !has(/item-search/i);
  const filter = has(/#(item-search-)?filter$|conf\/filter$/i) && has(/cql2-text$/i) ? 'filter' : null;
  return {
    searchUrl: absoluteUrl(link.href, base),
    manner: {
      post: posts(link),
      fields: silent || has(/[#/]fields$/i),
      tiles: silent || has(/[#/]query$/i) ? 'query' : filter,
    },
  };
}
