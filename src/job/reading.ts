/**
 * Most of a window that may be obscured for a date to be read. A date that shows a twentieth of the ground or less
 * tells the network nearly nothing and costs as much as a clear one; what shows more is its attention's to weigh, as
 * the published networks were trained on cloudy dates too.
 */
export const DEFAULT_MAX_CLOUD_SHARE = 0.95;
