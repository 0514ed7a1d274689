import * as v from 'valibot';
import { parseCard, type ModelCard, type Precision } from '../../segment';
import { fetchJson } from './fetch-json';

/** A model that this copy of the page can load. */
export interface ModelEntry {
  /** Absolute URL of the model folder, without a slash at the end. */
  readonly url: string;
  readonly card: ModelCard;
}

/** What a browser loads of a model; the card may list more precisions. */
const LOADED_PRECISION: Precision = 'fp32';

const listSchema = v.array(v.string());

/**
 * Reads `models/index.json` beside the page and the card of each model it names. Names without a card are left out.
 * @throws CropError `segment/bad-card`, TypeError where the host does not answer, or the signal's reason
 */
export async function listModels(baseUrl: string, signal: AbortSignal): Promise<ModelEntry[]> {
  const root = new URL('./models', baseUrl).href;
  const names = v.safeParse(listSchema, await fetchJson(`${root}/index.json`, signal));
  if (!names.success) return [];
  const entries = await Promise.all(
    names.output.map(async (name): Promise<ModelEntry | null> => {
      const url = `${root}/${name}`;
      const card = await fetchJson(`${url}/model.json`, signal);
      return card === null ? null : { url, card: parseCard(JSON.stringify(card), url) };
    }),
  );
  return entries.filter((entry) => entry !== null);
}

/** Bytes of the graphs that are loaded before the first map. */
export function bytesToLoad(card: ModelCard): number {
  return Object.values(card.stages).reduce((sum, stage) => sum + (stage.files[LOADED_PRECISION]?.bytes ?? 0), 0);
}
