import { sourceAt, SOURCES, type CatalogSource } from '../../catalog';
import { t } from '../strings';

/** Ids beside those of `SOURCES`: a catalogue by its address, and the scenes that come with the page. */
export const OWN_SOURCE = 'own';
export const SAMPLE_SOURCE = 'sample';

const USUAL_SOURCE = SOURCES[0]!.id;

/** Level 2A under the name that most archives give it. */
const USUAL_COLLECTION = 'sentinel-2-l2a';

/** Where the scenes of the next map come from. */
export class SourceState {
  /** Of `SOURCES`, `OWN_SOURCE` or `SAMPLE_SOURCE`. */
  id = $state(USUAL_SOURCE);
  ownUrl = $state('');
  /** What it is asked for where it turns out to be an API. */
  ownCollection = $state(USUAL_COLLECTION);
  /** Whether other archives are asked for what a known one lacks. */
  fillGaps = $state(true);
  /** The same for one's own catalogue, which may be anything: nothing is mixed into it unasked. */
  fillOwnGaps = $state(false);
  /** Folder of the sample; null where this copy of the page comes without one. */
  sampleUrl = $state.raw<string | null>(null);

  readonly ownUrlValid = $derived(isHttpUrl(this.ownUrl));
  readonly source: CatalogSource | null = $derived.by(() => {
    if (this.id === OWN_SOURCE) return this.#own();
    if (this.id !== SAMPLE_SOURCE) return SOURCES.find(({ id }) => id === this.id)?.source ?? null;
    return this.sampleUrl === null ? null : { kind: 'static', url: this.sampleUrl, title: t.source.sample };
  });

  /** Whether scenes come from an archive of whole tiles, whose size is known. */
  readonly live = $derived(this.id !== SAMPLE_SOURCE && this.id !== OWN_SOURCE);

  readonly #fills = $derived(
    this.live ? this.fillGaps : this.id === OWN_SOURCE && this.ownUrlValid && this.fillOwnGaps,
  );

  /** The other known archives, the most wanted first; none where no gaps are to be filled. */
  readonly fallbacks: readonly CatalogSource[] = $derived(
    this.#fills ? SOURCES.flatMap(({ id, source }) => (source === null || id === this.id ? [] : [source])) : [],
  );

  /** Back to the archive that most maps are made from. */
  chooseUsual(): void {
    this.id = USUAL_SOURCE;
  }

  #own(): CatalogSource | null {
    if (!this.ownUrlValid) return null;
    return sourceAt(withoutSlash(this.ownUrl.trim()), this.ownCollection.trim());
  }
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//.test(text.trim()) && URL.canParse(text.trim());
}

function withoutSlash(url: string): string {
  // A query may end with a slash that belongs to a key.
  return url.includes('?') ? url : url.replace(/\/+$/, '');
}

export const source = new SourceState();
