import type { ErrorEntry } from '../entry';

export const SERIES_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
