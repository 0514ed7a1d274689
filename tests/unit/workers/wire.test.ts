import { afterEach, describe, expect, it } from 'vitest';
import { CropError, isAbort, isCropError } from '../../../src/errors';
import { createRemotePort, type RemoteParts, type WorkerLike } from '../../../workers/wire/remote';
import { servePort } from '../../../workers/wire/serve';

/** A port with one method of each kind that stages have. */
interface TestPort {
  double(values: Float32Array<ArrayBuffer>): Promise<{ readonly values: Float32Array<ArrayBuffer>; bytesLeft: number }>;
  count(to: number, signal: AbortSignal, onStep: (step: number, total: number) => void): Promise<string>;
  fail(kind: 'crop' | 'other'): Promise<never>;
  never(signal: AbortSignal): Promise<never>;
  dispose(): Promise<void>;
}

interface Side {
  readonly seen: { aborted: number; started: number };
  readonly workers: (WorkerLike & EventTarget & { terminated: boolean })[];
  readonly port: TestPort;
}

const opened: MessagePort[] = [];

afterEach(() => {
  for (const port of opened.splice(0)) port.close();
});

/** A remote port whose "workers" answer from this thread over a message channel, clones and transfers included. */
function connect(parts: Partial<RemoteParts<TestPort>> = {}): Side {
  const seen = { aborted: 0, started: 0 };
  const workers: Side['workers'] = [];
  const local: TestPort = {
    double: async (values) => ({ values: values.map((value) => 2 * value), bytesLeft: values.byteLength }),
    async count(to, signal, onStep) {
      for (let step = 1; step <= to; step++) {
        await new Promise((resolve) => setImmediate(resolve));
        if (signal.aborted) seen.aborted += 1;
        signal.throwIfAborted();
        onStep(step, to);
      }
      return `counted to ${to}`;
    },
    async fail(kind) {
      if (kind === 'crop') throw new CropError('segment/wrong-hash', { file: 'a.onnx', problem: 'it is not' });
      throw new RangeError('out of range');
    },
    never: (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          seen.aborted += 1;
          reject(signal.reason as Error);
        });
      }),
    dispose: async () => undefined,
  };
  const start = (): WorkerLike => {
    seen.started += 1;
    const { port1, port2 } = new MessageChannel();
    opened.push(port1, port2);
    servePort(local, port2 as never);
    port1.start();
    const worker = Object.assign(new EventTarget(), {
      terminated: false,
      postMessage: (message: unknown, transfer: Transferable[] = []) => {
        port1.postMessage(message, transfer);
      },
      terminate() {
        worker.terminated = true;
        port1.close();
      },
    });
    port1.onmessage = ({ data }) => {
      worker.dispatchEvent(new MessageEvent('message', { data: data as unknown }));
    };
    workers.push(worker as never);
    return worker as never;
  };
  const methods = { double: true, count: true, fail: true, never: true } as const;
  return { seen, workers, port: createRemotePort<TestPort>({ name: 'test', methods, start, ...parts }) };
}

describe('a port behind a worker', () => {
  it('starts its worker with the first call, once', async () => {
    const { port, seen } = connect();
    expect(seen.started).toBe(0);
    await Promise.all([port.double(Float32Array.of(1)), port.double(Float32Array.of(2))]);
    expect(seen.started).toBe(1);
  });

  it('moves typed arrays instead of copying them', async () => {
    const { port } = connect();
    const values = Float32Array.of(1, 2, 3);
    const answer = await port.double(values);
    expect([...answer.values]).toEqual([2, 4, 6]);
    expect(answer.bytesLeft).toBe(12);
    expect(values.byteLength).toBe(0);
  });

  it('tells all progress, in order, before the answer', async () => {
    const { port } = connect();
    const told: unknown[] = [];
    const answer = await port.count(5, new AbortController().signal, (...step) => told.push(step));
    expect(told).toEqual([1, 2, 3, 4, 5].map((step) => [step, 5]));
    expect(answer).toBe('counted to 5');
  });

  it('rejects with errors of the catalogue as such', async () => {
    const { port } = connect();
    const error: unknown = await port.fail('crop').catch((reason: unknown) => reason);
    expect(isCropError(error, 'segment/wrong-hash')).toBe(true);
    expect((error as CropError).details).toEqual({ file: 'a.onnx', problem: 'it is not' });
    expect((error as CropError).nextStep).toContain('Reload');
    await expect(port.fail('other')).rejects.toMatchObject({ name: 'RangeError', message: 'out of range' });
  });

  it('aborts on both sides, with the caller`s own reason here', async () => {
    const { port, seen } = connect();
    const controller = new AbortController();
    const reason = new Error('enough');
    const told: number[] = [];
    const promise = port.count(1000, controller.signal, (step) => {
      told.push(step);
      if (step === 3) controller.abort(reason);
    });
    await expect(promise).rejects.toBe(reason);
    await expect.poll(() => seen.aborted).toBe(1);
    expect(told).toEqual([1, 2, 3]);
    // The worker lives on.
    expect([...(await port.double(Float32Array.of(4))).values]).toEqual([8]);
    expect(seen.started).toBe(1);
  });

  it('asks nothing of the worker when the signal is aborted before the call', async () => {
    const { port, seen } = connect();
    const error: unknown = await port.never(AbortSignal.abort()).catch((reason: unknown) => reason);
    expect(isAbort(error)).toBe(true);
    expect(seen.started).toBe(0);
  });

  it('rejects the call whose progress callback throws', async () => {
    const { port } = connect();
    const promise = port.count(3, new AbortController().signal, () => {
      throw new Error('callback');
    });
    await expect(promise).rejects.toThrow('callback');
  });

  it('rejects what waits when the worker dies, and starts a new one for the next call', async () => {
    const { port, workers, seen } = connect();
    const waiting = port.never(new AbortController().signal);
    const failed = expect(waiting).rejects.toMatchObject({ code: 'workers/failed', details: { worker: 'test' } });
    workers[0]!.dispatchEvent(new Event('error'));
    await failed;
    expect(workers[0]!.terminated).toBe(true);
    expect([...(await port.double(Float32Array.of(1))).values]).toEqual([2]);
    expect(seen.started).toBe(2);
  });

  it('ends a worker after an error that leaves it unfit', async () => {
    const { port, workers } = connect({ isFatal: (error) => isCropError(error, 'segment/wrong-hash') });
    const waiting = expect(port.never(new AbortController().signal)).rejects.toMatchObject({ code: 'workers/failed' });
    await expect(port.fail('crop')).rejects.toMatchObject({ code: 'segment/wrong-hash' });
    await waiting;
    expect(workers[0]!.terminated).toBe(true);
  });

  it('ends its worker on dispose and rejects what waits as aborted', async () => {
    const { port, workers } = connect();
    const waiting = port.never(new AbortController().signal).catch((reason: unknown) => reason);
    await port.dispose();
    expect(isAbort(await waiting)).toBe(true);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true]);
  });
});
