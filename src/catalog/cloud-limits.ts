/** Highest cloud cover of a scene, percent, by month of the season. */
export interface CloudLimit {
  readonly month: string;
  readonly strict: number;
  /** Taken for the whole window where the strict limits leave too few dates. */
  readonly relaxed: number;
}

/** The predecessor's two tables (reference spec, section 1.4), month 0 to 13 of a season. */
export const CLOUD_LIMITS: readonly CloudLimit[] = [
  { month: 'September of the year before', strict: 65, relaxed: 85 },
  { month: 'October of the year before', strict: 65, relaxed: 85 },
  { month: 'November of the year before', strict: 65, relaxed: 65 },
  { month: 'December of the year before', strict: 65, relaxed: 65 },
  { month: 'January', strict: 65, relaxed: 65 },
  { month: 'February', strict: 45, relaxed: 65 },
  { month: 'March', strict: 65, relaxed: 65 },
  { month: 'April', strict: 65, relaxed: 75 },
  { month: 'May', strict: 65, relaxed: 75 },
  { month: 'June', strict: 65, relaxed: 85 },
  { month: 'July', strict: 65, relaxed: 85 },
  { month: 'August', strict: 65, relaxed: 85 },
  { month: 'September', strict: 45, relaxed: 85 },
  { month: 'October', strict: 45, relaxed: 85 },
];

/** Highest share of snow and ice, percent (reference spec, section 1.4). */
export const MAX_SNOW_PERCENT = 40;

/**
 * Highest share of a tile without data, percent. Beyond it only a corner of the swath is left; that it holds the
 * window is unlikely, and finding out costs a request per scene.
 */
export const MAX_NODATA_PERCENT = 98;
