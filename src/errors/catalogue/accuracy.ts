import type { ErrorEntry } from '../entry';

/** Judging a map against labels. */
export const ACCURACY_ERRORS = {
  'accuracy/different-lengths': {
    message: 'The map has {predicted} pixels, the labels have {truth}.',
    nextStep: 'Make the map on the grid of the labels (in the terminal: map --like labels.tif), then evaluate again.',
  },
  'accuracy/no-codes': {
    message: 'The {layer} hold the value {value}, which is no class code: codes are whole numbers.',
    nextStep: 'Give class codes 0 to 13; 14, 255 and what the file calls no data are not counted.',
  },
  'accuracy/unknown-label': {
    message: 'The labels hold code {code} in {pixels} pixels, which is no class of the nomenclature.',
    nextStep: 'Recode the labels to 0 to 13, with 14 or 255 for pixels that must not count.',
  },
} as const satisfies Record<string, ErrorEntry>;
