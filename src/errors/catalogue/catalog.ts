import type { ErrorEntry } from '../entry';

export const CATALOG_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
