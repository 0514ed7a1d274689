/**
 * Processing baselines of level 2A that ESA has used, by major number (its table of baselines, 2016 to 2026). Others
 * are placeholders: 99.99 and 00.01 stand for Sen2Cor run outside of ESA's production, with or without an offset.
 */
const USED: Readonly<Record<number, readonly number[]>> = {
  2: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
  3: [0, 1],
  4: [0],
  5: [0, 9, 10, 11, 12],
};

const FIRST_WITH_OFFSET = '04.00';

/** `N0509`, `05.09`, `5.9`, `0509`, `509`, `05.09.00`. */
const DOTTED = /^(\d{1,2})(?:[.,_](\d{1,2}))?(?:[.,_]0{1,2})?$/;
const PACKED = /^(\d{1,2})(\d{2})$/;
const PREFIX = /^(?:BASELINE|PB|N|V)[\s:_-]*/;

/**
 * A processing baseline as `05.09`, from any spelling; null where the text is none that ESA has used.
 * `5.9` is 05.09; `5.1` is 05.10, because there is no 05.01, and so is the number 5.1, which has lost its last zero.
 */
export function parseBaseline(value: string | number): string | null {
  const text = String(value).trim().toUpperCase().replace(PREFIX, '');
  const [, major, minor = '0'] = DOTTED.exec(text) ?? PACKED.exec(text) ?? [];
  if (major === undefined) return null;
  const readings = minor.length === 2 ? [Number(minor)] : [Number(minor), 10 * Number(minor)];
  if (typeof value === 'number') readings.reverse();
  const used = readings.find((reading) => USED[Number(major)]?.includes(reading));
  return used === undefined ? null : `${pad(Number(major))}.${pad(used)}`;
}

/** The baselines in names of ESA: `_N0509_` of a product, `_N05.09` of a data take, datastrip or granule. */
export function baselinesInName(name: string): string[] {
  return [...name.toUpperCase().matchAll(/_(N\d{2}\.?\d{2})(?=_|\.SAFE|$)/g)].map((match) => match[1]!);
}

/** What an item says of its baseline. */
export interface BaselineClaim {
  /** `05.09`; null where nothing says it, or where the item contradicts itself. */
  readonly baseline: string | null;
  /** The spellings that contradict each other; empty where none do. */
  readonly contradiction: readonly string[];
}

/**
 * The one baseline that all claims agree on; the first one where they differ without meaning another offset.
 * @param stated values of fields that hold a baseline; one that ESA never used contradicts another that it did
 * @param versions values of fields that may hold a baseline or the version of any software, which is then passed over
 */
export function agreeOnBaseline(
  stated: readonly (string | number)[],
  versions: readonly (string | number)[],
): BaselineClaim {
  const claims = [
    // A text without a digit ("unknown") claims nothing.
    ...stated.filter((value) => /\d/.test(String(value))),
    ...versions.filter((value) => parseBaseline(value) !== null),
  ].map((value) => ({ value: String(value), baseline: parseBaseline(value) }));
  const offsets = new Set(claims.map(({ baseline }) => (baseline === null ? null : carriesOffset(baseline))));
  if (offsets.size <= 1) return { baseline: claims[0]?.baseline ?? null, contradiction: [] };
  return { baseline: null, contradiction: [...new Set(claims.map(({ value }) => value))] };
}

/** Whether products of a baseline (`05.09`) are made with 1000 added to every DN (ESA, 25 January 2022). */
export function carriesOffset(baseline: string): boolean {
  return baseline >= FIRST_WITH_OFFSET;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
