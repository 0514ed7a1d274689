import type { ErrorEntry } from '../entry';

/** The threads that stages run in. */
export const WORKER_ERRORS = {
  'workers/failed': {
    message: 'The {worker} worker stopped: {reason}.',
    nextStep: 'Run again, which starts a new one; if it stays, reload the page and close other tabs to free memory.',
  },
} as const satisfies Record<string, ErrorEntry>;
