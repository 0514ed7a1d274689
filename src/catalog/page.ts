import * as v from 'valibot';
import { CropError, isCropError } from '../errors';
import type { Transport } from '../net';

const LINK = v.object({
  rel: v.string(),
  href: v.string(),
  body: v.fallback(v.nullable(v.record(v.string(), v.unknown())), null),
});

const LINKS = v.fallback(v.array(v.fallback(v.nullable(LINK), null)), []);

const PAGE = v.object({ type: v.literal('FeatureCollection'), features: v.array(v.unknown()), links: LINKS });

const COLLECTION = v.object({ type: v.picklist(['Collection', 'Catalog']), links: LINKS });

export type Link = v.InferOutput<typeof LINK>;

/** An item as found, with the absolute address that its hrefs refer to. */
export interface FoundItem {
  readonly item: unknown;
  readonly base: string;
}

/** What a catalogue reader needs. */
export interface ReadOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

/** One page of items. Links of an unknown form are left out. */
export interface Page {
  readonly features: readonly unknown[];
  readonly links: readonly Link[];
}

/**
 * Reads a feature collection.
 * @throws CropError `catalog/not-stac` where it is something else or nothing, `net/*`
 */
export async function readPage(url: string, options: ReadOptions): Promise<Page> {
  const { features, links } = await readAs(PAGE, url, 'the answer is no collection of items', options);
  return { features, links: present(links) };
}

/**
 * Reads the links of a STAC collection or catalogue.
 * @throws CropError `catalog/not-stac` where it is something else or nothing, `net/*`
 */
export async function readLinks(url: string, options: ReadOptions): Promise<readonly Link[]> {
  const { links } = await readAs(COLLECTION, url, 'the file is no STAC collection', options);
  return present(links);
}

async function readAs<S extends v.GenericSchema>(
  schema: S,
  url: string,
  complaint: string,
  { transport, signal }: ReadOptions,
): Promise<v.InferOutput<S>> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new CropError('catalog/not-stac', { url: url.replace(/\?.*$/, ''), reason }, cause);
  };
  const json = await transport.readJson(url, signal).catch((cause: unknown) => {
    if (isCropError(cause, 'net/not-found')) return refuse('nothing is there', cause);
    if (isCropError(cause, 'net/not-json')) return refuse('it is not JSON', cause);
    throw cause;
  });
  const parsed = v.safeParse(schema, json);
  return parsed.success ? parsed.output : refuse(complaint);
}

function present(links: readonly (Link | null)[]): Link[] {
  return links.filter((link) => link !== null);
}
