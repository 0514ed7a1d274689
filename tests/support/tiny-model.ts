import { CROP_CLASSES } from '../../src/crops';
import type { ModelCard, SegmentPort } from '../../src/segment';
import { BANDS } from './tiny-scene';

const FILE = { path: 'none.onnx', bytes: 0, sha256: '' };

/** A card for jobs whose network is a stand-in. */
export const TINY_CARD: ModelCard = {
  format: 'crop2seg-model/1',
  name: 'tiny',
  title: 'Tiny',
  version: '1.0.0',
  architecture: 'threshold',
  parameters: 0,
  summary: 'Class by brightness.',
  licence: 'MIT',
  input: {
    bands: BANDS,
    unit: 'DN',
    mean: BANDS.map(() => 0),
    std: BANDS.map(() => 1000),
    dateReference: { month: 9, day: 1, yearsBeforeSeason: 1 },
    resolutionMetres: 10,
    tileSize: 4,
    margin: 1,
    sizeMultiple: 2,
    featureChannels: 1,
  },
  classes: CROP_CLASSES,
  ignoredClass: 14,
  stages: { encoder: { files: {} }, attention: { files: {} }, decoder: { files: {} } },
  golden: { dates: 1, rows: 1, columns: 1, days: [0], input: FILE, logits: FILE, toleranceProbability: 1e-3 },
  training: { simulated: true, summary: 'None.' },
  accuracy: [],
  caveats: ['A stand-in.'],
};

/** A segment port without a network: the class of a pixel is its brightness in B02 on the first date, in thousands. */
export function tinySegmentPort(): SegmentPort & { readonly tiles: { columns: number; rows: number }[] } {
  const tiles: { columns: number; rows: number }[] = [];
  const golden = { backend: 'node', description: 'stand-in', maxAbsProbability: 0, tolerance: 1e-3 } as const;
  return {
    tiles,
    async load(_, signal, onProgress) {
      signal.throwIfAborted();
      onProgress(10, 10);
      return { card: TINY_CARD, cardSha256: 'abc', golden };
    },
    async run({ columns, rows, pixels, days }, signal, onDate) {
      signal.throwIfAborted();
      tiles.push({ columns, rows });
      const size = columns * rows;
      const logits = new Float32Array(CROP_CLASSES.length * size);
      for (let pixel = 0; pixel < size; pixel++) logits[Math.round(pixels[0]![pixel]!) * size + pixel] = 9;
      onDate(days.length, days.length);
      return { columns, rows, logits };
    },
    traffic: async () => ({ requests: 3, bytes: 10 }),
    dispose: async () => undefined,
  };
}
