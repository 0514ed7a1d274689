import type { ErrorEntry } from '../entry';

/** Keeping finished work in the browser. */
export const STORE_ERRORS = {
  'store/not-saved': {
    message: 'The browser has no room for {megabytes} MB; the map is shown but will be gone after a reload.',
    nextStep: 'Download what you need now, or delete older maps and run again.',
  },
  'store/missing': {
    message: 'The kept map {id} is gone; the browser may have cleared its storage.',
    nextStep: 'Make the map again.',
  },
} as const satisfies Record<string, ErrorEntry>;
