import type { ErrorEntry } from '../entry';

/** Carrying a request through the stages. */
export const JOB_ERRORS = {
  'job/none-found': {
    message: 'The source has no scene of this area in these months.',
    nextStep: 'Choose a longer window of months, another season, or a source that covers this area.',
  },
  'job/nothing-until': {
    message: 'No date of the map is as early as {until}.',
    nextStep: 'Choose a later day.',
  },
  'job/model-changed': {
    message: 'The model has been replaced since the map was made.',
    nextStep: 'Make the map again; it can then be drawn for any of its days.',
  },
  'job/dates-gone': {
    message: 'Dates of the map could not be read again: {dates}.',
    nextStep: 'Check the connection and try again, or make the map anew from what the source has now.',
  },
  'job/no-scenes': {
    message: 'None of the {found} scenes found can be used. Commonest reason: {reason}',
    nextStep: 'Choose a longer window of months, another season, or a source that covers this area.',
  },
} as const satisfies Record<string, ErrorEntry>;
