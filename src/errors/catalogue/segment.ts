import type { ErrorEntry } from '../entry';

export const SEGMENT_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
