import type { ErrorEntry } from '../entry';

export const RASTER_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
