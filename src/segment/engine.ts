import type { SeriesTile } from '../series';
import { decodeSubsets } from './date-subsets';
import { checkGolden } from './golden';
import { inLanes } from './in-lanes';
import { encodeDate } from './network';
import { bytesOfFeatures, packHeld, releaseFeatures } from './resident';
import type { HeldFeatures } from './resident-types';
import type { Backend, DateFeatures, Engine, LoadedModel, TileScores, TileSize } from './types';

/**
 * Makes a network ready to run: its golden tile is run first, and a backend that does not reproduce it is refused
 * (`segment/golden-mismatch`) and disposed of. The engine owns the backend from here on.
 */
export async function createEngine(model: LoadedModel, backend: Backend, signal: AbortSignal): Promise<Engine> {
  const { card } = model;
  const lanes = backend.lanes ?? 1;
  let bytesPerPixelDate = 0;

  const encode: Engine['encode'] = (pixels, size, day, stop, valid = null) =>
    encodeDate(card, backend, pixels, size, day, stop, valid);
  const decode: Engine['decode'] = (dates, size, stop, subsets = 1) =>
    decodeSubsets(card, backend, dates, size, subsets, stop);
  const pack: Engine['pack'] = async (features) => packHeld(features, backend.resident);

  async function segmentTile(
    tile: SeriesTile,
    stop: AbortSignal,
    onDate?: (done: number, total: number) => void,
  ): Promise<TileScores> {
    const total = tile.pixels.length;
    const dates: (DateFeatures | HeldFeatures)[] = [];
    let done = 0;
    try {
      await inLanes(total, lanes, async (at) => {
        const features = await encode(tile.pixels[at]!, tile, tile.days[at]!, stop, tile.valid?.[at] ?? null);
        if (features !== null) dates.push(features);
        onDate?.((done += 1), total);
      });
      bytesPerPixelDate = dates.reduce((most, date) => Math.max(most, bytesOfFeatures(date)), 0) / sizeOf(tile);
      return await decode(dates, tile, stop);
    } finally {
      dates.forEach(releaseFeatures);
    }
  }

  try {
    const golden = await checkGolden(model, backend, (tile) => segmentTile(tile, signal));
    const dispose = (): Promise<void> => backend.dispose();
    return { card, golden, bytesPerPixelDate, lanes, encode, decode, pack, segmentTile, dispose };
  } catch (error) {
    await backend.dispose();
    throw error;
  }
}

function sizeOf({ rows, columns }: TileSize): number {
  return rows * columns;
}
