import { type AssetName, decideOffset, harmonise, type Scene } from '../catalog';
import { CropError, isCropError } from '../errors';
import type { GridWindow } from '../geo';
import type { Transport } from '../net';
import { type HeaderCache, openRaster, readGrid, readOverviewPercentile } from '../raster';
import { clarity } from './clarity';
import type { SeriesDate } from './types';

/** What reading needs, the same for every date of a series. */
export interface ReadContext {
  readonly grid: GridWindow;
  readonly bands: readonly string[];
  readonly transport: Transport;
  readonly headers: HeaderCache;
  readonly signal: AbortSignal;
}

/** One date over a window: `dn` is [bands, rows, columns], `scl` is [rows, columns]. */
export interface Acquisition {
  readonly record: Omit<SeriesDate, 'day'>;
  readonly dn: Uint16Array<ArrayBuffer>;
  readonly scl: Uint8Array<ArrayBuffer>;
}

/** Bands whose darkest pixels tell whether the producer's +1000 is still inside (water and shadow are dark in both). */
const DARK_BANDS: readonly AssetName[] = ['B02', 'B12'];
const DARK_PERCENTILE = 1;

/**
 * Reads one day over the window: the scene classification first, so that a date without data costs no bands, then all
 * bands at once. Later scenes of the day (neighbouring tiles) only fill what is still empty.
 * @returns null where no scene of the day has data in the window
 * @throws CropError `series/scene-unreadable` naming the scene, with the first failure as cause
 */
export async function readAcquisition(scenes: readonly Scene[], context: ReadContext): Promise<Acquisition | null> {
  let merged: Acquisition | null = null;
  for (const scene of scenes) {
    if (merged !== null && merged.record.nodataShare === 0) break;
    const part = await readScene(scene, context);
    merged = merged === null || part === null ? (merged ?? part) : fill(merged, part);
  }
  return merged;
}

async function readScene(scene: Scene, context: ReadContext): Promise<Acquisition | null> {
  try {
    const scl = (await readAsset(scene, 'SCL', context)) as Uint8Array<ArrayBuffer>;
    const shares = clarity(scl);
    if (shares.nodataShare === 1) return null;
    const [offset, bands] = await together(context, (inner) => [
      decideOffset(scene, (signal) => darkPercentile(scene, { ...inner, signal }), { signal: inner.signal }),
      Promise.all(context.bands.map((band) => readAsset(scene, band as AssetName, inner))),
    ]);
    const dn = concatenate(bands as Uint16Array[]);
    harmonise(dn, offset.addDn);
    return {
      record: { date: scene.date, sceneIds: [scene.id], offset, ...shares },
      dn,
      scl,
    };
  } catch (error) {
    // A cancelled run and a fault of the program are no fault of the scene.
    if (context.signal.aborted || !isCropError(error)) throw error;
    throw new CropError('series/scene-unreadable', { scene: scene.id, date: scene.date, reason: error.message }, error);
  }
}

async function readAsset(scene: Scene, name: AssetName, context: ReadContext): Promise<Uint16Array | Uint8Array> {
  const url = scene.assets[name];
  if (url === undefined) throw new CropError('series/missing-asset', { scene: scene.id, band: name });
  const raster = await openRaster(url, context.transport, context.signal, context.headers);
  return readGrid(raster, context.grid, { resampling: name === 'SCL' ? 'nearest' : 'cubic', signal: context.signal });
}

async function darkPercentile(scene: Scene, context: ReadContext): Promise<number | null> {
  const values = await Promise.all(
    DARK_BANDS.map(async (band) => {
      const url = scene.assets[band];
      if (url === undefined) return null;
      const raster = await openRaster(url, context.transport, context.signal, context.headers);
      return readOverviewPercentile(raster, DARK_PERCENTILE, context.signal);
    }),
  );
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** Waits for both; the first failure cancels the other, so that nothing goes on reading for a lost date. */
async function together<A, B>(
  context: ReadContext,
  start: (inner: ReadContext) => readonly [Promise<A>, Promise<B>],
): Promise<[A, B]> {
  const stop = new AbortController();
  try {
    return await Promise.all(start({ ...context, signal: AbortSignal.any([context.signal, stop.signal]) }));
  } catch (error) {
    stop.abort();
    throw error;
  }
}

function concatenate(bands: readonly Uint16Array[]): Uint16Array<ArrayBuffer> {
  const size = bands[0]?.length ?? 0;
  const whole = new Uint16Array(size * bands.length);
  bands.forEach((band, index) => whole.set(band, index * size));
  return whole;
}

/** Takes from `part` the pixels that `base` has no data for; the arrays of `base` are changed in place. */
function fill(base: Acquisition, part: Acquisition): Acquisition {
  const size = base.scl.length;
  for (let pixel = 0; pixel < size; pixel++) {
    if (base.scl[pixel] !== 0) continue;
    base.scl[pixel] = part.scl[pixel]!;
    for (let at = pixel; at < base.dn.length; at += size) base.dn[at] = part.dn[at]!;
  }
  const record = {
    ...base.record,
    ...clarity(base.scl),
    sceneIds: [...base.record.sceneIds, ...part.record.sceneIds],
  };
  return { ...base, record };
}
