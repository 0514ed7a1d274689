import type { ErrorEntry } from '../entry';

/** Carrying a request through the stages. */
export const JOB_ERRORS = {
  'job/none-found': {
    message: 'The source has no scene of this area in these months.',
    nextStep: 'Choose a longer window of months, another season, or a source that covers this area.',
  },
  'job/no-scenes': {
    message: 'None of the {found} scenes found can be used. Commonest reason: {reason}',
    nextStep: 'Choose a longer window of months, another season, or a source that covers this area.',
  },
} as const satisfies Record<string, ErrorEntry>;
