import { CROP_CLASSES } from '../../src/crops';
import { CropError } from '../../src/errors';
import type { ModelCard, SegmentPort, TileRun } from '../../src/segment';
import type { SeriesTile } from '../../src/series';
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
  const rest = { maxAbsProbability: 0, tolerance: 1e-3, labelAgreement: 1 };
  const golden = { backend: 'node', precision: 'fp32', description: 'stand-in', ...rest } as const;
  const kept = new Map<string, SeriesTile>();
  let encoded = 0;

  function scoresOf({ columns, rows, pixels }: SeriesTile): TileRun {
    tiles.push({ columns, rows });
    const size = columns * rows;
    const logits = new Float32Array(CROP_CLASSES.length * size);
    for (let pixel = 0; pixel < size; pixel++) logits[Math.round(pixels[0]![pixel]!) * size + pixel] = 9;
    return { columns, rows, logits, features: [], dateSubsets: 1 };
  }

  return {
    tiles,
    async load(_, signal, onProgress) {
      signal.throwIfAborted();
      onProgress(10, 10);
      return {
        card: TINY_CARD,
        cardSha256: 'abc',
        golden,
        bytesPerPixelDate: 2,
        variant: 'node/fp32',
        notices: [],
        times: [{ variant: 'node/fp32', milliseconds: 12.3456 }],
      };
    },
    async run(tile, signal, onDate) {
      signal.throwIfAborted();
      onDate(tile.days.length, tile.days.length);
      encoded += tile.days.length;
      return scoresOf(tile);
    },
    async encode(name, tile, signal) {
      signal.throwIfAborted();
      const before = kept.get(name) ?? { ...tile, days: [], pixels: [] };
      const dates = [...before.days, ...tile.days].map((day, at) => ({
        day,
        of: [...before.pixels, ...tile.pixels][at]!,
      }));
      encoded += tile.days.length;
      dates.sort((a, b) => a.day - b.day);
      kept.set(name, { ...tile, days: dates.map(({ day }) => day), pixels: dates.map(({ of }) => of) });
      return 0;
    },
    async decode(name, { columns, rows }, signal) {
      signal.throwIfAborted();
      const tile = kept.get(name);
      const nothing = new Float32Array(CROP_CLASSES.length * columns * rows).fill(Number.NaN);
      return tile === undefined ? { columns, rows, logits: nothing, features: [], dateSubsets: 0 } : scoresOf(tile);
    },
    recall: async () => {
      throw new CropError('segment/features-lost');
    },
    encodings: async () => ({ encoded, kept: 0 }),
    async forget(name) {
      if (name === undefined) kept.clear();
      else kept.delete(name);
    },
    traffic: async () => ({ requests: 3, bytes: 10 }),
    dispose: async () => undefined,
  };
}
