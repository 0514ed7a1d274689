import type { ErrorEntry } from '../entry';

/** Catalogues of scenes: their form, their pages, and what is asked of them. */
export const CATALOG_ERRORS = {
  'catalog/not-stac': {
    message: 'There is no STAC catalogue at {url}: {reason}.',
    nextStep:
      'Give the root address of a STAC API, or the folder of a static STAC catalogue (items.json, collection.json or catalog.json).',
  },
  'catalog/empty': {
    message: 'The catalogue at {url} lists no scenes at all.',
    nextStep: 'Choose another source; a folder needs its items in items.json or as links in collection.json.',
  },
  'catalog/unusable': {
    message: 'None of the {count} items of {url} is a Sentinel-2 scene that can be read; the first one {reason}.',
    nextStep: 'Choose a catalogue with Sentinel-2 L2A as cloud-optimised GeoTIFF, such as Earth Search.',
  },
  'catalog/paging': {
    message: 'The catalogue at {url} cannot be read to its end: {reason}.',
    nextStep: 'Run again; if it stays, choose another source or fewer months.',
  },
  'catalog/no-token': {
    message: 'No access token for {host}: the answer of {url} is not one.',
    nextStep: 'Run again in a few minutes; if it stays, choose another source.',
  },
  'catalog/bad-months': {
    message: 'The months "{months}" cannot be used: {reason}.',
    nextStep: 'Give months of the season such as 3-9, or 9p-10 to begin in September of the year before.',
  },
  'catalog/bad-season': {
    message: 'There is no season {season}.',
    nextStep: 'Give a year from {first} on; season 2019 goes from September 2018 to October 2019.',
  },
  'catalog/bad-range': {
    message: '{from} to {to} is not a range of days.',
    nextStep: 'Give the first and the last day as YYYY-MM-DD, the earlier one first.',
  },
} as const satisfies Record<string, ErrorEntry>;
