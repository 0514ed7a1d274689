import { isCropError } from '../errors';
import { mergeScenes, type RankedScene } from './merge';
import type { ReadOptions } from './page';
import { searchScenes } from './search';
import type { CatalogSource, Scene, SceneQuery } from './types';

/** What several sources know together. */
export interface SceneSearch {
  /** Ascending by time; an acquisition that several sources have stands once, with the others as alternatives. */
  readonly scenes: readonly Scene[];
  /** Sentences for people: sources that did not answer or not in full, items that could not be used. */
  readonly notices: readonly string[];
}

type Answer = { readonly scenes: readonly Scene[] } | { readonly error: Error };

/**
 * Asks all sources at once and merges what they find, earlier sources (and, in a source, earlier collections) being
 * preferred. A source that fails is asked once more when the others are done, then left out with a notice; the next
 * search asks it again.
 * @param sources the most wanted first
 * @throws the first source's error where none answers; `catalog/bad-range`, `geo/bad-bbox`; the signal's reason
 */
export async function searchSources(
  sources: readonly CatalogSource[],
  query: SceneQuery,
  options: ReadOptions,
): Promise<SceneSearch> {
  const notices: string[] = [];
  const ask = async (source: CatalogSource): Promise<Answer> => {
    try {
      const onSkipped = (items: readonly unknown[]): void => {
        notices.push(`${source.title}: ${items.length} items could not be used.`);
      };
      const onNotice = (notice: string): void => void notices.push(`${source.title}: ${notice}`);
      return { scenes: await searchScenes(source, query, { ...options, onSkipped, onNotice }) };
    } catch (error) {
      options.signal.throwIfAborted();
      // Faults of the program are no fault of a source.
      if (!isCropError(error)) throw error;
      return { error };
    }
  };
  const answers = await Promise.all(sources.map(ask));
  if (answers.some((answer) => 'scenes' in answer)) {
    for (const [index, answer] of answers.entries()) {
      if ('error' in answer) answers[index] = await ask(sources[index]!);
    }
  }
  const ranked: RankedScene[] = [];
  let failure: Error | null = null;
  answers.forEach((answer, index) => {
    const source = sources[index]!;
    if ('scenes' in answer) ranked.push(...answer.scenes.map((scene) => rank(scene, source, index)));
    else {
      failure ??= answer.error;
      notices.push(`${source.title} was left out: ${answer.error.message}`);
    }
  });
  if (failure !== null && answers.every((answer) => 'error' in answer)) throw failure as Error;
  const scenes = mergeScenes(ranked);
  notices.push(...baselineNotice(scenes));
  return { scenes, notices: [...new Set(notices)] };
}

/** Tells of scenes whose items contradict themselves, the first one by name. */
function baselineNotice(scenes: readonly Scene[]): string[] {
  const [first, ...others] = scenes.filter(({ contradictingBaselines }) => contradictingBaselines !== undefined);
  if (first === undefined) return [];
  const names = first.contradictingBaselines!.join(' and ');
  const more = others.length === 0 ? '' : `, and ${others.length} more like it`;
  return [
    `${first.id} names two processing baselines (${names})${more}: the pixels decide whether the offset is in them.`,
  ];
}

/** Sources in their order, and within one its collections: the fraction tells these apart. */
function rank(scene: Scene, source: CatalogSource, index: number): RankedScene {
  const collections = source.collections ?? [];
  const place = Math.max(0, collections.indexOf(scene.collection)) / (collections.length + 1);
  return { scene: { ...scene, source: source.title }, rank: index + place };
}
