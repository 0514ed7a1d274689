import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeBackend } from '../../../cli/node-backend';
import {
  createEngine,
  createMapArrays,
  createWasmBackend,
  type Engine,
  type LoadedModel,
  type MapArrays,
  maxProbabilityDifference,
  planTiles,
  softmaxToBytes,
  stitch,
} from '../../../src/segment';
import { cutTile, type Landscape, paintLandscape } from './support/landscape';
import { loadZooModel } from './support/zoo';

const { signal } = new AbortController();
/** A season in four looks: winter, spring, early and late summer. Few, since each costs its encoding in every tile. */
const DAYS = [130, 232, 268, 327];

let model: LoadedModel;
let wasm: Engine;
let node: Engine;

beforeAll(async () => {
  model = await loadZooModel('timeunet', signal);
  wasm = await createEngine(model, await createWasmBackend(model, signal), signal);
  node = await createEngine(model, await createNodeBackend(model, signal), signal);
});

afterAll(async () => {
  await wasm.dispose();
  await node.dispose();
});

/** The map of a rectangle of a landscape, cut into tiles and stitched as a job does it. */
async function mapOf(engine: Engine, land: Landscape, column: number, row: number, size: number): Promise<MapArrays> {
  const { tileSize, margin } = engine.card.input;
  const map = createMapArrays(size, size, engine.card.classes.length);
  for (const placement of planTiles(size, size, tileSize, margin)) {
    const rect = { ...placement, column: column + placement.column, row: row + placement.row };
    stitch(map, softmaxToBytes(await engine.segmentTile(cutTile(land, rect), signal)), placement);
  }
  return map;
}

describe('Time-Unet from the zoo', () => {
  it('gives on WASM what PyTorch gave for the golden tile', () => {
    expect(wasm.golden).toMatchObject({ backend: 'wasm', description: 'WASM, 1 thread' });
    expect(wasm.golden.maxAbsProbability).toBeLessThanOrEqual(1e-3);
  });

  it('gives on the native runtime what PyTorch gave for the golden tile', () => {
    expect(node.golden.backend).toBe('node');
    expect(node.golden.maxAbsProbability).toBeLessThanOrEqual(1e-3);
  });

  it('gives the same on WASM and on the native runtime, for a size that is no multiple of 8', async () => {
    const land = paintLandscape(model.card.input, 52, 100, DAYS, 1);
    const tile = cutTile(land, { column: 0, row: 0, columns: 100, rows: 52 });
    const [a, b] = [await wasm.segmentTile(tile, signal), await node.segmentTile(tile, signal)];
    expect(a.logits).toHaveLength(15 * 52 * 100);
    expect(maxProbabilityDifference(a.logits, b.logits, 15)).toBeLessThanOrEqual(1e-3);
  });

  it('runs on windows smaller than its deepest level can mirror', async () => {
    const land = paintLandscape(model.card.input, 3, 9, DAYS, 1);
    const { logits } = await wasm.segmentTile(cutTile(land, { column: 0, row: 0, columns: 9, rows: 3 }), signal);
    expect(logits).toHaveLength(15 * 3 * 9);
    expect(logits.every((value) => Number.isFinite(value))).toBe(true);
  });

  it('shows no seam: a window has the labels of a larger one around it', async () => {
    const land = paintLandscape(model.card.input, 224, 224, DAYS, 2);
    const whole = await mapOf(wasm, land, 0, 0, 224);
    const part = await mapOf(wasm, land, 33, 21, 160);
    let equal = 0;
    let compared = 0;
    // The window's own edge sees a reflection where the larger window sees land.
    const { margin } = model.card.input;
    for (let y = margin; y < 160 - margin; y++) {
      for (let x = margin; x < 160 - margin; x++) {
        compared += 1;
        if (part.labels[y * 160 + x] === whole.labels[(y + 21) * 224 + x + 33]) equal += 1;
      }
    }
    expect(equal / compared).toBeGreaterThanOrEqual(0.995);
  });
});
