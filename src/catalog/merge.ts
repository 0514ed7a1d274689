import { ASSET_NAMES } from './assets';
import { compareAge } from './newest';
import { byTime } from './order';
import type { Scene } from './types';

/**
 * Items of one acquisition differ in time: Earth Search gives that of the tile, Planetary Computer the start of the
 * data take, minutes before. Two orbits that see the same tile are 100 minutes apart.
 */
const SAME_ACQUISITION_MS = 30 * 60_000;

/** A scene and how much it is wanted: 0 is the most. */
export interface RankedScene {
  readonly scene: Scene;
  readonly rank: number;
}

/**
 * Brings scenes of several sources together by tile and sensing time. Of each acquisition the scene with all files and
 * of the most wanted source stands in the list; those of other sources follow it as `alternatives`. Several
 * processings of one source stay apart: which is the newest is decided where scenes are chosen.
 * @returns ascending by time
 */
export function mergeScenes(ranked: readonly RankedScene[]): Scene[] {
  return acquisitions(ranked)
    .flatMap((candidates) => {
      const [best] = [...candidates].sort(byWish);
      const others = candidates.filter(({ rank }) => rank !== best!.rank).sort(byWish);
      const alternatives = others.map(({ scene }) => scene);
      return candidates
        .filter(({ rank }) => rank === best!.rank)
        .map(({ scene }) => (alternatives.length === 0 ? scene : { ...scene, alternatives }));
    })
    .sort(byTime);
}

/** Scenes of one tile, platform and pass together. */
function acquisitions(ranked: readonly RankedScene[]): RankedScene[][] {
  const groups: RankedScene[][] = [];
  const latestOfPass = new Map<string, RankedScene[]>();
  for (const candidate of [...ranked].sort((a, b) => byTime(a.scene, b.scene))) {
    const { tile, platform, datetime } = candidate.scene;
    const pass = `${tile} ${platform?.toLowerCase() ?? ''}`;
    const known = latestOfPass.get(pass);
    if (known !== undefined && Date.parse(datetime) - Date.parse(known[0]!.scene.datetime) <= SAME_ACQUISITION_MS) {
      known.push(candidate);
      continue;
    }
    const group = [candidate];
    latestOfPass.set(pass, group);
    groups.push(group);
  }
  return groups;
}

function byWish(a: RankedScene, b: RankedScene): number {
  return missing(a.scene) - missing(b.scene) || a.rank - b.rank || compareAge(b.scene, a.scene);
}

/** Whether any file is missing, as a number to sort by. */
function missing({ assets }: Scene): number {
  return ASSET_NAMES.every((name) => assets[name] !== undefined) ? 0 : 1;
}
