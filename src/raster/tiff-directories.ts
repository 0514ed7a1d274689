import { GeoTIFF, type ImageFileDirectory } from 'geotiff';
import { CropError, isCropError } from '../errors';
import type { HeadSource } from './head-source';
import { MAX_IFDS, MAX_VALUE_BYTES } from './limits';
import { type FieldName, readFieldsAtOnce, vetDirectory } from './vet-directory';

/** One image file directory: its fields and geo keys by the names that geotiff.js gives them. */
export interface Directory {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly geoKeys: Readonly<Record<string, unknown>>;
}

export interface TiffDirectories {
  readonly littleEndian: boolean;
  readonly directories: readonly Directory[];
}

/** Numbers of a GeoKeyDirectory before its keys, and of each key (GeoTIFF 1.1, section 7.1). */
const GEO_KEY_NUMBERS = 4;

/**
 * All image file directories in the order of their chain, parsed by geotiff.js out of the head of the file, each after
 * it was vetted. Rejects with `raster/corrupt`, `raster/unsupported`, a `net/*` error or the signal's reason.
 */
export async function readDirectories(head: HeadSource, signal: AbortSignal): Promise<TiffDirectories> {
  try {
    readFieldsAtOnce();
    // The first request, before geotiff.js asks for the signature.
    await head.reach(0, 1);
    const tiff = await GeoTIFF.fromSource(head);
    const directories: Directory[] = [];
    const seen = new Set<number>();
    let allowance = MAX_VALUE_BYTES;
    for (let offset = tiff.firstIFDOffset; offset !== 0;) {
      if (seen.has(offset) || seen.size === MAX_IFDS) throw new Error('its directories do not end');
      seen.add(offset);
      allowance -= await vetDirectory(head, tiff, offset, allowance);
      const directory = await tiff.requestIFD(directories.length);
      directories.push({ fields: directory.toObject(), geoKeys: geoKeysOf(directory) });
      offset = directory.nextIFDByteOffset;
    }
    if (directories.length === 0) throw new Error('it holds no image');
    return { littleEndian: tiff.littleEndian, directories };
  } catch (error) {
    // Transports reject with catalogue errors only; all else was said of the bytes.
    if (signal.aborted || isCropError(error)) throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw new CropError('raster/corrupt', { url: head.url, what }, error);
  }
}

/** Values of a field of numbers; undefined where it is absent. */
export function numbersOf({ fields }: Directory, name: FieldName): ArrayLike<number> | undefined {
  const value = fields[name];
  if (typeof value === 'number') return [value];
  return Array.isArray(value) || ArrayBuffer.isView(value) ? (value as ArrayLike<number> & object) : undefined;
}

function geoKeysOf(directory: ImageFileDirectory): Directory['geoKeys'] {
  const numbers = directory.getValue('GeoKeyDirectory');
  // geotiff.js believes the number of keys, however large.
  if (numbers && !(numbers.length >= GEO_KEY_NUMBERS * (1 + (numbers[3] ?? NaN)))) {
    throw new Error('its geo keys are cut off');
  }
  return directory.parseGeoKeyDirectory() ?? {};
}
