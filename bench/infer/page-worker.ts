/** The worker in which a browser runs patches: the engine of the site, its memories counted. */
import * as Comlink from 'comlink';
import { browserCandidates } from '../../src/segment';
import { createRemotePort } from '../../workers/wire/remote';
import { countMemories } from './count-memory.ts';
import type { CountedLane } from './lane-worker.ts';
import { runPatch } from './run-patch.ts';
import type { PatchTask } from './wire.ts';

const ownBytes = countMemories();
const lanes: CountedLane[] = [];

function startLane(): CountedLane {
  const lane = createRemotePort<CountedLane>({
    name: 'kernels',
    methods: { open: true, encode: true, attend: true, aggregate: true, run: true, heapBytes: true },
    start: () => new Worker(new URL('./lane-worker.ts', import.meta.url), { type: 'module' }),
  });
  lanes.push(lane);
  const dispose = async (): Promise<void> => {
    lanes.splice(lanes.indexOf(lane), 1);
    await lane.dispose();
  };
  return { ...lane, dispose };
}

const host = {
  async run(task: PatchTask) {
    Object.defineProperty(navigator, 'hardwareConcurrency', { value: task.processors });
    const heap = async (): Promise<number> => {
      const ofLanes = await Promise.all(lanes.map((lane) => lane.heapBytes()));
      return ofLanes.reduce((sum, bytes) => sum + bytes, ownBytes());
    };
    return runPatch(task, browserCandidates(startLane), heap);
  },
};

export type PatchHost = typeof host;

Comlink.expose(host);
