import { describe, expect, it } from 'vitest';
import type { BackendCandidate } from '../../../src/segment';
import { chooseEngine } from '../../../src/segment/choose-engine';
import { loadCard } from '../../../src/segment/load';
import { memoryTransport } from '../../support/memory-transport';
import { fakeBackend, type FakeBackend, fakeModelFiles, MODEL_URL } from './support/fake-model';

const { signal } = new AbortController();

interface Maker {
  readonly name: BackendCandidate['name'];
  readonly precisions?: BackendCandidate['precisions'];
  readonly available?: boolean;
  /** Milliseconds that each run of the encoder takes. */
  readonly slow?: number;
  readonly bias?: number;
  readonly fails?: Error;
  readonly notForThis?: boolean;
  readonly insteadOf?: BackendCandidate['name'];
  /** Called before each run of a stage. */
  readonly onRun?: () => void;
}

/** Chooses among candidates; `made` lists the backends in the order in which they were created. */
async function choose(makers: readonly Maker[], avoid: readonly string[] = [], stop: AbortSignal = signal) {
  const transport = memoryTransport(fakeModelFiles());
  const made: { name: string; precision: string; backend: FakeBackend }[] = [];
  const candidates = makers.map(({ name, precisions = ['fp32'], available = true, ...rest }): BackendCandidate => ({
    name,
    precisions,
    ...(rest.insteadOf && { insteadOf: rest.insteadOf }),
    available: () => available,
    async create({ precision }) {
      if (rest.notForThis) return null;
      if (rest.fails) throw rest.fails;
      const inner = fakeBackend(undefined, rest.bias ?? 0);
      made.push({ name, precision, backend: inner });
      return {
        ...inner,
        name: 'wasm',
        description: name,
        async run(stage, ...args) {
          rest.onRun?.();
          if (stage === 'encoder') await new Promise((resolve) => setTimeout(resolve, rest.slow ?? 0));
          return inner.run(stage, ...args);
        },
      };
    },
  }));
  const options = { transport, signal: stop };
  const checked = await loadCard(MODEL_URL, options);
  const chosen = chooseEngine(MODEL_URL, checked, candidates, avoid, options);
  return { chosen, made, transport };
}

