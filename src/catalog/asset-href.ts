import * as v from 'valibot';
import { absoluteUrl } from '../net';
import { maybe } from './maybe';

/** Schemes a transport can read; `s3:` needs an account. */
const READABLE = ['http:', 'https:', 'file:'];

/** Buckets that everybody may read over HTTPS, by their region; Earth Search's collections name files in them. */
const PUBLIC_BUCKETS: Readonly<Record<string, string>> = {
  'sentinel-cogs': 'us-west-2',
  'e84-earth-search-sentinel-data': 'us-west-2',
};

/** Kinds of file that are no raster of one band, by media type or name; JPEG 2000 cannot be read in parts here. */
const NO_RASTER_TYPE = /^(image\/(jp2|jpx|png|jpe?g|webp)|application\/(json|xml|geo\+json|zip)|text\/)/i;
const NO_RASTER_NAME = /\.(jp2|png|jpe?g|webp|json|geojson|xml|txt|html?|zip|safe)$/i;

const PLACE = v.object({ href: v.string(), type: maybe(v.string()) });

/** Where an asset is, and where else (the Alternate Assets extension). */
export const HREF_FIELDS = {
  href: v.string(),
  type: maybe(v.string()),
  alternate: maybe(v.record(v.string(), maybe(PLACE))),
};

interface Place {
  readonly href: string;
  readonly type: string | null;
}

/** What `HREF_FIELDS` read. */
export interface RawHrefs extends Place {
  readonly alternate: Readonly<Record<string, Place | null>> | null;
}

/** The first of an asset's addresses that can be read here, absolute; null where none can. */
export function readableUrl({ href, type, alternate }: RawHrefs, base: string): string | null {
  const others = Object.values(alternate ?? {}).filter((place) => place !== null);
  const places = [{ href, type }, ...others.map((place) => ({ href: place.href, type: place.type ?? type }))];
  for (const place of places) {
    const url = readable(place.href, base);
    if (url !== null && !NO_RASTER_TYPE.test(place.type ?? '') && !NO_RASTER_NAME.test(new URL(url).pathname))
      return url;
  }
  return null;
}

function readable(href: string, base: string): string | null {
  const http = publicUrl(href);
  if (!URL.canParse(http, base)) return null;
  const url = absoluteUrl(http, base);
  return READABLE.includes(new URL(url).protocol) ? url : null;
}

/** `s3://bucket/key` as the address that everybody may read, where that is known. */
function publicUrl(href: string): string {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(href) ?? [];
  const region = bucket === undefined || !Object.hasOwn(PUBLIC_BUCKETS, bucket) ? undefined : PUBLIC_BUCKETS[bucket];
  return region === undefined ? href : `https://${bucket}.s3.${region}.amazonaws.com/${key}`;
}
