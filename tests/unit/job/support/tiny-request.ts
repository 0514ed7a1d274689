import type { CatalogSource } from '../../../../src/catalog';
import type { JobRequest } from '../../../../src/job';
import { TINY_GRID } from '../../../support/tiny-scene';

export const SOURCE: CatalogSource = { kind: 'static', url: 'https://scenes.test', title: 'Test scenes' };

/** The map of the tiny window by the tiny model. */
export const REQUEST: JobRequest = {
  grid: TINY_GRID,
  title: 'Area 80 x 60 m',
  season: 2019,
  range: { from: '2019-03-01', to: '2019-09-30' },
  source: SOURCE,
  modelUrl: 'https://models.test/tiny',
};
