import { describe, expect, it } from 'vitest';
import { createCardEncoder } from '../../../../src/segment/wgsl/card-encoder';
import { planCardEncoder } from '../../../../src/segment/wgsl/card-plan';
import { fakeDevice } from './fake-device';
import { BANDS, manyLayers } from './many-layers';

const plan = planCardEncoder(manyLayers())!;
const date = (rows: number, columns: number) => ({
  data: new Float32Array(BANDS * rows * columns),
  shape: [1, BANDS, rows, columns],
});

describe('an encoder on a card', () => {
  it('gives its outputs away and keeps the rest for the next date of the size', async () => {
    const card = fakeDevice();
    const encoder = await createCardEncoder(card.device, plan);
    const constants = card.live();
    const first = await encoder.run(date(12, 16));
    expect(first.map(({ name, shape }) => [name, shape])).toEqual([
      ['features', [12, 6]],
      ['skip0', [1, 21, 12, 16]],
      ['skip1', [1, 6, 6, 8]],
    ]);
    expect(card.dispatches()).toHaveLength(plan.passes.length);
    for (const { buffer } of first) buffer.destroy();
    const kept = card.live();
    expect(kept).toBeGreaterThan(constants);
    for (const { buffer } of await encoder.run(date(12, 16))) buffer.destroy();
    expect(card.live()).toBe(kept);
    for (const { buffer } of await encoder.run(date(4, 6))) buffer.destroy();
    expect(card.live()).toBeLessThan(kept);
    encoder.dispose();
    expect(card.live()).toBe(0);
  });

  it.each([
    ['out-of-memory', 'segment/out-of-memory'],
    ['validation', 'segment/runtime-failed'],
  ] as const)('says what the card says of %s, and lets go of what it had', async (kind, code) => {
    const card = fakeDevice();
    const encoder = await createCardEncoder(card.device, plan);
    const constants = card.live();
    card.fail(kind, 'no');
    await expect(encoder.run(date(12, 16))).rejects.toMatchObject({ code });
    expect(card.live()).toBe(constants);
    expect(await encoder.run(date(12, 16))).toHaveLength(3);
  });

  it('keeps no constants where the card has no room for them', async () => {
    const card = fakeDevice();
    card.fail('out-of-memory', 'no');
    await expect(createCardEncoder(card.device, plan)).rejects.toMatchObject({ code: 'segment/out-of-memory' });
    expect(card.live()).toBe(0);
  });
});
