import type { RejectedScene, Scene } from '../catalog';

/**
 * The scenes of the clearest dates, in their order. A date is as clear as its scenes are on average; one that does not
 * tell its cloud counts as overcast, and of equally clear dates the earlier are kept.
 *
 * @param maxDates all dates where left out
 */
export function keepClearest(
  scenes: readonly Scene[],
  maxDates = Infinity,
): { readonly chosen: readonly Scene[]; readonly rejected: readonly RejectedScene[] } {
  const byDate = new Map<string, number[]>();
  for (const { date, cloudPercent } of scenes) byDate.set(date, [...(byDate.get(date) ?? []), cloudPercent ?? 100]);
  const clearest = [...byDate]
    .map(([date, clouds]) => ({ date, cloud: clouds.reduce((sum, cloud) => sum + cloud, 0) / clouds.length }))
    .sort((a, b) => a.cloud - b.cloud || a.date.localeCompare(b.date));
  const kept = new Set(clearest.slice(0, maxDates).map(({ date }) => date));
  return {
    chosen: scenes.filter(({ date }) => kept.has(date)),
    rejected: scenes
      .filter(({ date }) => !kept.has(date))
      .map((scene) => ({ scene, reason: `Not among the ${maxDates} clearest dates asked for.` })),
  };
}
