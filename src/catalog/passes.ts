import { groupBy } from './group-by';
import { parseUtc } from './time';
import type { Scene } from './types';

/**
 * Longest data take, milliseconds: 15 000 km at 6.7 km/s (ESA, Sentinel-2 products). Catalogues give the time of the
 * tile (Earth Search) or the start of the data take (Planetary Computer), so items of one pass are at most this far
 * apart; two orbits of one satellite that see the same place are 100 minutes apart.
 */
const LONGEST_TAKE_MS = 38 * 60_000;

/** Where the satellite is not known; two satellites on neighbouring orbits follow each other after 10 minutes or more. */
const UNKNOWN_SATELLITE_MS = 5 * 60_000;

const MS_PER_DAY = 86_400_000;

/** Processings give the start of one data take to the second, or next to it. */
const SAME_START_MS = 60_000;

/** Whether two scenes, of whatever tiles and sources, were seen in one pass of one satellite. */
export function samePass(a: Scene, b: Scene): boolean {
  const [satelliteA, satelliteB] = [satellite(a), satellite(b)];
  const known = satelliteA !== null && satelliteB !== null;
  if (known && satelliteA !== satelliteB) return false;
  if (a.datatake !== undefined && b.datatake !== undefined) return apart(a.datatake, b.datatake) <= SAME_START_MS;
  return apart(a.datetime, b.datetime) <= (known ? LONGEST_TAKE_MS : UNKNOWN_SATELLITE_MS);
}

/**
 * Scenes by pass, in the order in which the passes appear.
 * @param sceneOf the scene that stands for a member
 */
export function byPass<T>(members: readonly T[], sceneOf: (member: T) => Scene): T[][] {
  const groups: T[][] = [];
  // A season has hundreds of passes; only those of about one time have to be compared.
  const ofDay = new Map<number, Set<T[]>>();
  for (const member of members) {
    const day = Math.floor(parseUtc(sceneOf(member).datetime)! / MS_PER_DAY);
    const near = [day - 1, day, day + 1].flatMap((one) => [...(ofDay.get(one) ?? [])]);
    let group = near.find((some) => some.some((other) => samePass(sceneOf(other), sceneOf(member))));
    if (group === undefined) groups.push((group = []));
    group.push(member);
    ofDay.set(day, (ofDay.get(day) ?? new Set()).add(group));
  }
  return groups;
}

/** Scenes by tile and pass: one group per acquisition, with all its parts and processings. */
export function byAcquisition<T>(members: readonly T[], sceneOf: (member: T) => Scene): T[][] {
  return groupBy(members, (member) => sceneOf(member).tile).flatMap((ofTile) => byPass(ofTile, sceneOf));
}

/**
 * The same scenes with one date per pass: where it went over midnight UTC, the day on which it began counts for all of
 * its scenes and their alternatives.
 */
export function oneDatePerPass(scenes: readonly Scene[]): Scene[] {
  const dates = new Map<Scene, string>();
  for (const pass of byPass(scenes, (scene) => scene)) {
    const first = pass.map(({ date }) => date).sort()[0]!;
    for (const scene of pass) dates.set(scene, first);
  }
  return scenes.map((scene) => dated(scene, dates.get(scene)!));
}

function dated(scene: Scene, date: string): Scene {
  const { alternatives } = scene;
  if (scene.date === date && (alternatives ?? []).every((other) => other.date === date)) return scene;
  return {
    ...scene,
    date,
    ...(alternatives === undefined ? {} : { alternatives: alternatives.map((other) => ({ ...other, date })) }),
  };
}

/** `A` of `sentinel-2a`, `Sentinel-2A`, or of an id that begins with `S2A_`; null where nothing tells it. */
function satellite({ platform, id }: Scene): string | null {
  const match = /2\s*-?([A-Z])$/i.exec(platform ?? '') ?? /^S2([A-Z])_/.exec(id);
  return match?.[1]?.toUpperCase() ?? null;
}

/** Milliseconds between two times. */
export function apart(a: string, b: string): number {
  return Math.abs(parseUtc(a)! - parseUtc(b)!);
}
