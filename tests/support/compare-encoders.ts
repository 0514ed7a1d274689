import { createOwnWebgpuBackend, createWebgpuBackend, type LoadedModel, webgpuAvailable } from '../../src/segment';

/** An encoder's input, and files of a model at hand. */
export interface EncoderTask {
  readonly encoderUrl: string;
  /** Of any model: it is only made ready, so that there is a device. */
  readonly attentionUrl: string;
  readonly shape: readonly number[];
  /** Whether the encoder masks: then a part of the pixels is not valid. */
  readonly masks?: boolean;
  /** Runs that are timed, after one that is not. */
  readonly rounds: number;
}

export interface EncoderComparison {
  /** Largest difference of a value, by output. */
  readonly differences: Readonly<Record<string, number>>;
  /** Milliseconds of one run each, the best of all. */
  readonly runtimeMs: number;
  readonly ownMs: number;
}

/** The runtime's encoder and ours over the same pixels. Null where there is no adapter at all. */
export async function compareEncoders(task: EncoderTask): Promise<EncoderComparison | null> {
  if (!(await webgpuAvailable('fp32', true))) return null;
  const { signal } = new AbortController();
  const bytes = async (url: string): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await (await fetch(url)).arrayBuffer());
  const files = { encoder: await bytes(task.encoderUrl), attention: await bytes(task.attentionUrl) };
  const model = (): LoadedModel => ({ stages: structuredClone(files) }) as unknown as LoadedModel;
  const [runtime, own] = [await createWebgpuBackend(model(), signal), await createOwnWebgpuBackend(model(), signal)];
  if (own === null) throw new Error('Our kernels do not know this encoder.');
  const values = task.shape.reduce((count, length) => count * length, 1);
  const data = Float32Array.from({ length: values }, (_, at) => ((Math.imul(at, 2654435761) >>> 16) % 1000) / 250 - 2);
  const pixels = { data, shape: task.shape };
  const [, , rows = 0, columns = 0] = task.shape;
  // What lies in holes is 0 already.
  const valid = Float32Array.from({ length: rows * columns }, (_, at) => (at % columns < 5 || at % 7 === 3 ? 0 : 1));
  if (task.masks === true) data.forEach((value, at) => (data[at] = value * valid[at % valid.length]!));
  const mask = task.masks === true ? { valid: { data: valid, shape: [1, 1, rows, columns] } } : {};
  const inputs = { pixels, ...mask };
  const best = { runtime: Infinity, own: Infinity };
  const [expected, given] = [await runtime.run('encoder', inputs, signal), await own.run('encoder', inputs, signal)];
  for (let round = 0; round < task.rounds; round += 1) {
    for (const [name, backend] of Object.entries({ runtime, own }) as ['runtime' | 'own', typeof own][]) {
      const begin = performance.now();
      await backend.run('encoder', inputs, signal);
      best[name] = Math.min(best[name], performance.now() - begin);
    }
  }
  await own.dispose();
  await runtime.dispose();
  const differences = Object.entries(expected).map(([name, tensor]) => {
    const other = given[name];
    if (other?.shape.join() !== tensor.shape.join()) return [name, Infinity];
    return [name, tensor.data.reduce((most, value, at) => Math.max(most, Math.abs(value - other.data[at]!)), 0)];
  });
  return { differences: Object.fromEntries(differences), runtimeMs: best.runtime, ownMs: best.own };
}
