import { describe, expect, it } from 'vitest';
import { createEngine, createWasmBackend, type Engine, labelAgreement } from '../../../src/segment';
import { cutTile, paintLandscape } from './support/landscape';
import { loadZooModel } from './support/zoo';

const { signal } = new AbortController();
const DAYS = [130, 232, 268, 327];
const SIDE = 96;
/**
 * Labels as in float32. Painted fields have spectra between two classes, so fewer than the 99 % of real scenes, which the
 * exporter measures: W-TAE kept 96.5 to 98.6 % here, the Time-Unets 99.6 % and more.
 */
const ALIKE = 0.95;

describe.each(['timeunet', 'wtae', 'timeunet-lite'])('%s in 8 bits', (name) => {
  it('runs on WASM and draws the map that float32 draws', async () => {
    const engines = await Promise.all((['int8', 'fp32'] as const).map((precision) => open(name, precision)));
    const [rounded, exact] = engines as [Engine, Engine];
    expect(rounded.golden).toMatchObject({ backend: 'wasm', precision: 'int8', description: 'WASM, 1 thread, int8' });
    const land = paintLandscape((await loadZooModel(name, signal)).card.input, SIDE, SIDE, DAYS, 1);
    const tile = cutTile(land, { column: 0, row: 0, columns: SIDE, rows: SIDE });
    const [eight, full] = [await rounded.segmentTile(tile, signal), await exact.segmentTile(tile, signal)];
    expect(eight.logits).not.toEqual(full.logits);
    expect(labelAgreement(eight.logits, full.logits, 15)).toBeGreaterThanOrEqual(ALIKE);
    await Promise.all(engines.map((engine) => engine.dispose()));
  });
});

async function open(name: string, precision: 'int8' | 'fp32'): Promise<Engine> {
  const model = await loadZooModel(name, signal, precision);
  return createEngine(model, await createWasmBackend(model, signal), signal);
}
