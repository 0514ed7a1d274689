import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createOrtBackend, loadModel, type LoadedModel, type OrtRuntime } from '../../../src/segment';
import { memoryTransport } from '../../support/memory-transport';
import { fakeModelFiles, MODEL_URL } from './support/fake-model';

const { signal } = new AbortController();
const PIXELS = { pixels: { data: Float32Array.of(1, 2), shape: [1, 2] } };

let model: LoadedModel;

beforeAll(async () => {
  model = await loadModel(MODEL_URL, { transport: memoryTransport(fakeModelFiles()), signal });
});

interface FakeRuntime {
  readonly created: string[];
  readonly released: string[];
  readonly mostAtOnce: () => number;
  readonly runtime: OrtRuntime;
}

/** A runtime whose sessions echo their first input, each taking a few turns of the event loop. */
function fakeRuntime(failure?: (attempt: number) => unknown): FakeRuntime {
  const created: string[] = [];
  const released: string[] = [];
  let running = 0;
  let mostAtOnce = 0;
  let attempts = 0;
  const slowly = async (): Promise<void> => {
    running += 1;
    mostAtOnce = Math.max(mostAtOnce, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  const InferenceSession = {
    async create(graph: Uint8Array) {
      await slowly();
      const name = new TextDecoder().decode(graph);
      created.push(name);
      return {
        outputNames: ['out'],
        async run(feeds: Record<string, unknown>) {
          await slowly();
          attempts += 1;
          const error = failure?.(attempts);
          if (error !== undefined) throw error;
          return { out: Object.values(feeds)[0] };
        },
        async release() {
          released.push(name);
        },
      };
    },
  };
  class Tensor {
    constructor(
      readonly type: string,
      readonly data: Float32Array,
      readonly dims: readonly number[],
    ) {}
  }
  const runtime = { InferenceSession, Tensor } as unknown as OrtRuntime;
  return { created, released, mostAtOnce: () => mostAtOnce, runtime };
}

function backendOver(runtime: OrtRuntime) {
  return createOrtBackend({ name: 'wasm', description: 'fake', runtime, sessionOptions: {}, model });
}

describe('createOrtBackend', () => {
  it('creates a session at the first run of its stage, once', async () => {
    const fake = fakeRuntime();
    const backend = backendOver(fake.runtime);
    expect(fake.created).toEqual([]);
    await backend.run('decoder', PIXELS, signal);
    const output = await backend.run('decoder', PIXELS, signal);
    expect(fake.created).toEqual(['decoder']);
    expect(output).toEqual({ out: { data: Float32Array.of(1, 2), shape: [1, 2] } });
  });

  it('runs one thing at a time, across backends', async () => {
    const fake = fakeRuntime();
    const [a, b] = [backendOver(fake.runtime), backendOver(fake.runtime)];
    await Promise.all([a, b, a, b].map((backend) => backend.run('encoder', PIXELS, signal)));
    expect(fake.mostAtOnce()).toBe(1);
  });

  it('never starts a queued run whose signal was aborted', async () => {
    const fake = fakeRuntime();
    const backend = backendOver(fake.runtime);
    const controller = new AbortController();
    const first = backend.run('encoder', PIXELS, signal);
    const second = backend.run('decoder', PIXELS, controller.signal);
    controller.abort();
    await first;
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    expect(fake.created).toEqual(['encoder']);
  });

  it.each([
    [new RangeError('Array buffer allocation failed'), 'segment/out-of-memory'],
    [new Error('std::bad_alloc'), 'segment/out-of-memory'],
    [new WebAssembly.RuntimeError('memory access out of bounds'), 'segment/out-of-memory'],
    [new Error('invalid dimensions'), 'segment/runtime-failed'],
    [217638192, 'segment/runtime-failed'],
  ])('tells %s apart and keeps it', async (cause, code) => {
    const backend = backendOver(fakeRuntime(() => cause).runtime);
    await expect(backend.run('encoder', PIXELS, signal)).rejects.toMatchObject({
      code,
      cause,
      details: { stage: 'encoder' },
    });
  });

  it('goes on after a failed run', async () => {
    const backend = backendOver(fakeRuntime((attempt) => (attempt === 1 ? new Error('once') : undefined)).runtime);
    await expect(backend.run('encoder', PIXELS, signal)).rejects.toMatchObject({ code: 'segment/runtime-failed' });
    await expect(backend.run('encoder', PIXELS, signal)).resolves.toMatchObject({ out: { shape: [1, 2] } });
  });

  it('releases its sessions and then refuses to run', async () => {
    const fake = fakeRuntime();
    const backend = backendOver(fake.runtime);
    await backend.run('encoder', PIXELS, signal);
    await backend.dispose();
    expect(fake.released).toEqual(['encoder']);
    await expect(backend.run('encoder', PIXELS, signal)).rejects.toMatchObject({ code: 'segment/not-loaded' });
  });
});

describe('the runtimes', () => {
  it('are pinned to one exact version, which is the one installed', () => {
    const read = (path: string) =>
      JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')) as {
        version: string;
        dependencies: Record<string, string>;
      };
    const { dependencies } = read('package.json');
    const pinned = dependencies['onnxruntime-web'];
    expect(pinned).toMatch(/^\d+\.\d+\.\d+$/);
    expect(dependencies['onnxruntime-node']).toBe(pinned);
    expect(read('node_modules/onnxruntime-web/package.json').version).toBe(pinned);
    expect(read('node_modules/onnxruntime-node/package.json').version).toBe(pinned);
  });
});
