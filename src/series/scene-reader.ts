import { type AssetName, decideOffset, harmonise, type OffsetDecision, type Scene } from '../catalog';
import { CropError, isCropError } from '../errors';
import type { GridWindow } from '../geo';
import type { Transport } from '../net';
import { type HeaderCache, type MaskedPixels, openRaster, readGrid, readOverviewPercentile } from '../raster';
import { warpToGrid } from './warp';

/** What reading needs, the same for every scene of a series. */
export interface ReadContext {
  readonly grid: GridWindow;
  readonly bands: readonly string[];
  readonly transport: Transport;
  readonly headers: HeaderCache;
  readonly signal: AbortSignal;
  /** What a person has decided for all scenes. */
  readonly offset?: OffsetDecision['addDn'];
}

/** Reflectance of one scene over the window: harmonised DN, [bands, rows, columns], and how it became so. */
export interface SceneBands {
  readonly dn: Uint16Array<ArrayBuffer>;
  readonly offset: OffsetDecision;
}

/** Bands whose darkest pixels tell whether the producer's +1000 is still inside (water and shadow are dark in both). */
const DARK_BANDS: readonly AssetName[] = ['B02', 'B12'];
const DARK_PERCENTILE = 1;

/** The scene classification over the window, [rows, columns]. */
export async function readScl(scene: Scene, context: ReadContext): Promise<Uint8Array<ArrayBuffer>> {
  const codes = await readAsset(scene, 'SCL', context);
  return codes instanceof Uint8Array ? codes : Uint8Array.from(codes);
}

/** All bands of a scene over the window, read at once. */
export async function readBands(scene: Scene, context: ReadContext): Promise<SceneBands> {
  const [offset, bands] = await together(context, (inner) => [
    decideOffset(scene, (signal) => darkPercentile(scene, { ...inner, signal }), {
      signal: inner.signal,
      ...(context.offset === undefined ? {} : { override: context.offset }),
    }),
    Promise.all(context.bands.map((band) => readAsset(scene, band as AssetName, inner))),
  ]);
  const dn = concatenate(bands);
  harmonise(dn, offset.addDn);
  return { dn, offset };
}

async function readAsset(scene: Scene, name: AssetName, context: ReadContext): Promise<MaskedPixels['pixels']> {
  const url = scene.assets[name];
  if (url === undefined) throw new CropError('series/missing-asset', { scene: scene.id, band: name });
  try {
    const raster = await openRaster(url, context.transport, context.signal, context.headers);
    const options = { resampling: name === 'SCL' ? 'nearest' : 'cubic', signal: context.signal } as const;
    // A file that does not name its CRS is judged by `readGrid`.
    const elsewhere = raster.info.epsg !== null && raster.info.epsg !== context.grid.epsg;
    const read = elsewhere ? warpToGrid : readGrid;
    return unseenAsZero(await read(raster, context.grid, options));
  } catch (error) {
    // What came damaged over the network must not be kept, or the next run finds the same damage.
    if (isCropError(error) && error.code.startsWith('raster/')) await context.transport.forget?.(url, context.signal);
    throw error;
  }
}

/** The pixels, with 0 where they are invalid; changed in place. */
function unseenAsZero({ pixels, valid }: MaskedPixels): MaskedPixels['pixels'] {
  if (valid !== null) for (let at = 0; at < pixels.length; at++) if (valid[at] === 0) pixels[at] = 0;
  return pixels;
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

function concatenate(bands: readonly MaskedPixels['pixels'][]): Uint16Array<ArrayBuffer> {
  const size = bands[0]?.length ?? 0;
  const whole = new Uint16Array(size * bands.length);
  bands.forEach((band, index) => whole.set(band, index * size));
  return whole;
}
