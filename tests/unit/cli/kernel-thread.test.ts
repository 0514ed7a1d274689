import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startKernelThread } from '../../../cli/kernel-thread';
import { nodeCandidates } from '../../../cli/node-backend';
import { createKernelLane, type KernelLane } from '../../../src/segment';

const { signal } = new AbortController();
const ZOO = join(import.meta.dirname, '../../../models/zoo/timeunet-lite');
/** A thread loads the program first. */
const STARTING_MS = 60_000;
const SIDE = 16;
const BANDS = 10;

function stages() {
  const read = (stage: string): Uint8Array<ArrayBuffer> => readFileSync(join(ZOO, `${stage}.fp32.onnx`)).slice();
  return { encoder: read('encoder'), attention: read('attention'), decoder: read('decoder') };
}

function pixels() {
  const data = Float32Array.from({ length: BANDS * SIDE ** 2 }, (_, at) => Math.sin(at));
  return { data, shape: [1, BANDS, SIDE, SIDE] };
}

async function features(lane: KernelLane): Promise<unknown> {
  expect(await lane.open(stages(), signal)).toBe(true);
  return (await lane.encode(pixels(), null, [], signal)).value;
}

describe('our kernels in a thread', () => {
  it(
    'give what they give here, and again in the thread that was let go',
    async () => {
      const here = await features(createKernelLane());
      const lane = startKernelThread();
      expect(await features(lane)).toEqual(here);
      await lane.dispose();
      const next = startKernelThread();
      expect(await features(next)).toEqual(here);
      await next.dispose();
    },
    STARTING_MS,
  );

  it(
    'stop when told to, say what went wrong, and go on afterwards',
    async () => {
      const lane = startKernelThread();
      const expected = await features(lane);
      await expect(lane.run('aggregate', {}, signal)).rejects.toThrow('do not run the aggregate like this');
      const stop = new AbortController();
      const stopped = lane.encode(pixels(), null, [], stop.signal);
      stop.abort();
      await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
      expect((await lane.encode(pixels(), null, [], signal)).value).toEqual(expected);
      await lane.dispose();
    },
    STARTING_MS,
  );

  it('come first among what the command line runs networks on', () => {
    expect(nodeCandidates().map(({ name }) => name)).toEqual(['kernels', 'node']);
  });
});
