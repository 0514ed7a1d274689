import type { SeriesTile } from '../series';
import { checkGolden } from './golden';
import { decodeDates, encodeDate } from './network';
import type { Backend, DateFeatures, Engine, LoadedModel, TileScores } from './types';

/**
 * Makes a network ready to run: its golden tile is run first, and a backend that does not reproduce it is refused
 * (`segment/golden-mismatch`) and disposed of. The engine owns the backend from here on.
 */
export async function createEngine(model: LoadedModel, backend: Backend, signal: AbortSignal): Promise<Engine> {
  const { card } = model;

  const encode: Engine['encode'] = (pixels, size, day, stop) => encodeDate(model, backend, pixels, size, day, stop);
  const decode: Engine['decode'] = (dates, size, stop) => decodeDates(card, backend, dates, size, stop);

  async function segmentTile(
    tile: SeriesTile,
    stop: AbortSignal,
    onDate?: (done: number, total: number) => void,
  ): Promise<TileScores> {
    const dates: DateFeatures[] = [];
    for (const [at, pixels] of tile.pixels.entries()) {
      const features = await encode(pixels, tile, tile.days[at]!, stop);
      if (features !== null) dates.push(features);
      onDate?.(at + 1, tile.pixels.length);
    }
    return decode(dates, tile, stop);
  }

  try {
    const golden = await checkGolden(model, backend, (tile) => segmentTile(tile, signal));
    return { card, golden, encode, decode, segmentTile, dispose: () => backend.dispose() };
  } catch (error) {
    await backend.dispose();
    throw error;
  }
}
