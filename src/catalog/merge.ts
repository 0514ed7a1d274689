import { ASSET_NAMES } from './assets';
import { byTime } from './order';
import { likeness, MOST_COMPARED, replaces, replaceTogether } from './parts';
import { byAcquisition, oneDatePerPass } from './passes';
import { compareAge } from './processings';
import type { Scene } from './types';

/** A scene and how much it is wanted: 0 is the most. */
export interface RankedScene {
  readonly scene: Scene;
  readonly rank: number;
}

/** The scenes that show one part of an acquisition, in all processings and from all sources. */
type Part = RankedScene[];

/**
 * Brings scenes of several sources together by tile, satellite, pass and part. Of each part the scene with all files
 * and of the most wanted source stands in the list; those of other sources follow it as `alternatives`. A part that
 * only one source has stands for itself. Several processings of one source stay apart: which is the newest is decided
 * where scenes are chosen.
 * @returns ascending by time; scenes of one pass have one date
 */
export function mergeScenes(ranked: readonly RankedScene[]): Scene[] {
  const merged = byAcquisition([...ranked].sort(byRankAndTime), ({ scene }) => scene)
    .flatMap(partsOf)
    .flatMap((part) => {
      const [best] = [...part].sort(byWish);
      const others = part.filter(({ rank }) => rank !== best!.rank).sort(byWish);
      const alternatives = others.map(({ scene }) => scene);
      return part
        .filter(({ rank }) => rank === best!.rank)
        .map(({ scene }) => (alternatives.length === 0 ? scene : { ...scene, alternatives }));
    });
  return oneDatePerPass(merged.sort(byTime));
}

/** The parts of an acquisition; the most wanted source says first what parts there are. */
function partsOf(acquisition: readonly RankedScene[]): Part[] {
  const parts: Part[] = [];
  for (const rank of new Set(acquisition.map((one) => one.rank))) {
    const known = parts.slice(0, MOST_COMPARED);
    const own = acquisition.filter((one) => one.rank === rank).sort((a, b) => compareAge(b.scene, a.scene));
    for (const candidate of own) {
      const homes = homesOf(candidate, known, parts.slice(0, MOST_COMPARED), own.length === 1);
      for (const part of homes) part.push(candidate);
      if (homes.length === 0) parts.push([candidate]);
    }
  }
  return parts;
}

/** The parts that a scene shows. Of parts that nothing tells apart it takes one that its source has not taken yet. */
function homesOf(
  { scene, rank }: RankedScene,
  known: readonly Part[],
  parts: readonly Part[],
  isOnlyOne: boolean,
): readonly Part[] {
  const processed = parts.find((part) => part.some((one) => one.rank === rank && replaces(one.scene, scene)));
  if (processed !== undefined) return [processed];
  const alike = known.map((part) => ({ part, like: likeness(part[0]!.scene, scene) }));
  const best = Math.max(...alike.map(({ like }) => like ?? -1));
  if (best >= 0) {
    const homes = alike.filter(({ like }) => like === best).map(({ part }) => part);
    if (isOnlyOne) return homes;
    return [homes.find((part) => part.every((one) => one.rank !== rank)) ?? homes[0]!];
  }
  const together = known.map(([one]) => one!.scene);
  return replaceTogether(together, scene) ? known : [];
}

function byRankAndTime(a: RankedScene, b: RankedScene): number {
  return a.rank - b.rank || byTime(a.scene, b.scene);
}

function byWish(a: RankedScene, b: RankedScene): number {
  return missing(a.scene) - missing(b.scene) || a.rank - b.rank || compareAge(b.scene, a.scene);
}

/** Whether any file is missing, as a number to sort by. */
function missing({ assets }: Scene): number {
  return ASSET_NAMES.every((name) => assets[name] !== undefined) ? 0 : 1;
}
