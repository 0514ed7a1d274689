import { ASSET_NAMES } from './assets';
import { CLOUD_LIMITS, type CloudLimit } from './cloud-limits';
import { cloudOf } from './fill-order';
import { unfitness } from './fitness';
import { groupBy } from './group-by';
import { byTime } from './order';
import { seenPercent } from './parts';
import { byAcquisition } from './passes';
import { newestProcessings } from './processings';
import { seasonMonth } from './season';
import type { AssetName, DateRange, RejectedScene, Scene, SceneChoice } from './types';

/** Fewer dates than this hardly show a crop's year; then the looser cloud limits are taken. */
const MIN_DATES = 8;

interface ChooseOptions {
  readonly season: number;
  /** Days that may be used; the whole season by default. */
  readonly range?: DateRange;
  /**
   * Most dates per tile and month, the clearest ones. Null, the default, takes all that pass: the network gets better
   * with more dates. The predecessor took 5, for the sake of its downloads.
   */
  readonly maxPerMonth?: number | null;
  /** Fewer days than this bring the looser limits; 8 by default. */
  readonly minDates?: number;
  /** Scenes without one of these are of no use; all ten bands and SCL by default. */
  readonly requiredAssets?: readonly AssetName[];
}

/**
 * Picks the scenes worth reading by the month table of cloud limits (`cloud-limits.ts`), snow and data share, then of
 * each acquisition the newest processing among those that passed. Parts of a pass are judged together: one stays where
 * it passes by itself or all of them do. A share that an item does not tell speaks neither for nor against it. Every
 * scene that is not chosen is handed back with a reason in plain words.
 */
export function chooseScenes(scenes: readonly Scene[], options: ChooseOptions): SceneChoice {
  const strict = choose(scenes, options, 'strict');
  if (countDays(strict.chosen) >= (options.minDates ?? MIN_DATES)) return strict;
  const relaxed = choose(scenes, options, 'relaxed');
  return relaxed.chosen.length > strict.chosen.length ? relaxed : strict;
}

function choose(
  scenes: readonly Scene[],
  options: ChooseOptions,
  table: Exclude<keyof CloudLimit, 'month'>,
): SceneChoice {
  const rejected: RejectedScene[] = [];
  const sift = (from: readonly Scene[], fault: (scene: Scene) => string | null): Scene[] =>
    from.filter((scene) => {
      const reason = fault(scene);
      if (reason !== null) rejected.push({ scene, reason });
      return reason === null;
    });
  const complete = sift([...scenes].sort(byTime), (scene) => outside(scene, options) ?? missing(scene, options));
  const together = partsTogether(complete);
  const good = sift(complete, (scene) =>
    unfitness(scene, together.get(scene)!, CLOUD_LIMITS[seasonMonth(options.season, scene.date)]!, table),
  );
  const newest = newestProcessings(good);
  const best = clearestPerMonth(newest.kept, options.maxPerMonth ?? null);
  rejected.push(...newest.rejected, ...best.rejected);
  rejected.sort((a, b) => byTime(a.scene, b.scene));
  return { chosen: best.kept, rejected, relaxed: table === 'relaxed' };
}

/** With each scene, all scenes of its acquisition in the same processing, itself too. */
function partsTogether(scenes: readonly Scene[]): Map<Scene, readonly Scene[]> {
  const together = new Map<Scene, readonly Scene[]>();
  for (const acquisition of byAcquisition(scenes, (scene) => scene)) {
    for (const parts of groupBy(acquisition, ({ processingBaseline }) => processingBaseline ?? '')) {
      for (const scene of parts) together.set(scene, parts);
    }
  }
  return together;
}

function outside({ date }: Scene, { season, range }: ChooseOptions): string | null {
  if (CLOUD_LIMITS[seasonMonth(season, date)] === undefined) {
    return `Outside the season ${season} (September ${season - 1} to October ${season}).`;
  }
  const inside = range === undefined || (date >= range.from && date <= range.to);
  return inside ? null : `Outside the chosen days (${range.from} to ${range.to}).`;
}

function missing({ assets }: Scene, { requiredAssets }: ChooseOptions): string | null {
  const absent = (requiredAssets ?? ASSET_NAMES).filter((name) => assets[name] === undefined);
  return absent.length === 0 ? null : `The catalogue has no file for ${absent.join(', ')}.`;
}

/** The scenes of the clearest dates of each tile and calendar month, ties by time; still ascending by time. */
function clearestPerMonth(
  scenes: readonly Scene[],
  most: number | null,
): { kept: readonly Scene[]; rejected: RejectedScene[] } {
  if (most === null) return { kept: scenes, rejected: [] };
  const days = groupBy(scenes, ({ tile, date }) => `${tile} ${date}`);
  const ranked = days.sort((a, b) => clearShare(b) - clearShare(a) || byTime(a[0]!, b[0]!));
  const taken = new Map<string, number>();
  const kept = new Set<Scene>();
  for (const day of ranked) {
    const { tile, date } = day[0]!;
    const month = `${tile} ${date.slice(0, 7)}`;
    const count = taken.get(month) ?? 0;
    if (count < most) for (const scene of day) kept.add(scene);
    taken.set(month, count + 1);
  }
  const reason = `The month has ${most} clearer ${most === 1 ? 'date' : 'dates'}.`;
  const rejected = scenes.filter((scene) => !kept.has(scene)).map((scene) => ({ scene, reason }));
  return { kept: scenes.filter((scene) => kept.has(scene)), rejected };
}

/** Share of the tile that was seen without clouds, 0 to 1; a scene that tells no cloud cover comes last. */
function clearShare(scenes: readonly Scene[]): number {
  const seen = scenes.reduce((sum, scene) => sum + (seenPercent(scene) ?? 100), 0);
  return (1 - cloudOf(scenes) / 100) * Math.min(1, seen / 100);
}

function countDays(scenes: readonly Scene[]): number {
  return new Set(scenes.map(({ date }) => date)).size;
}
