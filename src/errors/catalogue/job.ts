import type { ErrorEntry } from '../entry';

/** Carrying a request through the stages. */
export const JOB_ERRORS = {
  'job/no-scenes': {
    message: 'No usable scene: {found} found, none left. Commonest reason: {reason}.',
    nextStep: 'Choose a longer window of months, another season, or a source that covers this area.',
  },
} as const satisfies Record<string, ErrorEntry>;
