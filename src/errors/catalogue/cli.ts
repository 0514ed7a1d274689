import type { ErrorEntry } from '../entry';

export const CLI_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
