import { decideOffset, type OffsetDecision, type Scene } from '../src/catalog';
import { redactData } from '../src/errors';
import { findScenes, type ScenePlan, type SceneRequest } from '../src/job';
import { createSeriesPort } from '../src/series';
import { cacheOf, throughCache } from './cache';
import type { OptionValues } from './parse';
import { sceneRequest } from './request';
import { table } from './table';
import type { CommandContext } from './terminal';
import { createNodeTransport } from './transport';

interface ChosenScene {
  readonly scene: Scene;
  readonly offset: OffsetDecision;
}

/** `crop2seg search`: which scenes a map would be made from, and why not from the others. */
export async function search(values: OptionValues, context: CommandContext): Promise<void> {
  const { terminal, signal, json } = context;
  const cache = await cacheOf(values, terminal.workingFolder);
  const transport = throughCache(createNodeTransport(), cache);
  const request = await sceneRequest(values, 'search', context, transport);
  const choice = await findScenes(request, createSeriesPort(transport), signal);
  await cache?.settled();
  for (const { message, nextStep } of cache?.notices() ?? []) terminal.err(`${message} ${nextStep}\n`);
  const chosen = await Promise.all(
    choice.chosen.map(async (scene) => ({ scene, offset: await offsetOf(scene, signal) })),
  );
  terminal.out(
    json ? `${JSON.stringify(redactData(answer(request, chosen, choice)))}\n` : listing(request, chosen, choice),
  );
}

/** From the catalogue alone: looking at dark pixels would mean reading bands of every scene. */
function offsetOf(scene: Scene, signal: AbortSignal): Promise<OffsetDecision> {
  return decideOffset(scene, async () => null, { signal });
}

function answer(
  { title, grid, season, range, source, fallbacks = [] }: SceneRequest,
  chosen: readonly ChosenScene[],
  { rejected, relaxed, notices }: ScenePlan,
): unknown {
  return {
    title,
    grid,
    season,
    range,
    source,
    fallbacks,
    notices,
    relaxedCloudLimits: relaxed,
    chosen: chosen.map(({ scene, offset }) => ({
      ...facts(scene),
      source: scene.source,
      offset,
      assets: scene.assets,
      alternatives: (scene.alternatives ?? []).map(({ id, source: from }) => ({ id, source: from })),
    })),
    rejected: rejected.map(({ scene, reason }) => ({ ...facts(scene), reason })),
  };
}

function facts({ id, date, datetime, tile, platform, cloudPercent, simulated }: Scene): Partial<Scene> {
  return { id, date, datetime, tile, platform, cloudPercent, simulated };
}

function listing(
  { title, season, range, source }: SceneRequest,
  chosen: readonly ChosenScene[],
  { rejected, relaxed, notices }: ScenePlan,
): string {
  return [
    `${title}, season ${season}, ${range.from} to ${range.to}, from ${source.title}`,
    ...notices,
    ...(relaxed ? ['Too few clear scenes: the looser cloud limits were taken.'] : []),
    '',
    `Chosen: ${chosen.length}`,
    table(
      ['scene', 'date', 'cloud %', 'offset'],
      chosen.map(({ scene, offset }) => [scene.id, scene.date, cloud(scene), `${offset.addDn} (${offset.rule})`]),
    ),
    '',
    `Left out: ${rejected.length}`,
    ...rejected.map(({ scene, reason }) => `${scene.id}  ${cloud(scene)} % cloud: ${reason}`),
    '',
  ].join('\n');
}

function cloud({ cloudPercent }: Scene): string {
  return cloudPercent === null ? '?' : cloudPercent.toFixed(0);
}
