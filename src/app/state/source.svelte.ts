import { type CatalogSource, EARTH_SEARCH, PLANETARY_COMPUTER } from '../../catalog';
import { t } from '../strings';

export type SourceKind = 'earth-search' | 'static' | 'sample';

/** Where the scenes of the next map come from. */
export class SourceState {
  kind = $state<SourceKind>('earth-search');
  staticUrl = $state('');
  /** Folder of the sample; null where this copy of the page comes without one. */
  sampleUrl = $state.raw<string | null>(null);

  /** Sources for what the chosen one lacks or cannot deliver. */
  readonly fallbacks: readonly CatalogSource[] = $derived(this.kind === 'earth-search' ? [PLANETARY_COMPUTER] : []);

  readonly staticValid = $derived(isHttpUrl(this.staticUrl));
  readonly source: CatalogSource | null = $derived.by(() => {
    switch (this.kind) {
      case 'earth-search':
        return EARTH_SEARCH;
      case 'static':
        return this.staticValid
          ? { kind: 'static', url: withoutSlash(this.staticUrl.trim()), title: t.source.static }
          : null;
      case 'sample':
        return this.sampleUrl === null ? null : { kind: 'static', url: this.sampleUrl, title: t.source.sample };
    }
  });
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//.test(text.trim()) && URL.canParse(text.trim());
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

export const source = new SourceState();
