import type { AssetName } from '../catalog';
import { type Cache, packParts, resourceOf, unpackParts } from '../store';
import type { Acquisition } from './acquisition';
import type { DateCache, DateKey } from './types';

/** Raised whenever reading, resampling or harmonising gives other pixels than before: older dates are then left alone. */
const READER_VERSION = 2;

/** A day without data in the window. */
const EMPTY = null;

const BYTES_PER_DN = 2;

/**
 * Finished dates in a cache, packed as they are: deflate takes a sixth off a date of 25 MB and longer than reading it
 * (docs/decisions/2026-11-22-cache.md).
 */
export function createDateCache(cache: Cache): DateCache {
  return {
    async get(key, signal) {
      if (isLocal(key)) return undefined;
      const kept = await cache.get(nameOf(key), signal);
      return kept === null ? undefined : unpack(kept.bytes, key);
    },
    async put(key, date, signal) {
      if (isLocal(key)) return;
      const packed = date === null ? packParts(EMPTY, []) : packParts(date.record, [date.dn, date.scl]);
      await cache.put(nameOf(key), 'dates', packed, signal);
    },
  };
}

/** Files of this computer are read fast, and may be other ones tomorrow. */
function isLocal({ scenes }: DateKey): boolean {
  return scenes.some(({ assets }) => Object.values(assets).some((url) => url.startsWith('file:')));
}

/** Files are named too, not only scenes: two catalogues may use one id for different pixels. */
function nameOf({ scenes, grid, bands, offset }: DateKey): string {
  const { epsg, xMin, yMax, pixelMetres, columns, rows } = grid;
  return [
    'date',
    READER_VERSION,
    [epsg, xMin, yMax, pixelMetres, columns, rows].join(' '),
    bands.join(' '),
    offset === undefined ? 'decided' : `offset ${offset}`,
    ...scenes.map(({ id, collection, boaOffsetApplied, processingBaseline, assets, assetNodata, ...told }) => {
      const names = ['SCL', ...bands] as readonly AssetName[];
      const nodata = names.map((name) => assetNodata?.[name] ?? '');
      const urls = names.map((name) => assets[name]);
      const files = urls.map((url) => (url === undefined ? undefined : resourceOf(url)));
      const { declaredOffsetDn, madeAt } = told;
      const parts = [collection, id, boaOffsetApplied, processingBaseline, declaredOffsetDn, madeAt, nodata, ...files];
      return parts.join(' ');
    }),
  ].join('|');
}

/** Undefined where the bytes do not have the shape of the window: as good as nothing. */
function unpack(bytes: Uint8Array<ArrayBuffer>, { grid, bands }: DateKey): Acquisition | null | undefined {
  const unpacked = unpackParts(bytes);
  if (unpacked === null) return undefined;
  if (unpacked.about === EMPTY) return null;
  const [dn, scl] = unpacked.parts;
  const size = grid.rows * grid.columns;
  if (dn?.length !== size * bands.length * BYTES_PER_DN || scl?.length !== size) return undefined;
  return {
    // Written by `put` under the same reader version, and unchanged since: the checksum of the record says so.
    record: unpacked.about as Acquisition['record'],
    dn: new Uint16Array(dn.buffer, dn.byteOffset, size * bands.length),
    scl,
  };
}
