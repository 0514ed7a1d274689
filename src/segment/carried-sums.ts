/** A sum that the stage `aggregate` takes with one date and hands on to the next. */
export interface CarriedSum {
  /** Its name among the inputs, and among the outputs, as which the decoder takes it too. */
  readonly input: string;
  readonly output: string;
  readonly shape: readonly number[];
}

/** Outputs of the encoder that are added up over the dates: `skip0` at full resolution, `skip1` at half of it, ... */
const SKIP = /^skip(\d+)$/;

/** Levels of the maps among an encoder's outputs, in the order of these. */
export function levelsOf(tensors: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(tensors).flatMap((name) => SKIP.exec(name)?.[1] ?? []);
}

/**
 * The sums of a date's maps, [1, channels, rows, columns]; of a network that masks the sums of the weights of valid
 * pixels, too, [1, heads, rows, columns].
 */
export function carriedSums(
  tensors: Readonly<Record<string, { readonly shape: readonly number[] }>>,
  heads: number,
  masks: boolean,
): CarriedSum[] {
  return levelsOf(tensors).flatMap((level) => {
    const { shape } = tensors[`skip${level}`]!;
    const ofMap = { input: `sum${level}`, output: `total${level}`, shape };
    const ofWeights = [1, heads, ...shape.slice(2)];
    return masks ? [ofMap, { input: `weightsum${level}`, output: `weighttotal${level}`, shape: ofWeights }] : [ofMap];
  });
}

/** Where a sum begins. */
export function emptySum(shape: readonly number[]): { readonly data: Float32Array; readonly shape: readonly number[] } {
  return { data: new Float32Array(shape.reduce((size, length) => size * length, 1)), shape };
}
