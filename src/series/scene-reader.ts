import { type AssetName, decideOffset, harmonise, type OffsetDecision, type Scene } from '../catalog';
import { CropError } from '../errors';
import { type MaskedPixels, readGrid, readOverviewPercentile } from '../raster';
import { isElsewhere, nodataOf, type ReadContext, readFrom } from './scene-asset';
import type { SceneClasses } from './scene-classes';
import { seenBands } from './seen';
import { warpToGrid } from './warp';

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

/** All bands of a scene over the window, read at once. */
export async function readBands(scene: Scene, classes: SceneClasses, context: ReadContext): Promise<SceneBands> {
  const [offset, bands] = await together(context, (inner) => [
    decideOffset(scene, (signal) => darkPercentile(scene, classes.seen, { ...inner, signal }), {
      signal: inner.signal,
      ...(context.offset === undefined ? {} : { override: context.offset }),
    }),
    Promise.all(context.bands.map((band) => readBand(scene, band as AssetName, classes, inner))),
  ]);
  const seen = seenBands(bands, classes.scl);
  harmonise(seen.dn, offset.addDn);
  return { ...seen, offset };
}

async function readBand(
  scene: Scene,
  name: AssetName,
  { seen }: SceneClasses,
  context: ReadContext,
): Promise<MaskedPixels> {
  const { grid, signal } = context;
  const options = { resampling: 'cubic', signal, nodata: nodataOf(scene, name), seen, keepHoles: true } as const;
  return readFrom(scene, name, context, async (raster) => {
    const band = await (isElsewhere(raster, grid)
      ? warpToGrid(raster, grid, options)
      : readGrid(raster, grid, options));
    if (holdsShares(band)) {
      const what = 'its pixels are reflectances from 0 to 1, not whole digital numbers';
      throw new CropError('raster/unsupported', { url: raster.info.url, what });
    }
    return band;
  });
}

/** No digital number of a whole band is as small as this; a reflectance always is. */
const LARGEST_SHARE = 2;

/** Whether a band holds reflectances instead of digital numbers, which would all become 0 or 1. */
function holdsShares({ pixels, valid }: MaskedPixels): boolean {
  if (!(pixels instanceof Float32Array || pixels instanceof Float64Array) || valid?.includes(1) === false) return false;
  return pixels.every((value, at) => value <= LARGEST_SHARE || valid?.[at] === 0);
}

async function darkPercentile(scene: Scene, seen: SceneClasses['seen'], context: ReadContext): Promise<number | null> {
  const values = await Promise.all(
    DARK_BANDS.filter((band) => scene.assets[band] !== undefined).map((band) =>
      readFrom(scene, band, context, (raster) =>
        readOverviewPercentile(raster, DARK_PERCENTILE, context.signal, nodataOf(scene, band), seen),
      ),
    ),
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
