import type { Scene } from './types';

/** Ascending by sensing time, then by id. */
export function byTime(a: Scene, b: Scene): number {
  return a.datetime.localeCompare(b.datetime) || a.id.localeCompare(b.id);
}
