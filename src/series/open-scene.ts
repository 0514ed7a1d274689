import type { Scene } from '../catalog';
import { CropError, isCropError } from '../errors';
import { createHeaderCache } from '../raster';
import type { ReadContext } from './scene-asset';
import { readClasses, type SceneClasses } from './scene-classes';
import { readBands, type SceneBands } from './scene-reader';
import type { SourceHealth } from './source-health';

/** A scene whose classification over the window has been read. */
export interface OpenScene extends SceneClasses {
  readonly scene: Scene;
  /** The same acquisition elsewhere, not tried yet. */
  readonly others: readonly Scene[];
}

/**
 * Reads the classification of an acquisition from the first source that delivers it.
 * @throws CropError `series/scene-unreadable` naming the scene, with the first failure as cause
 */
export function openScene(scene: Scene, context: ReadContext, health: SourceHealth): Promise<OpenScene> {
  return firstThatDelivers(health.order(scene), context, health, async (candidate, others, inner) => ({
    ...(await readClasses(candidate, inner)),
    ...{ scene: candidate, others },
  }));
}

/**
 * Reads the bands of an opened scene. Where they fail, the acquisition is read whole from the next source, its own
 * classification too.
 * @throws CropError `series/scene-unreadable`
 */
export function readOpened(
  opened: OpenScene,
  context: ReadContext,
  health: SourceHealth,
): Promise<SceneBands & Pick<OpenScene, 'scene'>> {
  const candidates = [opened.scene, ...opened.others];
  return firstThatDelivers(candidates, context, health, async (scene, _, inner) => {
    const classes = scene === opened.scene ? opened : await readClasses(scene, inner);
    return { scene, ...(await readBands(scene, classes, inner)) };
  });
}

async function firstThatDelivers<T>(
  candidates: readonly Scene[],
  context: ReadContext,
  health: SourceHealth,
  read: (scene: Scene, others: readonly Scene[], context: ReadContext) => Promise<T>,
): Promise<T> {
  let failure: CropError | null = null;
  for (const [index, scene] of candidates.entries()) {
    const others = candidates.slice(index + 1);
    try {
      const result = await unlessChanged(context, (inner) => read(scene, others, inner));
      health.delivered(scene);
      return result;
    } catch (error) {
      // A cancelled run and a fault of the program are no fault of the scene.
      if (context.signal.aborted || !isCropError(error)) throw error;
      if (others.length > 0) health.failed(scene, error.message);
      failure ??= unreadable(scene, error);
    }
  }
  throw failure!;
}

/** A file that was replaced while it was read is read again from its header on, once. */
async function unlessChanged<T>(context: ReadContext, read: (context: ReadContext) => Promise<T>): Promise<T> {
  try {
    return await read(context);
  } catch (error) {
    if (!isCropError(error, 'net/file-changed')) throw error;
    return read({ ...context, headers: createHeaderCache() });
  }
}

function unreadable({ id, date }: Scene, error: CropError): CropError {
  return new CropError('series/scene-unreadable', { scene: id, date, reason: error.message }, error);
}
