import { type AssetName, decideOffset, harmonise, type OffsetDecision, type Scene } from '../catalog';
import { CropError, isCropError } from '../errors';
import type { GridWindow } from '../geo';
import type { Transport } from '../net';
import { type HeaderCache, type MaskedPixels, openRaster, readGrid, readOverviewPercentile } from '../raster';
import { seenBands, seenClasses } from './seen';
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
  /** Classes of the pixels that all bands have, [rows, columns]; 0 elsewhere, as in `dn`. */
  readonly scl: Uint8Array<ArrayBuffer>;
  readonly offset: OffsetDecision;
}

/** Bands whose darkest pixels tell whether the producer's +1000 is still inside (water and shadow are dark in both). */
const DARK_BANDS: readonly AssetName[] = ['B02', 'B12'];
const DARK_PERCENTILE = 1;

/** What Sentinel-2 products put where nothing was seen, for files and catalogues that do not say. */
const PRODUCT_NODATA = 0;

/** The scene classification over the window, [rows, columns]; 0 where the pixel was not seen. */
export async function readScl(scene: Scene, context: ReadContext): Promise<Uint8Array<ArrayBuffer>> {
  return seenClasses(await readAsset(scene, 'SCL', context));
}

/**
 * All bands of a scene over the window, read at once.
 * @param scl as `readScl` gives it; left as it is
 */
export async function readBands(scene: Scene, scl: Uint8Array<ArrayBuffer>, context: ReadContext): Promise<SceneBands> {
  const [offset, bands] = await together(context, (inner) => [
    decideOffset(scene, (signal) => darkPercentile(scene, { ...inner, signal }), {
      signal: inner.signal,
      ...(context.offset === undefined ? {} : { override: context.offset }),
    }),
    Promise.all(context.bands.map((band) => readAsset(scene, band as AssetName, inner))),
  ]);
  const seen = seenBands(bands, scl);
  harmonise(seen.dn, offset.addDn);
  return { ...seen, offset };
}

async function readAsset(scene: Scene, name: AssetName, context: ReadContext): Promise<MaskedPixels> {
  const url = scene.assets[name];
  if (url === undefined) throw new CropError('series/missing-asset', { scene: scene.id, band: name });
  try {
    const raster = await openRaster(url, context.transport, context.signal, context.headers);
    const resampling = name === 'SCL' ? 'nearest' : 'cubic';
    const options = { resampling, signal: context.signal, nodata: nodataOf(scene, name) } as const;
    // A file that does not name its CRS is judged by `readGrid`.
    const elsewhere = raster.info.epsg !== null && raster.info.epsg !== context.grid.epsg;
    const read = elsewhere ? warpToGrid : readGrid;
    return await read(raster, context.grid, options);
  } catch (error) {
    // What came damaged over the network must not be kept, or the next run finds the same damage.
    if (isCropError(error) && error.code.startsWith('raster/')) await context.transport.forget?.(url, context.signal);
    throw error;
  }
}

/** What stands for no data in files that do not say so themselves. */
function nodataOf({ assetNodata }: Scene, name: AssetName): number {
  return assetNodata?.[name] ?? PRODUCT_NODATA;
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
