import { inLanes } from './in-lanes';
import { encodeDate } from './network';
import { isHeld, releaseFeatures } from './resident';
import type { Backend, LoadedModel } from './types';

/** After the first run, which pays for compiling and for memory; the best of so many, since others may be at work. */
const TIMED_RUNS = 3;

/** Milliseconds that one date of a whole tile takes in the encoder, which is most of the work of every network. */
export async function timeEncoder(model: LoadedModel, backend: Backend, signal: AbortSignal): Promise<number> {
  const { tileSize, bands } = model.card.input;
  const size = { rows: tileSize, columns: tileSize };
  const pixels = new Float32Array(bands.length * tileSize * tileSize).fill(1);
  const lanes = backend.lanes ?? 1;
  const encode = (): Promise<unknown> =>
    inLanes(lanes, lanes, async () => {
      const features = await encodeDate(model.card, backend, pixels, size, 0, signal);
      if (features === null || !isHeld(features)) return;
      // A card is done when its work can be read, not when it has been told.
      await backend.resident?.read(features.held['features']!);
      releaseFeatures(features);
    });
  await encode();
  let best = Infinity;
  for (let run = 0; run < TIMED_RUNS; run += 1) {
    const begin = performance.now();
    await encode();
    best = Math.min(best, (performance.now() - begin) / lanes);
  }
  return best;
}
