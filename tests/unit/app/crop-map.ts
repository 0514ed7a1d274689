import { CROP_CLASSES } from '../../../src/crops';
import type { GridWindow } from '../../../src/geo';
import type { CropMap } from '../../../src/job';
import type { ModelCard } from '../../../src/segment';

/** A window of the Czech grid's zone near Jihlava. */
export function gridOf(columns: number, rows: number): GridWindow {
  return { epsg: 32633, xMin: 556_800, yMax: 5_456_000, pixelMetres: 10, columns, rows };
}

const FILE = { path: 'part.bin', bytes: 1000, sha256: 'a'.repeat(64) };

export const CARD: ModelCard = {
  format: 'crop2seg-model/1',
  name: 'tiny',
  title: 'Tiny',
  version: '1.0.0',
  architecture: 'none',
  parameters: 10,
  summary: 'A card for tests.',
  licence: 'MIT',
  input: {
    bands: ['B04', 'B08'],
    unit: 'DN',
    mean: [0, 0],
    std: [1, 1],
    dateReference: { month: 9, day: 1, yearsBeforeSeason: 1 },
    resolutionMetres: 10,
    tileSize: 64,
    margin: 6,
    sizeMultiple: 8,
    featureChannels: 64,
  },
  classes: CROP_CLASSES,
  ignoredClass: 14,
  stages: {
    encoder: { files: { fp32: FILE } },
    attention: { files: { fp32: FILE } },
    decoder: { files: { fp32: { ...FILE, bytes: 500 } } },
  },
  golden: {
    dates: 1,
    rows: 8,
    columns: 8,
    days: [1],
    input: { ...FILE, bytes: 256 },
    logits: { ...FILE, bytes: 3840 },
    toleranceProbability: 0.001,
  },
  training: { simulated: true, summary: '' },
  accuracy: [],
  caveats: [],
};

/** A map of 2 x 2 pixels: rapeseed (0.8), maize (0.6), background (1.0), no data. Two dates, the second cloudy. */
export function smallMap(): CropMap {
  const labels = Uint8Array.from([5, 6, 0, 255]);
  const probabilities = new Uint8Array(CROP_CLASSES.length * 4);
  probabilities[5 * 4] = 200;
  probabilities[6 * 4] = 50;
  probabilities[6 * 4 + 1] = 150;
  probabilities[3 * 4 + 1] = 60;
  probabilities[5 * 4 + 1] = 40;
  probabilities[2] = 250;
  for (let code = 0; code < CROP_CLASSES.length; code += 1) probabilities[code * 4 + 3] = 255;
  const grid = gridOf(2, 2);
  const area = (code: number, name: string) => ({ code, name, pixels: 1, hectares: 0.01, share: 1 / 3 });
  return {
    grid,
    card: CARD,
    labels,
    probabilities,
    features: null,
    history: {
      dates: ['2019-04-05', '2019-04-10'],
      pixels: new Blob([
        Uint8Array.from(
          [
            [160, 110, 4, 9],
            [150, 110, 4, 9],
            [120, 110, 5, 9],
            [255, 255, 0, 0],
          ].flat(),
        ),
      ]),
    },
    report: {
      software: { name: 'Crop2Seg', version: '0' },
      created: '2026-11-22T15:45:00Z',
      request: {
        grid,
        title: 'Area 20 m × 20 m',
        season: 2019,
        range: { from: '2019-03-01', to: '2019-09-30' },
        source: { kind: 'static', url: 'https://example.org/scenes', title: 'Test' },
        modelUrl: 'https://example.org/models/tiny',
      },
      model: {
        name: 'tiny',
        version: '1.0.0',
        cardSha256: 'a'.repeat(64),
        backend: 'WASM',
        goldenMaxAbsProbability: 0,
        simulatedTraining: true,
        caveats: [],
      },
      simulatedScenes: false,
      dates: [],
      rejected: [],
      unreadDates: [],
      encodings: { encoded: 0, kept: 0 },
      relaxedCloudLimits: false,
      skippedDates: 0,
      savedBytes: null,
      notices: [],
      areas: [area(5, 'Rapeseed'), area(6, 'Maize'), area(0, 'Background')],
      bytes: 0,
      requests: 0,
      seconds: { search: 0, model: 0, read: 0, segment: 0, finish: 0 },
      wallSeconds: 65,
      peakMemoryMb: null,
    },
  };
}
