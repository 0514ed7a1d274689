import type { CatalogSource } from '../../catalog';
import { t } from '../strings';

export type SourceKind = 'earth-search' | 'static' | 'sample';

/** Where the scenes of the next map come from. */
export class SourceState {
  kind = $state<SourceKind>('earth-search');
  staticUrl = $state('');
  /** Folder of the sample; null where this copy of the page comes without one. */
  sampleUrl = $state.raw<string | null>(null);

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

/** The public archive, its older collection first: the newer one has holes before 2023 (facts, sentinel2-io 1.2). */
const EARTH_SEARCH: CatalogSource = {
  kind: 'api',
  url: 'https://earth-search.aws.element84.com/v1',
  collections: ['sentinel-2-l2a'],
  title: t.source.earthSearch,
};

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//.test(text.trim()) && URL.canParse(text.trim());
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

export const source = new SourceState();
