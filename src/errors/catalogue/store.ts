import type { ErrorEntry } from '../entry';

/** Keeping finished work and what was read for it. */
export const STORE_ERRORS = {
  'store/not-saved': {
    message: 'The browser has no room for {megabytes} MB; the map is shown but will be gone after a reload.',
    nextStep: 'Download what you need now, or delete older maps and run again.',
  },
  'store/missing': {
    message: 'The kept map {id} is gone; the browser may have cleared its storage.',
    nextStep: 'Make the map again.',
  },
  'store/no-room': {
    message: 'There is no room left on this device for what was read.',
    nextStep: 'The run goes on. Free some disk space or delete kept data, or the same bytes are read again next time.',
  },
  'store/cache-failed': {
    message: 'What was read cannot be kept: {reason}.',
    nextStep: 'The run goes on. Next time the same bytes are read again; closing other tabs of this page may help.',
  },
  'store/old-answer': {
    message: '{host} gives no answer; what it said on {date} is used.',
    nextStep: 'Scenes that were added since are missing. Run again when the connection is back.',
  },
} as const satisfies Record<string, ErrorEntry>;
