import type { ErrorEntry } from '../entry';

export const JOB_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
