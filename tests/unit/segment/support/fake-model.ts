import { createHash } from 'node:crypto';
import type { Backend, ModelCard, StageName, Tensors } from '../../../../src/segment';

export const MODEL_URL = 'https://models.test/fake';

const BANDS = 2;
const CLASSES = 3;
const GOLDEN = { dates: 2, rows: 8, columns: 8, days: [1, 2] };
const MEAN = [100, 200];
const STD = [100, 200];

/** Changes to a card by dotted path, so that tests can spoil exactly one field. */
export type CardEdits = Readonly<Record<string, unknown>>;

/**
 * A network small enough to be worked out by hand. Encoder: the two bands. Attention: their sums over the dates, each
 * date times its day. Decoder: class k scores k x first + (2 - k) x second.
 */
export function fakeLogits(bands: readonly (readonly [number, number])[], days: readonly number[]): number[] {
  const [first, second] = [0, 1].map((band) => bands.reduce((sum, ofDate, t) => sum + ofDate[band]! * days[t]!, 0));
  return [0, 1, 2].map((code) => code * first! + (2 - code) * second!);
}

/**
 * As `fakeLogits` for a network that masks: bands of dates that are not valid count as 0, and the sums are divided by the
 * share of the dates that are valid, or by 1 where none is.
 */
export function fakeMaskedLogits(
  bands: readonly (readonly [number, number])[],
  days: readonly number[],
  valid: readonly boolean[],
): number[] {
  const share = valid.filter(Boolean).length / valid.length || 1;
  const kept = bands.map(([one, other], t): [number, number] => (valid[t] ? [one, other] : [0, 0]));
  return fakeLogits(kept, days).map((value) => value / share);
}

export interface FakeBackend extends Backend {
  readonly calls: readonly { readonly stage: StageName; readonly shapes: readonly (readonly number[])[] }[];
  readonly disposed: () => boolean;
}

/** `fakeLogits` as three stages; `afterCall` lets a test step in. */
export function fakeBackend(afterCall: (calls: number) => void = () => undefined, bias = 0): FakeBackend {
  const calls: { stage: StageName; shapes: (readonly number[])[] }[] = [];
  let disposed = false;
  return {
    name: 'wasm',
    description: 'fake',
    calls,
    disposed: () => disposed,
    async run(stage, inputs, signal) {
      signal.throwIfAborted();
      calls.push({ stage, shapes: Object.values(inputs).map(({ shape }) => shape) });
      if (stage === 'aggregate') throw new Error('this network adds up nothing');
      const output = STAGES[stage](inputs, bias);
      afterCall(calls.length);
      return output;
    },
    async dispose() {
      disposed = true;
    },
  };
}

const STAGES: Record<Exclude<StageName, 'aggregate'>, (inputs: Tensors, bias: number) => Tensors> = {
  encoder: ({ pixels, valid }) => {
    const plane = pixels!.data.length / BANDS;
    const data = new Float32Array(pixels!.data.length);
    for (let at = 0; at < plane; at++) {
      const bands = [pixels!.data[at]!, pixels!.data[plane + at]!];
      data.set(valid === undefined ? bands : bands.map((value) => value * valid.data[at]!), at * BANDS);
    }
    return { features: { data, shape: [plane, BANDS] } };
  },
  attention: ({ features, days, valid }) => {
    const [dates, pixels] = features!.shape as [number, number];
    const data = new Float32Array(pixels * BANDS);
    const shares = Float32Array.from({ length: pixels }, (_, pixel) => {
      let count = 0;
      for (let t = 0; t < dates; t++) count += valid?.data[t * pixels + pixel] ?? 1;
      return count / dates || 1;
    });
    for (let t = 0; t < dates; t++) {
      for (let at = 0; at < data.length; at++) {
        data[at]! += (features!.data[t * data.length + at]! * days!.data[t]!) / shares[Math.floor(at / BANDS)]!;
      }
    }
    return { embedding: { data, shape: [pixels, BANDS] } };
  },
  decoder: ({ embedding }, bias) => {
    const [rows, columns] = embedding!.shape as [number, number];
    const data = new Float32Array(CLASSES * rows * columns);
    for (let at = 0; at < rows * columns; at++) {
      const [first, second] = embedding!.data.subarray(at * BANDS);
      for (let code = 0; code < CLASSES; code++) {
        data[code * rows * columns + at] = code * first! + (2 - code) * second! + code * bias;
      }
    }
    return { logits: { data, shape: [1, CLASSES, rows, columns] } };
  },
};

