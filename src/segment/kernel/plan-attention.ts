import { EMBEDDING_FORM, SHARES_FORM, WEIGHTS_FORM } from './attention-form';
import { factorValues } from './factor-values';
import { LANES } from './layout';
import type { OnnxConstant } from './onnx';
import { readGraph } from './read-graph';
import { signatureOf } from './signature';

/** What the attention over the dates knows. Matrices are row-major. */
export interface AttentionPlan {
  readonly channels: number;
  readonly heads: number;
  readonly epsilon: number;
  /** [channels], of the norm over the dates. */
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  /** [channels, heads] */
  readonly queries: Float32Array;
  /** Days for each pair of a sine and a cosine. */
  readonly divisors: Float32Array;
  /** [2 x divisors, heads] */
  readonly placeQueries: Float32Array;
  readonly embedding: EmbeddingPlan | null;
  /** Whether the weights are handed on. */
  readonly weights: boolean;
}

export interface EmbeddingPlan {
  /** Channels out. */
  readonly width: number;
  /** [heads x channels, width], from the heads' sums of features, and [heads x 2 x divisors, width], of encodings. */
  readonly ofFeatures: Float32Array;
  readonly ofPlaces: Float32Array;
  /** [heads, channels, 2 x divisors]: the first of two factors of `ofFeatures`, `ofPlaces` being the other; or null. */
  readonly values: Float32Array | null;
  readonly bias: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
}

/** Heads that the kernel works on at once. */
const HEADS_MULTIPLE = 4;

/** Of constants that the kernel has in its code: how far they may lie from what they should be. */
const ROUNDING = 1e-6;

/** An attention stage as our own kernel does it; null where it is of another make, or of sizes that the kernel has not. */
export function planAttention(file: Uint8Array): AttentionPlan | null {
  const graph = readGraph(file);
  if (graph === null) return null;
  const { lines, constants } = signatureOf(graph);
  const { nodes, outputs } = graph;
  const makes = (line: number): string => nodes[line]?.outputs[0] ?? '';
  const isForm = (...form: readonly string[]): boolean => form.join() === lines.join();
  const last = lines.length - 1;
  const shares = isForm(...WEIGHTS_FORM, ...SHARES_FORM);
  const both = isForm(...WEIGHTS_FORM, ...EMBEDDING_FORM, ...SHARES_FORM);
  const vectors = isForm(...WEIGHTS_FORM, ...EMBEDDING_FORM);
  const embeds = both || vectors;
  const expected = [...(embeds ? ['embedding'] : []), ...(vectors ? [] : ['weights'])];
  if (!(shares || both || vectors) || [...outputs].sort().join() !== expected.join()) return null;
  if (embeds && makes(WEIGHTS_FORM.length + EMBEDDING_FORM.length - 1) !== 'embedding') return null;
  if (!vectors && makes(last) !== 'weights') return null;
  return planOf(constants, embeds, !vectors);
}

function planOf(all: readonly OnnxConstant[], embeds: boolean, weights: boolean): AttentionPlan | null {
  const values = (at: number): Float32Array => all[at]?.values ?? new Float32Array();
  const [channels = 0, heads = 0] = all[10]?.shape ?? [];
  const [encoded = 0] = all[11]?.shape ?? [];
  const width = channels / heads;
  const [epsilon] = values(5);
  const gamma = Float32Array.from({ length: channels }, (_, c) => values(6)[Math.floor(c / width) * channels + c]!);
  const isGroup = (at: number, of: number): boolean => Math.floor(at / width) === of;
  const fits =
    heads % HEADS_MULTIPLE === 0 &&
    channels % heads === 0 &&
    channels % LANES === 0 &&
    encoded % LANES === 0 &&
    isSizes(all[0], [1]) &&
    isSizes(all[2], [2]) &&
    isSizes(all[3], [-1, encoded]) &&
    isSizes(all[9], [1]) &&
    isShape(all[1], [encoded / 2]) &&
    isShape(all[8], [channels]) &&
    isShape(all[11], [encoded, heads]) &&
    // These are in the kernel's code: means over the channels of a head, and spreading over them.
    isMatrix(all[4], channels, heads, (row, column) => (isGroup(row, column) ? 1 / width : 0)) &&
    isMatrix(all[6], heads, channels, (row, column) => (isGroup(column, row) ? gamma[column]! : 0)) &&
    isMatrix(all[7], heads, channels, (row, column) => (isGroup(column, row) ? 1 : 0));
  if (!fits || epsilon === undefined) return null;
  const embedding = embeds ? embeddingOf(all, { channels, heads, encoded, epsilon }) : null;
  if (embeds && embedding === null) return null;
  const norm = { channels, heads, epsilon, gamma, beta: values(8) };
  return { ...norm, queries: values(10), divisors: values(1), placeQueries: values(11), embedding, weights };
}

function embeddingOf(
  all: readonly OnnxConstant[],
  { channels, heads, encoded, epsilon }: Record<'channels' | 'heads' | 'encoded' | 'epsilon', number>,
): EmbeddingPlan | null {
  const values = (at: number): Float32Array => all[at]?.values ?? new Float32Array();
  const width = all[17]?.shape[0] ?? 0;
  const group = width / heads;
  const isSame = (row: number, column: number): boolean => Math.floor(row / group) === Math.floor(column / group);
  const fits =
    width % LANES === 0 &&
    width % heads === 0 &&
    isSizes(all[12], [-1, heads * channels]) &&
    isSizes(all[14], [-1, heads * encoded]) &&
    isShape(all[13], [heads * channels, width]) &&
    isShape(all[15], [heads * encoded, width]) &&
    isShape(all[16], [channels, width]) &&
    // A shift is the same for all dates, whose weights add up to 1: it passes through all heads.
    isSumOfHeads(all[16], values(13), heads) &&
    isShape(all[20], [width]) &&
    isShape(all[21], [width]) &&
    values(19)[0] === epsilon &&
    isMatrix(all[18], width, width, (row, column) => (isSame(row, column) ? 1 / group : 0));
  if (!fits) return null;
  const [ofFeatures, ofPlaces] = [values(13), values(15)];
  const factors = factorValues({ heads, channels, encoded, width, ofFeatures, ofPlaces });
  return { width, ofFeatures, ofPlaces, values: factors, bias: values(17), gamma: values(20), beta: values(21) };
}

function isSizes(constant: OnnxConstant | undefined, sizes: readonly number[]): boolean {
  return constant?.integers?.join() === sizes.join();
}

function isShape(constant: OnnxConstant | undefined, shape: readonly number[]): boolean {
  return Boolean(constant?.values) && constant?.shape.join() === shape.join();
}

function isMatrix(
  constant: OnnxConstant | undefined,
  rows: number,
  columns: number,
  expected: (row: number, column: number) => number,
): boolean {
  if (!isShape(constant, [rows, columns])) return false;
  const close = (value: number, at: number): boolean =>
    Math.abs(value - expected(Math.floor(at / columns), at % columns)) <= ROUNDING;
  return constant!.values!.every(close);
}

/** Whether a matrix is the sum of those of all heads, which lie one behind the other. */
function isSumOfHeads(constant: OnnxConstant | undefined, ofHeads: Float32Array, heads: number): boolean {
  const size = ofHeads.length / heads;
  return Boolean(
    constant?.values?.every((value, at) => {
      let sum = 0;
      let spread = 1;
      for (let head = 0; head < heads; head += 1) {
        sum += ofHeads[head * size + at]!;
        spread += Math.abs(ofHeads[head * size + at]!);
      }
      return Math.abs(value - sum) <= ROUNDING * spread;
    }),
  );
}
