import { CropError, isCropError } from '../errors';
import type { Transport } from '../net';
import type { BlobEntry, Bytes, CacheKind } from './blob-types';
import type { Cache } from './cache';
import { gapsIn, overlaps, placeBytes, type Span } from './range-plan';
import { resourceOf } from './resource';

const PREFIX = 'range';

/** Digits of a file offset in a key, so that keys sort as offsets do (1 PB). */
const OFFSET_DIGITS = 15;

/** Where a header can go on after its first part, bytes: readers grow it in steps up to this. */
const HEADER_REACH_BYTES = 256 * 1024;

interface Part extends Span {
  readonly key: string;
  readonly kind: CacheKind;
}

/**
 * Reads ranges of files through a cache: what is kept is not fetched, what is missing is fetched and kept, whatever
 * ranges it was fetched in. A file is known by its address without signatures.
 */
export function createCachedRanges(transport: Transport, cache: Cache): Pick<Transport, 'readRange'> {
  /** Versions of files that parts were kept from, as far as looked up. */
  const versions = new Map<string, string>();

  async function fetchRange(url: string, { start, end }: Span, signal: AbortSignal): Promise<Bytes> {
    try {
      const bytes = await transport.readRange(url, start, end - start, signal);
      await checkVersion(url, signal);
      return bytes;
    } catch (error) {
      // Parts of the old file must not be joined with the new one.
      if (isCropError(error, 'net/file-changed')) await forgetFile(url, cache, signal);
      throw error;
    }
  }

  /** That the file is still the one whose parts were kept in earlier sessions. */
  async function checkVersion(url: string, signal: AbortSignal): Promise<void> {
    const version = transport.version?.(url) ?? null;
    const file = resourceOf(url);
    if (version === null || versions.get(file) === version) return;
    const kept = await cache.get(versionKey(file), signal);
    const before = kept && new TextDecoder().decode(kept.bytes);
    if (before !== version) await cache.put(versionKey(file), 'headers', new TextEncoder().encode(version), signal);
    versions.set(file, version);
    if (before !== null && before !== version) throw new CropError('net/file-changed', { url });
  }

  return {
    async readRange(url, start, length, signal) {
      signal.throwIfAborted();
      if (length <= 0) return new Uint8Array(0);
      const file = resourceOf(url);
      const wanted = { start, end: start + length };
      const parts = (await cache.list(filePrefix(file), signal)).map(partOf);
      const pieces = await keptPieces(parts, wanted, cache, signal);
      const fetched = await Promise.all(
        gapsIn(clipToFile(wanted, pieces), pieces).map(async (gap): Promise<Piece> => {
          const bytes = await fetchRange(url, gap, signal);
          await cache.put(keyOf(file, gap), kindOf(gap, parts), bytes, signal);
          return { ...gap, bytes };
        }),
      );
      return join(wanted, [...pieces, ...fetched]);
    },
  };
}

/** Forgets all that is kept of a file: it turned out to be damaged, or another one than it was. */
export async function forgetFile(url: string, cache: Cache, signal: AbortSignal): Promise<void> {
  const entries = await cache.list(filePrefix(resourceOf(url)), signal);
  await cache.forget(entries.map(({ key }) => key));
}

/** A range as it was asked for; fewer bytes than that mean that the file ends with them. */
interface Piece extends Span {
  readonly bytes: Bytes;
}

async function keptPieces(parts: readonly Part[], wanted: Span, cache: Cache, signal: AbortSignal): Promise<Piece[]> {
  // A part that holds everything is enough; parts of other windows may overlap it.
  const whole = parts.find((part) => part.start <= wanted.start && part.end >= wanted.end);
  const chosen = whole === undefined ? parts.filter((part) => overlaps(part, wanted)) : [whole];
  const pieces = await Promise.all(
    chosen.map(async ({ key, start, end }) => {
      const kept = await cache.get(key, signal);
      return kept && { start, end, bytes: kept.bytes };
    }),
  );
  return pieces.filter((piece) => piece !== null);
}

/** Nothing is asked for past an end of the file that is already known. */
function clipToFile(wanted: Span, pieces: readonly Piece[]): Span {
  return { start: wanted.start, end: Math.max(wanted.start, Math.min(wanted.end, fileEnd(pieces))) };
}

function fileEnd(pieces: readonly Piece[]): number {
  const ends = pieces.filter(isLast).map(({ start, bytes }) => start + bytes.length);
  return Math.min(Infinity, ...ends);
}

function isLast({ start, end, bytes }: Piece): boolean {
  return bytes.length < end - start;
}

function join(wanted: Span, pieces: readonly Piece[]): Bytes {
  const [only] = pieces;
  if (pieces.length === 1 && only!.start === wanted.start && only!.end === wanted.end) return only!.bytes;
  const end = Math.max(wanted.start, Math.min(wanted.end, fileEnd(pieces)));
  const target = new Uint8Array(end - wanted.start);
  for (const { bytes, start } of pieces) placeBytes(target, { ...wanted, end }, bytes, start);
  return target;
}

function versionKey(file: string): string {
  return `version|${file}`;
}

function filePrefix(file: string): string {
  return `${PREFIX}|${file}|`;
}

function keyOf(file: string, { start, end }: Span): string {
  const digits = (offset: number): string => String(offset).padStart(OFFSET_DIGITS, '0');
  return `${filePrefix(file)}${digits(start)}-${digits(end)}`;
}

function partOf({ key, kind }: BlobEntry): Part {
  const [start, end] = key.slice(key.lastIndexOf('|') + 1).split('-');
  return { key, kind, start: Number(start), end: Number(end) };
}

/** Headers begin where the file does; one that grew goes on where its first part ends. */
function kindOf({ start, end }: Span, parts: readonly Part[]): CacheKind {
  const goesOn = end <= HEADER_REACH_BYTES && parts.some((part) => part.kind === 'headers' && part.end === start);
  return start === 0 || goesOn ? 'headers' : 'tiles';
}
