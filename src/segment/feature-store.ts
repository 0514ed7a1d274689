import { type Bytes, type Cache, packParts, unpackParts } from '../store';
import { featureBytes } from './pack';
import type { DateFeatures, PackedTensor } from './types';

/** What the encoder made of pixels, whatever the day. */
export type KeptFeatures = Omit<DateFeatures, 'day'>;

/** Encoded dates that outlive the engine. Trouble with storage is no error here: nothing is kept then. */
export interface FeatureStore {
  /** Null where nothing is kept under the key, or nothing that can be used. */
  get(key: string, signal: AbortSignal): Promise<KeptFeatures | null>;
  /** Whether there is room for more of this run. */
  wants(): Promise<boolean>;
  /** Keeps features unless that would push out others of the same run. The arrays may change once this has resolved. */
  put(key: string, features: KeptFeatures, signal: AbortSignal): Promise<void>;
  /** Resolves when all that was put lies where it will stay. */
  settled(): Promise<void>;
}

/** What `packParts` writes beside the arrays. */
interface About {
  readonly rows: number;
  readonly columns: number;
  /** Whether the last array is the map of validity. */
  readonly masked?: boolean;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/**
 * A run fills this part of the room for features and no more, so that the records of its first tiles are still there
 * when the last are written: of a season that does not fit, a part is then found again, and not nothing.
 */
const RUN_SHARE = 0.9;

/** Features in a cache. One store belongs to one run: it counts what it has used. */
export function createFeatureStore(cache: Cache): FeatureStore {
  const used = new Set<string>();
  let usedBytes = 0;
  let limit: Promise<number> | null = null;

  async function most(): Promise<number> {
    return (await (limit ??= cache.limitOf('features'))) * RUN_SHARE;
  }

  function use(key: string, features: KeptFeatures): void {
    if (used.has(key)) return;
    used.add(key);
    usedBytes += featureBytes(features);
  }

  return {
    async get(key, signal) {
      const kept = await cache.get(key, signal);
      const features = kept === null ? null : unpackFeatures(kept.bytes);
      if (features !== null) use(key, features);
      return features;
    },
    wants: async () => usedBytes < (await most()),
    async put(key, features, signal) {
      if (usedBytes + featureBytes(features) > (await most())) return;
      use(key, features);
      await cache.put(key, 'features', packFeatures(features), signal);
    },
    settled: () => cache.settled(),
  };
}

function packFeatures({ rows, columns, tensors, valid }: KeptFeatures): Bytes {
  const named = Object.entries(tensors);
  const about: About = {
    ...{ rows, columns, masked: valid !== null },
    tensors: named.map(([name, { shape }]) => ({ name, shape })),
  };
  const arrays = named.flatMap(([, { steps, scales }]) => [steps, scales]);
  return packParts(about, valid === null ? arrays : [...arrays, valid]);
}

/** Null where the bytes are something else; the checksum of their record has been looked at before. */
function unpackFeatures(bytes: Bytes): KeptFeatures | null {
  const unpacked = unpackParts(bytes);
  if (unpacked === null) return null;
  const { rows, columns, tensors, masked = false } = unpacked.about as About;
  const { parts } = unpacked;
  if (parts.length !== 2 * tensors.length + (masked ? 1 : 0)) return null;
  const entries = tensors.map(({ name, shape }, at): [string, PackedTensor] => {
    const [steps, scales] = [parts[2 * at]!, parts[2 * at + 1]!];
    return [
      name,
      {
        steps: new Int16Array(steps.buffer, steps.byteOffset, steps.length / Int16Array.BYTES_PER_ELEMENT),
        scales: new Float32Array(scales.buffer, scales.byteOffset, scales.length / Float32Array.BYTES_PER_ELEMENT),
        shape,
      },
    ];
  });
  return { rows, columns, tensors: Object.fromEntries(entries), valid: masked ? parts.at(-1)! : null };
}