describe('chooseEngine', () => {
  it('takes the fastest of what there is, and frees the others', async () => {
    const { chosen, made } = await choose([
      { name: 'webgpu', slow: 60 },
      { name: 'wasm', slow: 0 },
      { name: 'node', available: false },
    ]);
    expect(await chosen).toMatchObject({ variant: 'wasm/fp32', notices: [] });
    expect(made.map(({ name, backend }) => [name, backend.disposed()])).toEqual([
      ['webgpu', true],
      ['wasm', false],
    ]);
  });

  it('starts each way once, whichever comes first', async () => {
    const { chosen, made } = await choose([
      { name: 'kernels', slow: 0 },
      { name: 'node', slow: 40 },
    ]);
    expect(await chosen).toMatchObject({ variant: 'kernels/fp32' });
    expect(made.map(({ name, backend }) => [name, backend.disposed()])).toEqual([
      ['kernels', false],
      ['node', true],
    ]);
  });

  it('leaves none running when it is cancelled', async () => {
    const stop = new AbortController();
    const { chosen, made } = await choose(
      [{ name: 'kernels' }, { name: 'node', onRun: () => stop.abort() }],
      [],
      stop.signal,
    );
    await expect(chosen).rejects.toThrow(/abort/i);
    expect(made.map(({ backend }) => backend.disposed())).toEqual([true, true]);
  });

  it('times nothing where there is no choice', async () => {
    const { chosen, made } = await choose([{ name: 'wasm' }]);
    await chosen;
    expect(made).toHaveLength(1);
  });

  it('tells what each way took', async () => {
    const { times } = await (await choose([{ name: 'webgpu', slow: 40 }, { name: 'wasm' }])).chosen;
    expect(times.map(({ variant }) => variant)).toEqual(['wasm/fp32', 'webgpu/fp32']);
    expect(times[1]!.milliseconds).toBeGreaterThanOrEqual(39);
    expect((await (await choose([{ name: 'wasm' }])).chosen).times).toEqual([]);
  });

  describe('with a way that is to take the place of another', () => {
    const own: Maker = { name: 'webgpu-kernels', insteadOf: 'webgpu' };

    it('takes it where it is clearly faster', async () => {
      const { chosen } = await choose([
        { name: 'webgpu', slow: 60 },
        { ...own, slow: 30 },
      ]);
      expect(await chosen).toMatchObject({ variant: 'webgpu-kernels/fp32', notices: [] });
    });

    it('leaves it where it is faster, but not by as much, and still tells its time', async () => {
      const { chosen } = await choose([
        { name: 'webgpu', slow: 60 },
        { ...own, slow: 52 },
      ]);
      const { variant, notices, times } = await chosen;
      expect([variant, notices]).toEqual(['webgpu/fp32', []]);
      expect(times.map((one) => one.variant)).toContain('webgpu-kernels/fp32');
    });

    it('leaves it where the other does not run: there is nothing to be faster than', async () => {
      const fails = new Error('no such thing');
      const { chosen } = await choose([{ name: 'webgpu', fails }, own, { name: 'wasm', slow: 30 }]);
      expect(await chosen).toMatchObject({ variant: 'wasm/fp32' });
    });

    it('takes the other where it gives wrong numbers, and says so', async () => {
      const { chosen } = await choose([
        { name: 'webgpu', slow: 60 },
        { ...own, bias: 0.5 },
      ]);
      const { variant, notices } = await chosen;
      expect(variant).toBe('webgpu/fp32');
      expect(notices.join()).toMatch(/webgpu-kernels\/fp32: The network gives other results/);
    });
  });

  it('goes on to the next where the fastest gives wrong numbers or fails, and says so', async () => {
    const { chosen } = await choose([
      { name: 'webgpu', bias: 0.5 },
      { name: 'kernels', fails: new Error('no such thing') },
      { name: 'wasm', slow: 40 },
    ]);
    const { variant, notices } = await chosen;
    expect(variant).toBe('wasm/fp32');
    expect(notices).toHaveLength(2);
    expect(notices.join()).toMatch(/kernels\/fp32: no such thing.*webgpu\/fp32: The network gives other results/);
  });

  it('passes over a way that is not made for the model without a word', async () => {
    const { chosen } = await choose([{ name: 'kernels', notForThis: true }, { name: 'wasm' }]);
    expect(await chosen).toMatchObject({ variant: 'wasm/fp32', notices: [] });
  });

  it('offers no precision that the encoder does not come in', async () => {
    const { chosen, made } = await choose([{ name: 'wasm', precisions: ['int8', 'fp32'] }]);
    await chosen;
    expect(made.map(({ precision }) => precision)).toEqual(['fp32']);
  });

  it('avoids what it is told to, and says what was wanted where nothing is left', async () => {
    const makers: Maker[] = [{ name: 'webgpu' }, { name: 'wasm' }];
    expect(await (await choose(makers, ['webgpu/fp32'])).chosen).toMatchObject({ variant: 'wasm/fp32' });
    const { chosen, transport } = await choose(makers, ['webgpu/fp32', 'wasm/fp32']);
    await expect(chosen).rejects.toMatchObject({
      code: 'segment/no-backend',
      details: { preference: 'webgpu, wasm but not webgpu/fp32, wasm/fp32' },
    });
    // Capabilities are asked before anything but the card is fetched.
    expect(transport.log).toHaveLength(1);
  });

  it('throws the last failure where none is right', async () => {
    const { chosen } = await choose([{ name: 'wasm', bias: 0.5 }]);
    await expect(chosen).rejects.toMatchObject({ code: 'segment/golden-mismatch' });
  });
});
