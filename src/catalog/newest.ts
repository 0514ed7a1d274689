import type { RejectedScene, Scene } from './types';

/**
 * Keeps one scene per tile and day: that of the highest processing baseline, then of the highest sequence, then of the
 * latest time. An acquisition that was processed again is in catalogues twice, and must not enter a series twice.
 */
export function newestPerDay(scenes: readonly Scene[]): { kept: Scene[]; rejected: RejectedScene[] } {
  const newest = new Map<string, Scene>();
  for (const scene of scenes) {
    const key = `${scene.tile} ${scene.date}`;
    const known = newest.get(key);
    if (known === undefined || compareAge(known, scene) < 0) newest.set(key, scene);
  }
  const kept = scenes.filter((scene) => newest.get(`${scene.tile} ${scene.date}`) === scene);
  const rejected = scenes
    .filter((scene) => !kept.includes(scene))
    .map((scene) => {
      const winner = newest.get(`${scene.tile} ${scene.date}`)!;
      return { scene, reason: `Another processing of tile ${scene.tile} on this day is used: ${winner.id}.` };
    });
  return { kept, rejected };
}

/** Negative where `a` is the older processing. */
export function compareAge(a: Scene, b: Scene): number {
  return (
    baselineNumber(a) - baselineNumber(b) ||
    a.sequence - b.sequence ||
    a.datetime.localeCompare(b.datetime) ||
    a.id.localeCompare(b.id)
  );
}

/** Processing baseline `05.09` as 5.09; unknown ones are the oldest. */
export function baselineNumber({ processingBaseline }: Scene): number {
  const number = Number.parseFloat(processingBaseline ?? '');
  return Number.isNaN(number) ? 0 : number;
}
