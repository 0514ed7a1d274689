import { CropError } from '../errors';
import type { FeatureStore } from './feature-store';
import { sha256Hex } from './hash';
import type { EncodeTally, FeatureRef } from './port-types';
import type { HeldFeatures } from './resident-types';
import type { DateFeatures, Engine, TileSize } from './types';
import type { Validity } from './validity';

/** Raised whenever kernels, packing or runtime give other features than before: older ones are then left alone. */
const ENCODER_VERSION = 2;

/** An encoded date of a tile. */
export interface EncodedDate {
  readonly features: DateFeatures | HeldFeatures;
  /** Null where there is no store. */
  readonly ref: FeatureRef | null;
}

/** An encoder that remembers. */
export interface OnceEncoder {
  /** As `Engine.encode`, from the store where it has been done before; `keep` says whether to add to the store. */
  encode(
    pixels: Float32Array<ArrayBuffer>,
    size: TileSize,
    day: number,
    keep: boolean,
    signal: AbortSignal,
    valid?: Validity,
  ): Promise<EncodedDate | null>;
  /** An encoded date by its reference. @throws CropError `segment/features-lost` where the store has lost it */
  recall(ref: FeatureRef, signal: AbortSignal): Promise<DateFeatures>;
  tally(): EncodeTally;
}

/**
 * Encodes each date of a tile once, whichever run asks for it. Features are named by all that decides them: the model,
 * the way in which it runs (backends round differently), and the pixels themselves and which of them are valid, not their scene. So a tile that
 * two windows share is found by both, and another offset or reader is another date.
 */
export function encodeOnce(
  engine: Pick<Engine, 'encode' | 'pack'>,
  maker: { readonly cardSha256: string; readonly variant: string },
  store: FeatureStore | null,
): OnceEncoder {
  let encoded = 0;
  let kept = 0;

  async function nameOf(
    pixels: Float32Array<ArrayBuffer>,
    valid: Validity,
    { rows, columns }: TileSize,
  ): Promise<string> {
    const content = await sha256Hex(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
    const mask = valid === null ? [] : [await sha256Hex(valid)];
    const model = [ENCODER_VERSION, maker.cardSha256, maker.variant];
    return ['features', ...model, `${rows}x${columns}`, content, ...mask].join('|');
  }

  return {
    async encode(pixels, size, day, keep, signal, valid = null) {
      const key = store === null ? null : await nameOf(pixels, valid, size);
      const known = key === null ? null : await store!.get(key, signal);
      const features = known === null ? await engine.encode(pixels, size, day, signal, valid) : { ...known, day };
      if (features === null) return null;
      if (known === null) encoded += 1;
      else kept += 1;
      if (keep && known === null && key !== null && (await store!.wants())) {
        await store!.put(key, await engine.pack(features), signal);
      }
      return { features, ref: key === null ? null : { day, key } };
    },
    async recall({ day, key }, signal) {
      const known = (await store?.get(key, signal)) ?? null;
      if (known === null) throw new CropError('segment/features-lost');
      kept += 1;
      return { ...known, day };
    },
    tally: () => ({ encoded, kept }),
  };
}
