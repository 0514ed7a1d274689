import { describe, expect, it } from 'vitest';
import { createSegmentPort } from '../../../src/segment';
import { memoryTransport } from '../../support/memory-transport';
import { fakeBackend, type FakeBackend, fakeModelFiles, MODEL_URL } from './support/fake-model';

const { signal } = new AbortController();
const TILE = { rows: 8, columns: 8, days: [5], pixels: [new Float32Array(2 * 64).fill(0.5)] };
const nothing = (): void => undefined;

function portOver(bias = 0) {
  const files = fakeModelFiles();
  const transport = memoryTransport(files);
  const backends: FakeBackend[] = [];
  const port = createSegmentPort({
    transport,
    candidates: [
      {
        name: 'wasm',
        precisions: ['fp32'],
        available: () => true,
        create: async () => {
          backends.push(fakeBackend(undefined, bias));
          return backends.at(-1)!;
        },
      },
    ],
  });
  return { port, transport, files, backends };
}

describe('createSegmentPort', () => {
  it('loads, runs and counts its traffic', async () => {
    const { port, transport } = portOver();
    const { card, cardSha256, golden } = await port.load(MODEL_URL, signal, nothing);
    expect([card.name, cardSha256.length, golden.description]).toEqual(['fake', 64, 'fake']);
    expect((await port.run(TILE, signal, nothing)).logits).toHaveLength(3 * 64);
    expect(await port.traffic()).toEqual(transport.traffic());
    expect((await port.traffic()).requests).toBe(6);
  });

  it('asks for nothing when the model at hand is loaded again', async () => {
    const { port, transport, backends } = portOver();
    await port.load(MODEL_URL, signal, nothing);
    await port.load(MODEL_URL, signal, nothing);
    expect(transport.log).toHaveLength(6);
    expect(backends).toHaveLength(1);
  });

  it('frees the model at hand before another is loaded', async () => {
    const { port, files, backends } = portOver();
    for (const [url, body] of [...files]) files.set(url.replace('fake', 'other'), body);
    await port.load(MODEL_URL, signal, nothing);
    await port.load(MODEL_URL.replace('fake', 'other'), signal, nothing);
    expect(backends.map((backend) => backend.disposed())).toEqual([true, false]);
  });

  it('refuses to run before load, after dispose and after a load that failed', async () => {
    const { port } = portOver(1);
    const refusal = { code: 'segment/not-loaded' };
    await expect(port.run(TILE, signal, nothing)).rejects.toMatchObject(refusal);
    await expect(port.load(MODEL_URL, signal, nothing)).rejects.toMatchObject({ code: 'segment/golden-mismatch' });
    await expect(port.run(TILE, signal, nothing)).rejects.toMatchObject(refusal);
    const good = portOver();
    await good.port.load(MODEL_URL, signal, nothing);
    await good.port.dispose();
    expect(good.backends[0]!.disposed()).toBe(true);
    await expect(good.port.run(TILE, signal, nothing)).rejects.toMatchObject(refusal);
  });
});

describe('features kept in a port', () => {
  const date = (day: number, value: number) => ({
    ...TILE,
    days: [day],
    pixels: [new Float32Array(2 * 64).fill(value)],
  });

  it('give the scores of the dates so far, tile by tile, whatever order they came in', async () => {
    const { port } = portOver();
    await port.load(MODEL_URL, signal, nothing);
    const bytes = await port.encode('a', date(9, 0.5), signal);
    expect(await port.encode('a', date(3, -1), signal)).toBe(2 * bytes);
    await port.encode('b', date(5, 1), signal);
    const whole = { ...TILE, days: [3, 9], pixels: [...date(3, -1).pixels, ...date(9, 0.5).pixels] };
    expect((await port.decode('a', TILE, signal)).logits).toEqual((await port.run(whole, signal, nothing)).logits);
    expect((await port.decode('b', TILE, signal)).logits).toEqual((await port.run(date(5, 1), signal, nothing)).logits);
  });

  it('leave out a date that is empty in the tile', async () => {
    const { port } = portOver();
    await port.load(MODEL_URL, signal, nothing);
    expect(await port.encode('a', date(9, 0), signal)).toBe(0);
    expect((await port.decode('a', TILE, signal)).logits.every((value) => Number.isNaN(value))).toBe(true);
  });

  it('go when they are forgotten, and with their model', async () => {
    const { port, files } = portOver();
    for (const [url, body] of [...files]) files.set(url.replace('fake', 'other'), body);
    await port.load(MODEL_URL, signal, nothing);
    const one = await port.encode('a', date(9, 0.5), signal);
    await port.encode('b', date(9, 0.5), signal);
    await port.forget('a');
    expect(await port.encode('a', date(9, 0.5), signal)).toBe(2 * one);
    await port.forget();
    expect(await port.encode('b', date(9, 0.5), signal)).toBe(one);
    await port.load(MODEL_URL.replace('fake', 'other'), signal, nothing);
    expect(await port.encode('b', date(9, 0.5), signal)).toBe(one);
  });
});
