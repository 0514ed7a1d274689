import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createFileTransport } from '../../../cli/file-transport';
import { gridToBbox, type GridWindow } from '../../../src/geo';
import { openRaster } from '../../../src/raster';
import { createSeriesPort, referenceDate, type SeriesSummary, type SeriesTile } from '../../../src/series';
import { createEngine, createWasmBackend } from '../../../src/segment';
import { sharedDataMissing, sharedPath } from '../../support/shared-data';
import { loadZooModel } from '../segment/support/zoo';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');
const ZOO = resolve(import.meta.dirname, '../../../models/zoo');
const { signal } = new AbortController();

/** What `crop2seg-train parity` wrote: PyTorch on pixels that GDAL has read. */
interface Parity {
  readonly model: string;
  readonly weightsSha256: string;
  readonly season: number;
  readonly bands: readonly string[];
  readonly scenes: readonly string[];
  readonly days: readonly number[];
  /** Sum of DN per date and band. */
  readonly dnSums: readonly (readonly number[])[];
  readonly probabilities: { readonly path: string; readonly shape: readonly [number, number, number] };
  readonly toleranceProbability: number;
}

const parity = JSON.parse(readFileSync(join(FIXTURES, 'parity-flanders.json'), 'utf8')) as Parity;

function expectedProbabilities(): Float32Array {
  const bytes = readFileSync(join(FIXTURES, parity.probabilities.path));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

async function gridOf(url: string): Promise<GridWindow> {
  const { info } = await openRaster(url, createFileTransport(), signal);
  return { ...info, epsg: info.epsg! };
}

/** Softmax over the first axis of [classes, pixels]. */
function softmax(logits: Float32Array, classes: number): Float32Array {
  const pixels = logits.length / classes;
  const out = new Float32Array(logits.length);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const exponents = Array.from({ length: classes }, (_, code) => Math.exp(logits[code * pixels + pixel]!));
    const sum = exponents.reduce((a, b) => a + b);
    exponents.forEach((value, code) => (out[code * pixels + pixel] = value / sum));
  }
  return out;
}

describe('the parity fixture', () => {
  it('was made with the weights that are shipped', () => {
    const weights = readFileSync(join(ZOO, parity.model, 'weights.npz'));
    expect(createHash('sha256').update(weights).digest('hex')).toBe(parity.weightsSha256);
  });
});

describe.skipIf(sharedDataMissing('flanders-2018'))('the whole chain on real scenes, against GDAL and PyTorch', () => {
  let model: Awaited<ReturnType<typeof loadZooModel>>;
  let summary: SeriesSummary;
  /** All dates, as they were read. */
  let whole: SeriesTile;
  /** What the network gets: without dates that show too little. */
  let tile: SeriesTile;

  beforeAll(async () => {
    model = await loadZooModel(parity.model, signal);
    const transport = createFileTransport();
    const grid = await gridOf(pathToFileURL(sharedPath('flanders-2018/labels.tif')).href);
    const url = pathToFileURL(sharedPath('flanders-2018')).href;
    const range = { from: '2017-08-01', to: '2018-12-31' };
    const source = { kind: 'static', url, title: 'Flanders' } as const;
    const port = createSeriesPort(transport);
    const { scenes } = await port.search([source], { bbox: gridToBbox(grid), range }, signal);
    const chosen = scenes.filter(({ id }) => parity.scenes.includes(id));
    const day0 = referenceDate(parity.season, model.card.input.dateReference);
    const request = { scenes: chosen, grid, input: model.card.input, referenceDate: day0 };
    const { bands, mean, std } = model.card.input;
    summary = await port.build({ ...request, input: { bands, mean, std } }, signal, () => undefined);
    whole = await port.tile(0, 0, grid.columns, grid.rows, signal);
    await port.build(request, signal, () => undefined);
    tile = await port.tile(0, 0, grid.columns, grid.rows, signal);
    await port.dispose();
  });

  it('reads the same scenes on the same days', () => {
    expect(model.card.input.bands).toEqual(parity.bands);
    expect(summary.dates.flatMap(({ sceneIds }) => sceneIds)).toEqual(parity.scenes);
    expect(whole.days).toEqual(parity.days);
  });

  it('reads the same pixels as GDAL, 20 m bands enlarged to 10 m', () => {
    const { mean, std } = model.card.input;
    const size = whole.rows * whole.columns;
    const sums = whole.pixels.map((pixels) =>
      parity.bands.map((_, band) =>
        pixels
          .subarray(band * size, (band + 1) * size)
          .reduce((sum, value) => sum + Math.round(value * std[band]! + mean[band]!), 0),
      ),
    );
    expect(sums).toEqual(parity.dnSums);
  });

  it('gives the same probabilities through ONNX in WASM', async () => {
    const [classes] = parity.probabilities.shape;
    const engine = await createEngine(model, await createWasmBackend(model, signal), signal);
    const { logits } = await engine.segmentTile(tile, signal);
    const ours = softmax(logits, classes);
    const theirs = expectedProbabilities();
    let worst = 0;
    ours.forEach((value, at) => (worst = Math.max(worst, Math.abs(value - theirs[at]!))));
    await engine.dispose();
    expect(ours).toHaveLength(theirs.length);
    expect(worst).toBeLessThanOrEqual(parity.toleranceProbability);
  });
});
