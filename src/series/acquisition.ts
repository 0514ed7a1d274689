import type { OffsetDecision, Scene } from '../catalog';
import { clarity, NO_DATA } from './clarity';
import { type OpenScene, openScene, readOpened } from './open-scene';
import type { ReadContext } from './scene-reader';
import type { SourceHealth } from './source-health';
import type { SeriesDate, SkippedDate } from './types';

/** What reading a day needs. */
export interface DayContext extends ReadContext {
  readonly health: SourceHealth;
  /** Days on which more than this share (0 to 1) of what was seen of the window is obscured are skipped. */
  readonly maxCloudShare: number;
  /** For the bands: counts apart from `transport`, which reads the classification. */
  readonly bandTransport: ReadContext['transport'];
}

/** One date over a window: `dn` is [bands, rows, columns], `scl` is [rows, columns]. */
export interface Acquisition {
  readonly record: Omit<SeriesDate, 'day'>;
  readonly dn: Uint16Array<ArrayBuffer>;
  readonly scl: Uint8Array<ArrayBuffer>;
}

type Day =
  | { readonly kind: 'read'; readonly date: Acquisition }
  | { readonly kind: 'skipped'; readonly skipped: SkippedDate }
  | { readonly kind: 'empty' };

/**
 * Reads one day over the window, the scene classification of all its scenes first: a day without data in the window,
 * or with too little ground to see, costs no bands. Scenes of the window's own zone go first; a later scene
 * (neighbouring tile, other zone) is read only where it has pixels that the ones before lack, and fills just those.
 * @throws CropError `series/scene-unreadable` naming the scene, with the first failure as cause
 */
export async function readAcquisition(scenes: readonly Scene[], context: DayContext): Promise<Day> {
  const { opened, scl } = await openDay(scenes, context);
  const [first] = opened;
  if (first === undefined) return { kind: 'empty' };
  const about = { date: first.scene.date, sceneIds: opened.map(({ scene }) => scene.id), ...clarity(scl) };
  const skipped = skippedFor(about, context.maxCloudShare);
  if (skipped !== null) return { kind: 'skipped', skipped };
  return { kind: 'read', date: await readDay(opened, context) };
}

/** A day as skipped, where more than the given share (0 to 1) of what was seen of the window is obscured; else null. */
export function skippedFor(
  { date, sceneIds, cloudShare, nodataShare }: Omit<SkippedDate, 'reason'>,
  maxCloudShare: number,
): SkippedDate | null {
  const obscured = cloudShare / (1 - nodataShare);
  if (!(obscured > maxCloudShare)) return null;
  return { date, sceneIds, cloudShare, nodataShare, reason: reasonOf(obscured, maxCloudShare) };
}

/** Opens scenes as long as they add pixels; `scl` is the mosaic of their classifications. */
async function openDay(
  scenes: readonly Scene[],
  context: DayContext,
): Promise<{ opened: OpenScene[]; scl: Uint8Array<ArrayBuffer> }> {
  const opened: OpenScene[] = [];
  const scl = new Uint8Array(context.grid.rows * context.grid.columns);
  const foreign = ({ epsg }: Scene): number => (epsg === null || epsg === context.grid.epsg ? 0 : 1);
  for (const scene of [...scenes].sort((a, b) => foreign(a) - foreign(b))) {
    if (!scl.includes(NO_DATA)) break;
    const one = await openScene(scene, context, context.health);
    let fills = false;
    for (let pixel = 0; pixel < scl.length; pixel++) {
      if (scl[pixel] !== NO_DATA || one.scl[pixel] === NO_DATA) continue;
      scl[pixel] = one.scl[pixel]!;
      fills = true;
    }
    if (fills) opened.push(one);
  }
  return { opened, scl };
}

async function readDay(opened: readonly OpenScene[], context: DayContext): Promise<Acquisition> {
  const bandContext = { ...context, transport: context.bandTransport };
  const offsets: OffsetDecision[] = [];
  const sceneIds: string[] = [];
  let base: Pick<Acquisition, 'dn' | 'scl'> | null = null;
  for (const one of opened) {
    const { scene, scl, dn, offset } = await readOpened(one, bandContext, context.health);
    sceneIds.push(scene.id);
    offsets.push(offset);
    // The classification may be kept by who opened it, so the mosaic is made in a copy.
    if (base === null) base = { dn, scl: scl.slice() };
    else fill(base, { dn, scl });
  }
  const { dn, scl } = base!;
  const record = {
    date: opened[0]!.scene.date,
    sceneIds,
    offset: offsets[0]!,
    ...(offsets.length > 1 ? { sceneOffsets: offsets } : {}),
    ...clarity(scl),
  };
  return { record, dn, scl };
}

/** Takes from `part` the pixels that `base` has no data for; the arrays of `base` are changed in place. */
function fill(base: Pick<Acquisition, 'dn' | 'scl'>, part: Pick<Acquisition, 'dn' | 'scl'>): void {
  const size = base.scl.length;
  for (let pixel = 0; pixel < size; pixel++) {
    if (base.scl[pixel] !== NO_DATA) continue;
    base.scl[pixel] = part.scl[pixel]!;
    for (let at = pixel; at < base.dn.length; at += size) base.dn[at] = part.dn[at]!;
  }
}

const PERCENT = 100;

function reasonOf(obscured: number, most: number): string {
  // Rounded down and up, so that a share just over the limit is not shown as the limit.
  return `Clouds, shadow or snow on ${Math.ceil(obscured * PERCENT)} % of the area itself; at most ${Math.floor(most * PERCENT)} % is allowed.`;
}
