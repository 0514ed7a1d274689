import { describe, expect, it } from 'vitest';
import { CropError } from '../../../src/errors';
import { createSegmentPort, type SegmentPort, withFallback } from '../../../src/segment';
import { memoryTransport } from '../../support/memory-transport';
import { fakeBackend, fakeModelFiles, MODEL_URL } from './support/fake-model';

const { signal } = new AbortController();
const nothing = (): void => undefined;
const GOLDEN_RUNS = 4;
/** Where there is a choice, the encoder runs four times against the clock before that. */
const LOADING_RUNS = GOLDEN_RUNS + 4;
const tile = () => ({ rows: 8, columns: 8, days: [5], pixels: [new Float32Array(2 * 64).fill(0.5)] });

/** Two ways to run the fake model; the first gives up after so many runs of stages, those of loading not counted. */
function portThatFailsAfter(
  runs: number,
  error: unknown = new CropError('segment/out-of-memory', { stage: 'decoder' }),
) {
  const inner = createSegmentPort({
    transport: memoryTransport(fakeModelFiles()),
    candidates: [
      {
        name: 'webgpu',
        precisions: ['fp32'],
        available: () => true,
        create: async () => {
          const counting = fakeBackend((calls) => {
            if (calls > LOADING_RUNS + runs) throw error;
          });
          return { ...counting, description: 'first' };
        },
      },
      {
        name: 'wasm',
        precisions: ['fp32'],
        available: () => true,
        // Slower, so that the other one is chosen.
        create: async () => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          const steady = fakeBackend();
          const run: typeof steady.run = async (...args) => {
            await new Promise((resolve) => setTimeout(resolve, 5));
            return steady.run(...args);
          };
          return { ...steady, run, description: 'second' };
        },
      },
    ],
  });
  return { inner, port: withFallback(moving(inner)) };
}

/** As a worker does: pixels are moved away. */
function moving(port: SegmentPort): SegmentPort {
  return {
    ...port,
    run: (given, ...rest) =>
      port.run(structuredClone(given, { transfer: given.pixels.map(({ buffer }) => buffer) }), ...rest),
  };
}

describe('withFallback', () => {
  it('does the tile at work again on the next backend, with the same answer, and says so', async () => {
    const { port } = portThatFailsAfter(2);
    const first = await port.load(MODEL_URL, signal, nothing);
    expect(first.variant).toBe('webgpu/fp32');
    const scores = await port.run(tile(), signal, nothing);
    const steady = portThatFailsAfter(Infinity).port;
    await steady.load(MODEL_URL, signal, nothing);
    expect(scores).toEqual(await steady.run(tile(), signal, nothing));
    expect(port.notices()).toEqual([
      'first gave up (The decoder stage of the network ran out of memory); the rest ran on second.',
    ]);
    expect(steady.notices()).toEqual([]);
  });

  it('changes once where several calls fail together', async () => {
    const { port } = portThatFailsAfter(0);
    await port.load(MODEL_URL, signal, nothing);
    await Promise.all([port.run(tile(), signal, nothing), port.run(tile(), signal, nothing)]);
    expect(port.notices()).toHaveLength(1);
  });

  it('tells that features are lost, until they are forgotten', async () => {
    const { port } = portThatFailsAfter(1);
    await port.load(MODEL_URL, signal, nothing);
    expect(await port.encodeSteadily('a', tile(), signal)).toBe(true);
    expect(await port.encodeSteadily('b', tile(), signal)).toBe(false);
    await expect(port.decode('a', tile(), signal)).rejects.toMatchObject({ code: 'segment/features-lost' });
    await port.forget();
    expect(await port.encodeSteadily('a', tile(), signal)).toBe(true);
    expect((await port.decode('a', tile(), signal)).logits).toHaveLength(3 * 64);
  });

  it('gives up with the failure itself where no way is left', async () => {
    const files = memoryTransport(fakeModelFiles());
    const failing = createSegmentPort({
      transport: files,
      candidates: [
        {
          name: 'wasm',
          precisions: ['fp32'],
          available: () => true,
          create: async () =>
            fakeBackend((calls) => {
              if (calls > GOLDEN_RUNS) throw new CropError('segment/device-lost', { stage: 'encoder' });
            }),
        },
      ],
    });
    const port = withFallback(failing);
    await port.load(MODEL_URL, signal, nothing);
    await expect(port.run(tile(), signal, nothing)).rejects.toMatchObject({ code: 'segment/device-lost' });
  });

  it('changes nothing for an abort or an error that another backend would have too', async () => {
    const { port } = portThatFailsAfter(0, new CropError('segment/not-loaded'));
    await port.load(MODEL_URL, signal, nothing);
    await expect(port.run(tile(), signal, nothing)).rejects.toMatchObject({ code: 'segment/not-loaded' });
    const stop = new AbortController();
    stop.abort();
    await expect(port.run(tile(), stop.signal, nothing)).rejects.toMatchObject({ name: 'AbortError' });
    expect(port.notices()).toEqual([]);
  });
});
