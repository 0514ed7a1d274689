import type { AssetName, OffsetDecision, Scene } from '../catalog';
import { CropError, isCropError } from '../errors';
import type { GridWindow } from '../geo';
import type { Transport } from '../net';
import { type HeaderCache, openRaster, type Raster } from '../raster';

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

/** What Sentinel-2 products put where nothing was seen, for files and catalogues that do not say. */
const PRODUCT_NODATA = 0;

/** What stands for no data in a file of a scene that does not say so itself. */
export function nodataOf({ assetNodata }: Scene, name: AssetName): number {
  return assetNodata?.[name] ?? PRODUCT_NODATA;
}

/**
 * Reads something of a file of a scene.
 * @throws CropError `series/missing-asset`, and as `openRaster` and `read` do
 */
export async function readFrom<T>(
  scene: Scene,
  name: AssetName,
  context: ReadContext,
  read: (raster: Raster) => Promise<T>,
): Promise<T> {
  const url = scene.assets[name];
  if (url === undefined) throw new CropError('series/missing-asset', { scene: scene.id, band: name });
  try {
    return await read(await openRaster(url, context.transport, context.signal, context.headers));
  } catch (error) {
    // What came damaged over the network must not be kept, or the next run finds the same damage.
    if (isCropError(error) && error.code.startsWith('raster/')) await context.transport.forget?.(url, context.signal);
    throw error;
  }
}

/** Whether a file lies in another CRS than the window; one that does not name its CRS is judged when it is read. */
export function isElsewhere({ info }: Raster, grid: GridWindow): boolean {
  return info.epsg !== null && info.epsg !== grid.epsg;
}
