import { byAcquisition } from './passes';
import { MOST_COMPARED, otherBaseline, replaces, replaceTogether } from './parts';
import type { RejectedScene, Scene } from './types';

/**
 * Of an acquisition that was processed again, keeps what the newest processing shows, and the parts of it that no newer
 * one shows. An acquisition must not enter a series twice; parts of a pass complete each other.
 */
export function newestProcessings(scenes: readonly Scene[]): { kept: Scene[]; rejected: RejectedScene[] } {
  const winners = new Map<Scene, readonly Scene[]>();
  for (const acquisition of byAcquisition(scenes, (scene) => scene)) {
    const newestFirst = [...acquisition].sort((a, b) => compareAge(b, a));
    const kept: Scene[] = [];
    for (const scene of newestFirst) {
      const winner = winnersOver(scene, kept.slice(0, MOST_COMPARED));
      if (winner.length === 0) kept.push(scene);
      else winners.set(scene, winner);
    }
  }
  return {
    kept: scenes.filter((scene) => !winners.has(scene)),
    rejected: [...winners].map(([scene, winner]) => ({ scene, reason: reasonOf(scene, winner) })),
  };
}

/** The newer scenes that make one needless; empty where it is needed. */
function winnersOver(scene: Scene, newer: readonly Scene[]): readonly Scene[] {
  const alone = newer.find((one) => replaces(one, scene));
  if (alone !== undefined) return [alone];
  const parts = newer.filter((one) => otherBaseline(one, scene));
  const oneBaseline = parts.filter(({ processingBaseline }) => processingBaseline === parts[0]!.processingBaseline);
  return replaceTogether(oneBaseline, scene) ? oneBaseline : [];
}

/** Says by what the newer one is newer. */
function reasonOf(scene: Scene, winners: readonly Scene[]): string {
  const [first] = winners as [Scene];
  const used = winners.map(({ id }) => id).join(', ');
  const verb = winners.length === 1 ? 'is' : 'are';
  const instead = (what: string, newer: unknown, older: unknown): string =>
    `Another processing of the same acquisition is used: ${used} (${what} ${String(newer)} instead of ${String(older)}).`;
  if (otherBaseline(first, scene)) return instead('baseline', first.processingBaseline, scene.processingBaseline);
  if (first.sequence !== scene.sequence) return instead('sequence', first.sequence, scene.sequence);
  if (first.madeAt !== undefined && scene.madeAt !== undefined && first.madeAt !== scene.madeAt) {
    return instead('made at', first.madeAt, scene.madeAt);
  }
  return `The catalogue has this acquisition more than once: ${used} ${verb} used.`;
}

/** Negative where `a` is the older processing; an unknown baseline is the oldest. */
export function compareAge(a: Scene, b: Scene): number {
  return (
    (a.processingBaseline ?? '').localeCompare(b.processingBaseline ?? '') ||
    a.sequence - b.sequence ||
    compareMade(a, b) ||
    a.datetime.localeCompare(b.datetime) ||
    a.id.localeCompare(b.id)
  );
}

function compareMade(a: Scene, b: Scene): number {
  return a.madeAt === undefined || b.madeAt === undefined ? 0 : a.madeAt.localeCompare(b.madeAt);
}
