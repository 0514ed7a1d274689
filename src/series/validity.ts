import { isObscured, NO_DATA } from './clarity';
import { growZeros } from './grow';
import type { TileRect } from './pixel-store';
import type { InputSpec, InputValidity, TimeSeries } from './types';

/** What networks want whose card says nothing: what the predecessor did. */
export const DEFAULT_VALIDITY: InputValidity = { use: 'none', counts: 'seen', growPixels: 0, leastShare: 0 };

/** A patch is made of this many dates at least, where there are as many, however little they show of it. */
export const FEWEST_DATES = 4;

/** Whether dates that show too little of a patch would have been taken nevertheless, had it been cut from all of them. */
export function isThin({ validity }: Pick<InputSpec, 'validity'>, taken: number, all: number): boolean {
  return (validity ?? DEFAULT_VALIDITY).leastShare > 0 && taken < Math.min(FEWEST_DATES, all);
}

/** Whether what a network gets of a date depends on the other dates, so that no date can be encoded before all are read. */
export function needsWholeSeries({ validity }: Pick<InputSpec, 'validity'>): boolean {
  return validity?.use === 'fill';
}

/** A date of a patch and which of its pixels are valid, [rows, columns]; null where all are. */
export interface PatchDate {
  readonly date: string;
  readonly day: number;
  readonly valid: Uint8Array<ArrayBuffer> | null;
}

/**
 * The dates that a patch is made of, in the order given, with their valid pixels: without those that have no data in it
 * and those of which less than the least share is valid. Where fewer than `fewest` are left, the fullest are taken.
 */
export async function patchDates(
  { grid, pixels }: Pick<TimeSeries, 'grid' | 'pixels'>,
  dates: readonly Pick<PatchDate, 'date' | 'day'>[],
  rect: TileRect,
  validity: InputValidity,
  fewest: number,
  signal: AbortSignal,
): Promise<PatchDate[]> {
  const size = rect.rows * rect.columns;
  const found: (PatchDate & { readonly share: number })[] = [];
  for (const { date, day } of dates) {
    signal.throwIfAborted();
    const rim = withRim(rect, validity.growPixels, grid);
    const scl = await pixels.classes(date, rim);
    const map = cut(growZeros(validOf(scl, validity), rim.columns, validity.growPixels), rim, rect);
    const valid = map.reduce((sum, one) => sum + one, 0);
    if (valid === 0 && cut(scl, rim, rect).every((code) => code === NO_DATA)) continue;
    found.push({ date, day, valid: valid === size ? null : map, share: valid / size });
  }
  const enough = found.filter(({ share }) => share >= validity.leastShare);
  if (enough.length >= Math.min(fewest, found.length)) return enough;
  const fullest = new Set([...found].sort((a, b) => b.share - a.share).slice(0, fewest));
  return found.filter((one) => fullest.has(one));
}

function validOf(scl: Uint8Array, { counts }: InputValidity): Uint8Array<ArrayBuffer> {
  const valid = new Uint8Array(scl.length);
  for (let pixel = 0; pixel < scl.length; pixel++) {
    const code = scl[pixel]!;
    if (code !== NO_DATA && !(counts === 'clear' && isObscured(code))) valid[pixel] = 1;
  }
  return valid;
}

/** A rectangle and its surroundings as far as the window has some, so that neighbouring patches agree where they meet. */
function withRim(
  { column, row, columns, rows }: TileRect,
  rim: number,
  grid: { readonly columns: number; readonly rows: number },
): TileRect {
  const left = Math.max(0, column - rim);
  const top = Math.max(0, row - rim);
  const right = Math.min(grid.columns, column + columns + rim);
  const bottom = Math.min(grid.rows, row + rows + rim);
  return { column: left, row: top, columns: right - left, rows: bottom - top };
}

/** A rectangle out of a larger one that holds it. */
function cut(whole: Uint8Array<ArrayBuffer>, from: TileRect, rect: TileRect): Uint8Array<ArrayBuffer> {
  if (from.columns === rect.columns && from.rows === rect.rows) return whole;
  const part = new Uint8Array(rect.columns * rect.rows);
  for (let row = 0; row < rect.rows; row++) {
    const at = (rect.row - from.row + row) * from.columns + rect.column - from.column;
    part.set(whole.subarray(at, at + rect.columns), row * rect.columns);
  }
  return part;
}
