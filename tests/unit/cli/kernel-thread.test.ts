import { afterEach, describe, expect, it } from 'vitest';
import { kernelBundle } from '../../../cli/kernel-bundle';
import { connectKernelThread } from '../../../cli/kernel-thread';
import { nodeCandidates } from '../../../cli/node-backend';
import { isAbort } from '../../../src/errors';
import { createKernelLane, type KernelLane, type LoadedModel } from '../../../src/segment';
import { CHANNELS, convolution, groupNorm } from '../segment/kernel/graphs';
import { draw } from '../segment/kernel/support';
import { writeGraph } from '../segment/support/onnx-graph';
import { rejection } from './support';

const BANDS = 10;
const SIDE = 8;
const { signal } = new AbortController();

const lanes: KernelLane[] = [];
afterEach(async () => void (await Promise.all(lanes.splice(0).map((lane) => lane.dispose()))));

/** An encoder of one convolution and one norm, as an ONNX graph. */
function encoder(): Uint8Array<ArrayBuffer> {
  const graph = writeGraph();
  const pixels = graph.input('pixels', [1, BANDS, 'rows', 'columns']);
  const first = convolution(graph, pixels, { bands: BANDS, channels: CHANNELS, side: 3, seed: 1 });
  const turned = graph.op('Transpose', [groupNorm(graph, first, CHANNELS, 4, 3)], { perm: [0, 2, 3, 1] });
  graph.op('Reshape', [turned, graph.sizes(-1, CHANNELS)], {}, 'features');
  return graph.model('features');
}

async function thread(script?: string): Promise<KernelLane> {
  const lane = connectKernelThread(script ?? (await kernelBundle()));
  lanes.push(lane);
  return lane;
}

const encode = (lane: KernelLane) =>
  lane.encode({ data: draw(BANDS * SIDE * SIDE, 7), shape: [1, BANDS, SIDE, SIDE] }, null, [], signal);

describe('a kernel thread', () => {
  it('gives bit for bit what the kernels give in this thread', async () => {
    const [there, here] = [await thread(), createKernelLane()];
    for (const lane of [there, here]) expect(await lane.open({ encoder: encoder() }, signal)).toBe(true);
    expect((await encode(there)).value).toEqual((await encode(here)).value);
  });

  it('rejects the call that waits when the signal is aborted', async () => {
    const lane = await thread();
    const stop = new AbortController();
    const opened = rejection(() => lane.open({ encoder: encoder() }, stop.signal));
    stop.abort();
    expect(isAbort(await opened)).toBe(true);
  });

  it('says so when it cannot be started or ends by itself', async () => {
    for (const script of ['throw new Error("not today")', 'process.exit(3)']) {
      const lane = await thread(script);
      const error = await rejection(() => lane.open({ encoder: encoder() }, signal));
      expect(error).toMatchObject({ code: 'workers/failed', details: { worker: 'kernels' } });
      expect((error as Error).message).toMatch(/not today|ended with 3/);
    }
  });
});

describe('the ways of the command line', () => {
  it('are the own kernels, a worker for each thread allowed, and the native runtime', async () => {
    const candidates = nodeCandidates({ threads: 3 });
    expect(candidates.map(({ name, precisions }) => [name, precisions])).toEqual([
      ['kernels', ['fp32']],
      ['node', ['fp32']],
    ]);
    const backend = await candidates[0]!.create({ stages: { encoder: encoder() } } as unknown as LoadedModel, signal);
    expect(backend?.description).toBe('WASM, own kernels in 3 workers');
    await backend?.dispose();
  });
});
