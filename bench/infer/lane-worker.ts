/** An encoder's worker as the site has it, its memory counted. */
import { createEncoderLane, type EncoderLane } from '../../src/segment';
import { servePort } from '../../workers/wire/serve';
import { countMemories } from './count-memory.ts';

export interface CountedLane extends EncoderLane {
  heapBytes(): Promise<number>;
}

const bytes = countMemories();

servePort<CountedLane>({ ...createEncoderLane(), heapBytes: async () => bytes() });
