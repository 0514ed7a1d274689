import type { OffsetDecision, Scene } from '../catalog';
import { clarity, NO_DATA } from './clarity';
import { emptyMosaic, gains, lay, mayGain, type Mosaic, mosaicOf, passesOf } from './mosaic';
import { type OpenScene, openScene, readOpened } from './open-scene';
import type { ReadContext } from './scene-asset';
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

/** One date over a window: `dn` is [bands, rows, columns], `scl` is [rows, columns]; 0 in both where nothing was seen. */
export interface Acquisition {
  readonly record: Omit<SeriesDate, 'day'>;
  readonly dn: Uint16Array<ArrayBuffer>;
  readonly scl: Uint8Array<ArrayBuffer>;
}

type Day =
  | { readonly kind: 'read'; readonly date: Acquisition }
  | { readonly kind: 'skipped'; readonly skipped: SkippedDate }
  | { readonly kind: 'empty' };

/** A scene of the day, and its classification once it has been read. */
interface Candidate {
  readonly scene: Scene;
  readonly pass: number;
  opened: OpenScene | null;
}

/**
 * Reads one day over the window, the scene classification of all its scenes first: a day without data in the window,
 * or with too little ground to see, costs no bands. Scenes of the window's own zone go first; a later scene
 * (neighbouring tile, other zone, other pass) is read only where it has pixels that the ones before lack, or clear ones
 * where another pass saw cloud. Where bands turn out to lack pixels that their classification has, the scenes left are
 * asked for them.
 * @throws CropError `series/scene-unreadable` naming the scene, with the first failure as cause
 */
export async function readAcquisition(scenes: readonly Scene[], context: DayContext): Promise<Day> {
  const candidates = inOrder(scenes, context.grid.epsg);
  const sketch = await sketchDay(candidates, context);
  const used = candidates.filter((_, nth) => contributes(sketch, nth));
  const [first] = used;
  if (first === undefined) return { kind: 'empty' };
  const sceneIds = used.map(({ scene, opened }) => (opened?.scene ?? scene).id);
  const skipped = skippedFor({ date: first.scene.date, sceneIds, ...clarity(sketch.scl) }, context.maxCloudShare);
  if (skipped !== null) return { kind: 'skipped', skipped };
  const date = await readDay([...used, ...candidates.filter((one) => !used.includes(one))], context);
  return date === null ? { kind: 'empty' } : { kind: 'read', date };
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

function inOrder(scenes: readonly Scene[], epsg: number): Candidate[] {
  const passes = passesOf(scenes);
  const foreign = ({ scene }: Candidate): number => (scene.epsg === null || scene.epsg === epsg ? 0 : 1);
  return scenes
    .map((scene, nth): Candidate => ({ scene, pass: passes[nth]!, opened: null }))
    .sort((a, b) => foreign(a) - foreign(b));
}

/** The mosaic of the classifications; opens scenes as long as they may add pixels. */
async function sketchDay(candidates: readonly Candidate[], context: DayContext): Promise<Mosaic> {
  const sketch = emptyMosaic(context.grid.rows * context.grid.columns);
  for (const [nth, candidate] of candidates.entries()) {
    if (!mayGain(sketch, candidate.pass)) continue;
    candidate.opened = await openScene(candidate.scene, context, context.health);
    lay(sketch, candidate.opened, nth, candidate.pass);
  }
  return sketch;
}

function contributes({ scl, scene }: Mosaic, nth: number): boolean {
  return scl.some((code, pixel) => code !== NO_DATA && scene[pixel] === nth);
}

/** The bands of the candidates that add pixels, in their order; null where bands have none of what SCL promised. */
async function readDay(candidates: readonly Candidate[], context: DayContext): Promise<Acquisition | null> {
  const bandContext = { ...context, transport: context.bandTransport };
  const offsets: OffsetDecision[] = [];
  const sceneIds: string[] = [];
  let mosaic: (Mosaic & Pick<Acquisition, 'dn'>) | null = null;
  for (const [nth, candidate] of candidates.entries()) {
    const { pass } = candidate;
    if (mosaic !== null && !mayGain(mosaic, pass)) continue;
    candidate.opened ??= await openScene(candidate.scene, context, context.health);
    if (!(mosaic === null ? hasSeen(candidate.opened) : gains(mosaic, candidate.opened.scl, pass))) continue;
    const { scene, offset, dn, scl } = await readOpened(candidate.opened, bandContext, context.health);
    if (mosaic !== null) {
      if (!lay(mosaic, { dn, scl }, nth, pass)) continue;
    } else {
      if (!hasSeen({ scl })) continue;
      mosaic = { ...mosaicOf({ scl }, nth, pass), dn };
    }
    sceneIds.push(scene.id);
    offsets.push(offset);
  }
  if (mosaic === null) return null;
  const sceneOffsets = offsets.length > 1 ? { sceneOffsets: offsets } : {};
  const { date } = candidates[0]!.scene;
  const record = { date, sceneIds, offset: offsets[0]!, ...sceneOffsets, ...clarity(mosaic.scl) };
  return { record, dn: mosaic.dn, scl: mosaic.scl };
}

function hasSeen({ scl }: Pick<OpenScene, 'scl'>): boolean {
  return scl.some((code) => code !== NO_DATA);
}

const PERCENT = 100;

function reasonOf(obscured: number, most: number): string {
  // Rounded down and up, so that a share just over the limit is not shown as the limit.
  return `Clouds, shadow or snow on ${Math.ceil(obscured * PERCENT)} % of the area itself; at most ${Math.floor(most * PERCENT)} % is allowed.`;
}
