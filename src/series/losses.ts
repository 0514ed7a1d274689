import type { Scene } from '../catalog';
import type { CropError } from '../errors';
import type { UnreadDate } from './types';

/** Days of a season that a map can do without: what a cloudy week takes, too. More missing ones are an outage. */
const MOST_LOST_SHARE = 0.1;

/** Days lost before any other was dealt with: then nothing says that the rest can be read. */
const MOST_LOST_AT_FIRST = 1;

/** All scenes of one day. */
export interface Day {
  readonly date: string;
  readonly scenes: readonly Scene[];
}

/** Keeps the days that no source delivered, and says when they are too many to go on without. */
export interface Losses {
  /** @param dealtWith days that were read, skipped or found empty so far */
  add(day: Day, error: CropError, dealtWith: number): void;
  /** Whether the run should end. */
  tooMany(): boolean;
  /** Gives all lost days back, to be tried once more. */
  takeAll(): Day[];
  count(): number;
  first(): CropError | null;
  /** By date. */
  unread(): UnreadDate[];
}

/** @param days that the season has */
export function createLosses(days: number): Losses {
  let lost: { readonly day: Day; readonly error: CropError }[] = [];
  let most = MOST_LOST_AT_FIRST;
  return {
    add(day, error, dealtWith) {
      lost.push({ day, error });
      if (dealtWith > 0) most = Math.max(MOST_LOST_AT_FIRST, Math.floor(days * MOST_LOST_SHARE));
    },
    tooMany: () => lost.length > most,
    takeAll() {
      const all = lost.map(({ day }) => day);
      lost = [];
      return all;
    },
    count: () => lost.length,
    first: () => lost[0]?.error ?? null,
    unread: () =>
      lost
        .map(({ day: { date, scenes }, error }) => ({
          date,
          sceneIds: scenes.map(({ id }) => id),
          reason: error.message,
        }))
        .sort((a, b) => a.date.localeCompare(b.date)),
  };
}

/** What people should know of it, in a sentence; null where nothing is missing. */
export function lossNotice(unread: readonly UnreadDate[]): string | null {
  const [first] = unread;
  if (first === undefined) return null;
  const dates = unread.map(({ date }) => date).join(', ');
  const what = unread.length === 1 ? 'A date is missing' : `${unread.length} dates are missing`;
  return `${what} because no source delivered it, also when tried again: ${dates}. ${first.reason} Run again later to add what is missing; the other dates are kept.`;
}
