import type { SeriesTile } from '../series';
import { checkGolden } from './golden';
import { inLanes } from './in-lanes';
import { decodeDates, encodeDate } from './network';
import { featureBytes } from './pack';
import type { Backend, Engine, LoadedModel, TileScores } from './types';

/**
 * Makes a network ready to run: its golden tile is run first, and a backend that does not reproduce it is refused
 * (`segment/golden-mismatch`) and disposed of. The engine owns the backend from here on.
 */
export async function createEngine(model: LoadedModel, backend: Backend, signal: AbortSignal): Promise<Engine> {
  const { card } = model;
  const lanes = backend.lanes ?? 1;
  let bytesPerPixelDate = 0;

  const encode: Engine['encode'] = async (pixels, size, day, stop) => {
    const features = await encodeDate(card, backend, pixels, size, day, stop);
    if (features !== null) bytesPerPixelDate = featureBytes(features) / (size.rows * size.columns);
    return features;
  };
  const decode: Engine['decode'] = (dates, size, stop) => decodeDates(card, backend, dates, size, stop);

  async function segmentTile(
    tile: SeriesTile,
    stop: AbortSignal,
    onDate?: (done: number, total: number) => void,
  ): Promise<TileScores> {
    const total = tile.pixels.length;
    let done = 0;
    const dates = await inLanes(total, lanes, async (at) => {
      const features = await encode(tile.pixels[at]!, tile, tile.days[at]!, stop);
      onDate?.((done += 1), total);
      return features;
    });
    return decode(
      dates.filter((date) => date !== null),
      tile,
      stop,
    );
  }

  try {
    const golden = await checkGolden(model, backend, (tile) => segmentTile(tile, signal));
    const dispose = (): Promise<void> => backend.dispose();
    return { card, golden, bytesPerPixelDate, lanes, encode, decode, segmentTile, dispose };
  } catch (error) {
    await backend.dispose();
    throw error;
  }
}
