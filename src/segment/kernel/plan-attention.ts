import { attentionForm, type AttentionKind } from './attention-form';
import { isMatrix, isShape, isSizes, ROUNDING } from './constants';
import { factorValues } from './factor-values';
import { type FormMatch, matchForm } from './form';
import { LANES } from './layout';
import type { OnnxConstant, OnnxGraph } from './onnx';
import { readGraph } from './read-graph';

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

/** Taken from a score, it leaves nothing of a weight: scores lie within some hundreds. */
const LEAST_PENALTY = 1e4;

const KINDS: readonly AttentionKind[] = [false, true].flatMap((masks) => [
  { masks, embeds: true, weighs: false },
  { masks, embeds: false, weighs: true },
  { masks, embeds: true, weighs: true },
]);

/** An attention stage as our own kernel does it; null where it is of another make, or of sizes that the kernel has not. */
export function planAttention(file: Uint8Array): AttentionPlan | null {
  const graph = readGraph(file);
  if (graph === null) return null;
  const aliases = Object.fromEntries(graph.inputs.map(({ name }) => [name, name]));
  for (const kind of KINDS) {
    const form = attentionForm(kind);
    const match = form.length === graph.nodes.length ? matchForm(graph, 0, form, aliases) : null;
    if (match !== null) return hasOutputs(graph, kind, match) ? planOf(match.constants, kind) : null;
  }
  return null;
}

/** Whether a graph hands on what it has found, under the names that the engine knows it by. */
function hasOutputs({ outputs }: OnnxGraph, { masks, embeds, weighs }: AttentionKind, { makes }: FormMatch): boolean {
  const vectors = attentionForm({ masks, embeds, weighs: false }).length - 1;
  const expected = [...(embeds ? ['embedding'] : []), ...(weighs ? ['weights'] : [])];
  return (
    [...outputs].sort().join() === expected.join() &&
    (!embeds || makes[vectors] === 'embedding') &&
    (!weighs || makes.at(-1) === 'weights')
  );
}

type Constants = ReadonlyMap<string, OnnxConstant>;

function planOf(constants: Constants, { masks, embeds, weighs }: AttentionKind): AttentionPlan | null {
  const values = (name: string): Float32Array => constants.get(name)?.values ?? new Float32Array();
  const [channels = 0, heads = 0] = constants.get('queries')?.shape ?? [];
  const [encoded = 0] = constants.get('placeQueries')?.shape ?? [];
  const width = channels / heads;
  const [epsilon] = values('epsilon');
  const spread = values('gamma');
  const gamma = Float32Array.from({ length: channels }, (_, c) => spread[Math.floor(c / width) * channels + c]!);
  const isGroup = (at: number, of: number): boolean => Math.floor(at / width) === of;
  const fits =
    heads % HEADS_MULTIPLE === 0 &&
    channels % heads === 0 &&
    channels % LANES === 0 &&
    encoded % LANES === 0 &&
    isSizes(constants.get('one'), [1]) &&
    isSizes(constants.get('two'), [2]) &&
    isSizes(constants.get('encodings'), [-1, encoded]) &&
    isShape(constants.get('divisors'), [encoded / 2]) &&
    isShape(constants.get('beta'), [channels]) &&
    isShape(constants.get('placeQueries'), [encoded, heads]) &&
    // These are in the kernel's code: means over the channels of a head, and spreading over them.
    isMatrix(constants.get('average'), channels, heads, (row, column) => (isGroup(row, column) ? 1 / width : 0)) &&
    isMatrix(constants.get('gamma'), heads, channels, (row, at) => (isGroup(at, row) ? gamma[at]! : 0)) &&
    isMatrix(constants.get('spread'), heads, channels, (row, column) => (isGroup(column, row) ? 1 : 0)) &&
    // So is that what is hidden gets no weight at all.
    (!masks || (values('whole')[0] === 1 && values('penalty')[0]! >= LEAST_PENALTY));
  if (!fits || epsilon === undefined) return null;
  const embedding = embeds ? embeddingOf(constants, { channels, heads, encoded }) : null;
  if (embeds && embedding === null) return null;
  const norm = { channels, heads, epsilon, gamma, beta: values('beta') };
  const keys = { queries: values('queries'), divisors: values('divisors'), placeQueries: values('placeQueries') };
  return { ...norm, ...keys, embedding, weights: weighs };
}

function embeddingOf(
  constants: Constants,
  { channels, heads, encoded }: Record<'channels' | 'heads' | 'encoded', number>,
): EmbeddingPlan | null {
  const values = (name: string): Float32Array => constants.get(name)?.values ?? new Float32Array();
  const width = constants.get('bias')?.shape[0] ?? 0;
  const group = width / heads;
  const isSame = (row: number, column: number): boolean => Math.floor(row / group) === Math.floor(column / group);
  const fits =
    width % LANES === 0 &&
    width % heads === 0 &&
    isSizes(constants.get('byFeatures'), [-1, heads * channels]) &&
    isSizes(constants.get('byPlaces'), [-1, heads * encoded]) &&
    isShape(constants.get('ofFeatures'), [heads * channels, width]) &&
    isShape(constants.get('ofPlaces'), [heads * encoded, width]) &&
    isShape(constants.get('ofShift'), [channels, width]) &&
    // A shift is the same for all dates, whose weights add up to 1: it passes through all heads.
    isSumOfHeads(constants.get('ofShift'), values('ofFeatures'), heads) &&
    isShape(constants.get('lastGamma'), [width]) &&
    isShape(constants.get('lastBeta'), [width]) &&
    isMatrix(constants.get('lastAverage'), width, width, (row, column) => (isSame(row, column) ? 1 / group : 0));
  if (!fits) return null;
  const [ofFeatures, ofPlaces] = [values('ofFeatures'), values('ofPlaces')];
  const factors = factorValues({ heads, channels, encoded, width, ofFeatures, ofPlaces });
  const last = { bias: values('bias'), gamma: values('lastGamma'), beta: values('lastBeta') };
  return { width, ofFeatures, ofPlaces, values: factors, ...last };
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
