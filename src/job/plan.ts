import { type CatalogSource, chooseScenes, type RejectedScene, type Scene, type SceneChoice } from '../catalog';
import { CropError } from '../errors';
import { gridToBbox } from '../geo';
import type { SeriesPort } from '../series';
import { keepClearest } from './clearest';
import type { SceneRequest } from './types';

/** Which scenes a map is made from, why not from the others, and what people should know about the search. */
export interface ScenePlan extends SceneChoice {
  readonly notices: readonly string[];
}

/**
 * Searches and decides which scenes a request is made from; at least one.
 * @throws CropError `job/none-found`; `job/no-scenes` where nothing is left, with the commonest reason
 */
export async function planScenes(request: SceneRequest, series: SeriesPort, signal: AbortSignal): Promise<ScenePlan> {
  const plan = await findScenes(request, series, signal);
  if (plan.chosen.length === 0) throw noScenes(plan.rejected);
  return plan;
}

/**
 * Searches all sources and sorts: which scenes a map would be made from, and why not from the others. May choose none.
 * Scenes of neighbouring UTM zones stay: they are brought onto the window's grid when they are read.
 */
export async function findScenes(request: SceneRequest, series: SeriesPort, signal: AbortSignal): Promise<ScenePlan> {
  const { scenes, notices } = await series.search(
    sourcesOf(request),
    { bbox: gridToBbox(request.grid), range: request.range, ...(request.tiles ? { tiles: request.tiles } : {}) },
    signal,
  );
  const rejected: RejectedScene[] = [];
  const usable = scenes.filter((scene) => {
    const reason = unusable(scene, request);
    if (reason !== null) rejected.push({ scene, reason });
    return reason === null;
  });
  const choice = chooseScenes(usable, { season: request.season, range: request.range });
  const limited = keepClearest(choice.chosen, request.grid, request.maxDates);
  return {
    ...choice,
    chosen: limited.chosen,
    rejected: [...rejected, ...choice.rejected, ...limited.rejected],
    notices,
  };
}

/** Every source of a request, the most wanted first. */
export function sourcesOf({ source, fallbacks = [] }: SceneRequest): readonly CatalogSource[] {
  return [source, ...fallbacks];
}

function unusable(scene: Scene, { excludedScenes, maxCloudPercent }: SceneRequest): string | null {
  if (excludedScenes?.includes(scene.id)) return 'Left out on request.';
  if (maxCloudPercent !== undefined && (scene.cloudPercent ?? 0) > maxCloudPercent) {
    return `Cloudier than the ${maxCloudPercent} % asked for.`;
  }
  return null;
}

function noScenes(rejected: readonly RejectedScene[]): CropError {
  if (rejected.length === 0) return new CropError('job/none-found');
  const counts = new Map<string, number>();
  for (const { reason } of rejected) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const [reason] = [...counts].sort((a, b) => b[1] - a[1])[0]!;
  return new CropError('job/no-scenes', { found: rejected.length, reason });
}
