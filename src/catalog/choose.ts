import { ASSET_NAMES } from './assets';
import { CLOUD_LIMITS, type CloudLimit, MAX_NODATA_PERCENT, MAX_SNOW_PERCENT } from './cloud-limits';
import { newestPerDay } from './newest';
import { byTime } from './order';
import { seasonMonth } from './season';
import type { AssetName, DateRange, RejectedScene, Scene, SceneChoice } from './types';

/** Fewer dates than this hardly show a crop's year; then the looser cloud limits are taken. */
const MIN_DATES = 8;

interface ChooseOptions {
  readonly season: number;
  /** Days that may be used; the whole season by default. */
  readonly range?: DateRange;
  /**
   * Most scenes per tile and month, the clearest ones. Null, the default, takes all that pass: the network gets better
   * with more dates. The predecessor took 5, for the sake of its downloads.
   */
  readonly maxPerMonth?: number | null;
  /** Fewer days than this bring the looser limits; 8 by default. */
  readonly minDates?: number;
  /** Scenes without one of these are of no use; all ten bands and SCL by default. */
  readonly requiredAssets?: readonly AssetName[];
}

/**
 * Picks the scenes worth reading, one per tile and day, by the month table of cloud limits (`cloud-limits.ts`), snow
 * and data share. A share that an item does not tell speaks neither for nor against it. Every scene that is not chosen
 * is handed back with a reason in plain words.
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
  const newest = newestPerDay(complete);
  const good = sift(newest.kept, (scene) => poor(scene, CLOUD_LIMITS[seasonMonth(options.season, scene.date)]!, table));
  const best = clearestPerMonth(good, options.maxPerMonth ?? null);
  rejected.push(...newest.rejected, ...best.rejected);
  rejected.sort((a, b) => byTime(a.scene, b.scene));
  return { chosen: best.kept, rejected, relaxed: table === 'relaxed' };
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

function poor(scene: Scene, limit: CloudLimit, table: Exclude<keyof CloudLimit, 'month'>): string | null {
  const { cloudPercent, snowPercent, nodataPercent } = scene;
  if (nodataPercent !== null && nodataPercent > MAX_NODATA_PERCENT) {
    return `Only ${percent(100 - nodataPercent)} of the tile was seen.`;
  }
  if (snowPercent !== null && snowPercent > MAX_SNOW_PERCENT) {
    return `Snow on ${percent(snowPercent)} of the scene; at most ${MAX_SNOW_PERCENT} % is allowed.`;
  }
  if (cloudPercent !== null && cloudPercent > limit[table]) {
    return `Clouds over ${percent(cloudPercent)} of the scene; at most ${limit[table]} % is allowed in ${limit.month}.`;
  }
  return null;
}

/** The clearest scenes of each tile and calendar month, ties by time; still ascending by time. */
function clearestPerMonth(
  scenes: readonly Scene[],
  most: number | null,
): { kept: readonly Scene[]; rejected: RejectedScene[] } {
  if (most === null) return { kept: scenes, rejected: [] };
  const ranked = [...scenes].sort((a, b) => clearShare(b) - clearShare(a) || byTime(a, b));
  const taken = new Map<string, number>();
  const kept = new Set<Scene>();
  for (const scene of ranked) {
    const month = `${scene.tile} ${scene.date.slice(0, 7)}`;
    const count = taken.get(month) ?? 0;
    if (count < most) kept.add(scene);
    taken.set(month, count + 1);
  }
  const reason = `The month has ${most} clearer ${most === 1 ? 'scene' : 'scenes'}.`;
  const rejected = scenes.filter((scene) => !kept.has(scene)).map((scene) => ({ scene, reason }));
  return { kept: scenes.filter((scene) => kept.has(scene)), rejected };
}

/** Share of the tile that was seen without clouds, 0 to 1; a scene that tells no cloud cover comes last. */
function clearShare({ cloudPercent, nodataPercent }: Scene): number {
  return (1 - (cloudPercent ?? 100) / 100) * (1 - (nodataPercent ?? 0) / 100);
}

function countDays(scenes: readonly Scene[]): number {
  return new Set(scenes.map(({ date }) => date)).size;
}

/** Small shares keep a digit, so that 0.4 % is not read as nothing. */
function percent(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}
