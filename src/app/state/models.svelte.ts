import { isAbort, isCropError } from '../../errors';
import { listModels, type ModelEntry } from '../lib/model-list';

type Lister = (baseUrl: string, signal: AbortSignal) => Promise<ModelEntry[]>;

/** The models this page can load and the one chosen. */
export class ModelsState {
  status = $state<'loading' | 'ready' | 'failed'>('loading');
  /** Why the list could not be read, where more is known than that. */
  problem = $state<string | null>(null);
  entries = $state.raw<readonly ModelEntry[]>([]);
  selectedUrl = $state('');

  readonly selected: ModelEntry | null = $derived(
    this.entries.find(({ url }) => url === this.selectedUrl) ?? this.entries[0] ?? null,
  );

  readonly #list: Lister;

  constructor(list: Lister = listModels) {
    this.#list = list;
  }

  /** Reads the list again; the choice stays where its model is still there. */
  async load(baseUrl: string, signal: AbortSignal): Promise<void> {
    this.status = 'loading';
    this.problem = null;
    try {
      this.entries = await this.#list(baseUrl, signal);
      this.status = 'ready';
    } catch (error) {
      if (isAbort(error)) return;
      this.problem = isCropError(error) ? error.message : null;
      this.status = 'failed';
    }
  }
}

export const models = new ModelsState();
