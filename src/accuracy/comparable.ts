import { CROP_CLASSES, NODATA_LABEL, NOT_CLASSIFIED } from '../crops';
import { CropError } from '../errors';

/** Class codes of a raster, pixel by pixel, and which of them are there: 1 = yes, null = all. */
export interface CodeLayer {
  /** Of any numeric type; codes are whole numbers. */
  readonly codes: ArrayLike<number>;
  /** 0 where a pixel holds what its file calls no data. */
  readonly hasValue: ArrayLike<number> | null;
  /** 0 where a mask or an alpha band hides it. */
  readonly unmasked: ArrayLike<number> | null;
}

/** Why a pixel is not counted; of several reasons the first in this order. */
export const REASONS = [
  'labelNodata',
  'labelMasked',
  'labelIgnored',
  'labelUnknown',
  'mapNodata',
  'mapMasked',
] as const;

export type Reason = (typeof REASONS)[number];

/** All pixels of the labels: `total` = `counted` + the sum of `excluded`. */
export interface PixelAccount {
  readonly total: number;
  readonly counted: number;
  readonly excluded: Readonly<Record<Reason, number>>;
  /** Labels that are no class of the nomenclature, the most frequent first. */
  readonly unknownLabels: readonly { readonly code: number; readonly pixels: number }[];
}

export interface Comparable {
  /** Class code per pixel of the map; no class of the nomenclature becomes "not classified". */
  readonly predicted: Uint8Array<ArrayBuffer>;
  /** Class code per pixel of the labels, 255 where the pixel is not counted. */
  readonly truth: Uint8Array<ArrayBuffer>;
  readonly account: PixelAccount;
}

const KNOWN: ReadonlySet<number> = new Set(CROP_CLASSES.map(({ code }) => code));

/**
 * Brings a map and labels of the same grid to bytes and settles which pixels are counted: those where both have a value
 * and the label is a class other than "not classified".
 * @throws accuracy/different-lengths; accuracy/no-codes where a pixel that is there is no whole number
 */
export function comparable(map: CodeLayer, labels: CodeLayer): Comparable {
  const total = labels.codes.length;
  if (map.codes.length !== total) {
    throw new CropError('accuracy/different-lengths', { predicted: map.codes.length, truth: total });
  }
  const predicted = new Uint8Array(total).fill(NOT_CLASSIFIED);
  const truth = new Uint8Array(total).fill(NODATA_LABEL);
  const excluded = Object.fromEntries(REASONS.map((reason) => [reason, 0])) as Record<Reason, number>;
  const unknown = new Map<number, number>();
  let counted = 0;
  for (let at = 0; at < total; at++) {
    const reason = reasonAt(map, labels, at);
    const label = labels.codes[at]!;
    if (reason === 'labelUnknown') unknown.set(label, (unknown.get(label) ?? 0) + 1);
    if (reason !== null) {
      excluded[reason] += 1;
      continue;
    }
    const code = map.codes[at]!;
    requireWhole(code, 'map');
    if (KNOWN.has(code)) predicted[at] = code;
    truth[at] = label;
    counted += 1;
  }
  const unknownLabels = [...unknown].map(([code, pixels]) => ({ code, pixels })).sort((a, b) => b.pixels - a.pixels);
  return { predicted, truth, account: { total, counted, excluded, unknownLabels } };
}

function reasonAt(map: CodeLayer, labels: CodeLayer, at: number): Reason | null {
  const label = labels.codes[at]!;
  if (labels.hasValue?.[at] === 0) return 'labelNodata';
  if (labels.unmasked?.[at] === 0) return 'labelMasked';
  if (label === NOT_CLASSIFIED || label === NODATA_LABEL) return 'labelIgnored';
  requireWhole(label, 'labels');
  if (!KNOWN.has(label)) return 'labelUnknown';
  if (map.hasValue?.[at] === 0 || map.codes[at] === NODATA_LABEL) return 'mapNodata';
  return map.unmasked?.[at] === 0 ? 'mapMasked' : null;
}

function requireWhole(code: number, layer: 'map' | 'labels'): void {
  if (!Number.isInteger(code)) throw new CropError('accuracy/no-codes', { layer, value: code });
}
