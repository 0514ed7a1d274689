import type { CatalogSource } from './types';

/** Earth Search v1 of Element 84: free, no account, readable from browsers (CORS `*`). */
export const EARTH_SEARCH: CatalogSource = {
  kind: 'api',
  url: 'https://earth-search.aws.element84.com/v1',
  // The reprocessed sentinel-2-c1-l2a has holes before 2018 and in 2022 (0.3 of 4 million items).
  collections: ['sentinel-2-l2a'],
  title: 'Earth Search (Sentinel-2 on AWS)',
};