/** As `fakeModelFiles`, of the network that masks; a part of its golden tile's second date is not valid. */
export function fakeMaskModelFiles(edits: CardEdits = {}): Map<string, unknown> {
  const plane = GOLDEN.rows * GOLDEN.columns;
  const valid = Uint8Array.from({ length: GOLDEN.dates * plane }, (_, at) => (at > plane && at % 5 < 2 ? 0 : 1));
  const masked = {
    'input.validity': { use: 'mask', counts: 'clear', growPixels: 1, leastShare: 0 },
    'stages.encoder.inputs': ['pixels', 'valid'],
    'stages.attention.inputs': ['features', 'days', 'valid'],
  };
  return folderOf({ ...masked, ...edits }, valid);
}

/** The fake network's model folder as a map of files for a memory transport. */
export function fakeModelFiles(edits: CardEdits = {}): Map<string, unknown> {
  return folderOf(edits, null);
}

function folderOf(edits: CardEdits, valid: Uint8Array<ArrayBuffer> | null): Map<string, unknown> {
  const { input, logits } = goldenFiles(valid);
  const bodies: Record<string, Uint8Array> = {
    'encoder.fp32.onnx': new TextEncoder().encode('encoder'),
    'attention.fp32.onnx': new TextEncoder().encode('attention'),
    'decoder.fp32.onnx': new TextEncoder().encode('decoder'),
    'golden.input.bin': new Uint8Array(input.buffer),
    'golden.logits.bin': new Uint8Array(logits.buffer),
    ...(valid && { 'golden.valid.bin': valid }),
  };
  const file = (path: string) => ({
    path,
    bytes: bodies[path]!.length,
    sha256: createHash('sha256').update(bodies[path]!).digest('hex'),
  });
  const card = structuredClone({
    format: 'crop2seg-model/1',
    name: 'fake',
    title: 'Fake',
    version: '0.0.1',
    architecture: 'fake',
    parameters: 1,
    summary: 'Worked out by hand.',
    licence: 'MIT',
    input: {
      bands: ['B02', 'B03'],
      unit: 'DN',
      mean: MEAN,
      std: STD,
      dateReference: { month: 9, day: 1, yearsBeforeSeason: 1 },
      resolutionMetres: 10,
      tileSize: 16,
      margin: 2,
      sizeMultiple: 8,
      featureChannels: BANDS,
    },
    classes: ['Background', 'Grassland', 'Maize'].map((name, code) => ({ code, name, short: name, color: '#a0db8e' })),
    ignoredClass: 14,
    stages: {
      encoder: { files: { fp32: file('encoder.fp32.onnx') } },
      attention: { files: { fp32: file('attention.fp32.onnx') } },
      decoder: { files: { fp32: file('decoder.fp32.onnx') } },
    },
    golden: {
      ...GOLDEN,
      input: file('golden.input.bin'),
      logits: file('golden.logits.bin'),
      ...(valid && { valid: file('golden.valid.bin') }),
      toleranceProbability: 0.001,
    },
    training: { simulated: true, summary: 'None.' },
    accuracy: [],
    caveats: [],
  } satisfies ModelCard);
  for (const [path, value] of Object.entries(edits)) edit(card, path.split('.'), value);
  const entries = Object.entries(bodies).map(([path, body]) => [`${MODEL_URL}/${path}`, body] as const);
  return new Map<string, unknown>([[`${MODEL_URL}/model.json`, card], ...entries]);
}

function goldenFiles(valid: Uint8Array | null): { input: Uint16Array<ArrayBuffer>; logits: Float32Array<ArrayBuffer> } {
  const plane = GOLDEN.rows * GOLDEN.columns;
  const input = Uint16Array.from({ length: GOLDEN.dates * BANDS * plane }, (_, at) => 90 + ((at * 7) % 23) * 5);
  const logits = new Float32Array(CLASSES * plane);
  for (let pixel = 0; pixel < plane; pixel++) {
    const bands = GOLDEN.days.map((_, date): [number, number] => {
      const [first, second] = [0, 1].map(
        (band) => (input[(date * BANDS + band) * plane + pixel]! - MEAN[band]!) / STD[band]!,
      );
      return [first!, second!];
    });
    const seen = GOLDEN.days.map((_, date) => valid === null || valid[date * plane + pixel] === 1);
    fakeMaskedLogits(bands, GOLDEN.days, seen).forEach((value, code) => (logits[code * plane + pixel] = value));
  }
  return { input, logits };
}

function edit(target: object, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path;
  const record = target as Record<string, unknown>;
  if (rest.length > 0) edit(record[head!] as object, rest, value);
  else if (value === undefined) Reflect.deleteProperty(record, head!);
  else record[head!] = value;
}
