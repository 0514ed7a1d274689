import type { ErrorEntry } from '../entry';

export const STORE_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
