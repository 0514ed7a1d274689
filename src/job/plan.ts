import { chooseScenes, type RejectedScene, type Scene, type SceneChoice } from '../catalog';
import { CropError } from '../errors';
import { gridToBbox } from '../geo';
import type { SeriesPort } from '../series';
import type { JobRequest } from './types';

/**
 * Searches and decides which scenes a request is made from.
 * Scenes of another CRS than the window's cannot be read onto its grid yet and are rejected with that reason.
 * @throws CropError `job/no-scenes` where nothing is left, with the commonest reason
 */
export async function planScenes(request: JobRequest, series: SeriesPort, signal: AbortSignal): Promise<SceneChoice> {
  const found = await series.search(
    request.source,
    { bbox: gridToBbox(request.grid), range: request.range, ...(request.tiles ? { tiles: request.tiles } : {}) },
    signal,
  );
  const rejected: RejectedScene[] = [];
  const usable = found.filter((scene) => {
    const reason = unusable(scene, request);
    if (reason !== null) rejected.push({ scene, reason });
    return reason === null;
  });
  const choice = chooseScenes(usable, { season: request.season, range: request.range });
  const all = [...rejected, ...choice.rejected];
  if (choice.chosen.length === 0) throw noScenes(found.length, all);
  return { ...choice, rejected: all };
}

function unusable(scene: Scene, request: JobRequest): string | null {
  if (request.excludedScenes?.includes(scene.id)) return 'left out on request';
  if (scene.epsg !== null && scene.epsg !== request.grid.epsg) {
    return `lies in EPSG:${scene.epsg}, the area is mapped in EPSG:${request.grid.epsg}`;
  }
  return null;
}

function noScenes(found: number, rejected: readonly RejectedScene[]): CropError {
  const counts = new Map<string, number>();
  for (const { reason } of rejected) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const [commonest] = [...counts].sort((a, b) => b[1] - a[1]);
  return new CropError('job/no-scenes', { found, reason: commonest?.[0] ?? 'the catalogue has none here' });
}
