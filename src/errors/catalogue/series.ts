import type { ErrorEntry } from '../entry';

/** Reading a season over a window. */
export const SERIES_ERRORS = {
  'series/scene-unreadable': {
    message: 'The scene of {date} ({scene}) could not be read: {reason}',
    nextStep: 'Run again without this date, or run again later if the server had a bad moment.',
  },
  'series/missing-asset': {
    message: 'Scene {scene} has no file for {band}.',
    nextStep: 'Run again without this date, or choose another source.',
  },
  'series/no-data': {
    message: 'None of the {dates} dates has data in this area.',
    nextStep: 'Choose other months or another source; the area may lie outside the swath.',
  },
  'series/all-obscured': {
    message:
      'Too little ground is seen: {skipped} of {dates} dates are too cloudy over the area itself, the others empty.',
    nextStep: 'Allow more cloud over the area, or choose a longer window of months.',
  },
  'series/not-built': {
    message: 'A tile was asked for before the time series was read.',
    nextStep: 'This is a fault of the program; reload the page and report it.',
  },
} as const satisfies Record<string, ErrorEntry>;
