import { resolve } from 'node:path';
import type { Transport } from '../src/net';
import { type Cache, cachedTransport, createCache } from '../src/store';
import { openCacheFolder } from './cache-folder';
import type { OptionValues } from './parse';
import { wholeNumber } from './values';

const BYTES_PER_GIGABYTE = 1e9;

/** Room where nobody says otherwise, gigabytes: three seasons of a full cell (1.5 GB each) and their tiles. */
const DEFAULT_GIGABYTES = 10;

/** A bound that catches typing errors. */
const MOST_GIGABYTES = 100_000;

/**
 * The cache in the folder of `--cache`, within `--cache-size`; null where none was asked for.
 * @throws cli/no-cache-folder, cli/usage-*
 */
export async function cacheOf(values: OptionValues, workingFolder: string): Promise<Cache | null> {
  const gigabytes = wholeNumber(values, 'cache-size', 1, MOST_GIGABYTES) ?? DEFAULT_GIGABYTES;
  const folder = values.get('cache');
  if (folder === undefined) return null;
  const store = await openCacheFolder(resolve(workingFolder, folder));
  return createCache(store, { budget: async () => gigabytes * BYTES_PER_GIGABYTE });
}

/** The transport, through the cache where there is one. */
export function throughCache(transport: Transport, cache: Cache | null): Transport {
  return cache === null ? transport : cachedTransport(transport, cache);
}
