import { MIDDLE_CELL } from './cell.ts';
import { buildFixtures } from './fixtures.ts';
import { startReader, startServer } from './processes.ts';
import { costOf } from './read.ts';
import { UNLIMITED, type ReadTask } from './wire.ts';

/** Cells of one date: a block of ten by ten is numbered row by row, so these are squares of 1, 2 and 4 cells. */
const CELL_BLOCKS = [1, 2, 4];

const DATES = [1, 10, 40];

/** How our reader's cost grows with cells and with dates, in Node over an unlimited line. */
export async function benchGrow(cache: string, log: (line: string) => void): Promise<Record<string, unknown>> {
  const fixtures = await buildFixtures(cache, log);
  const server = await startServer(fixtures, cache);
  const reader = startReader();
  const cost = async (task: Omit<ReadTask, 'reader' | 'root'>) => {
    const result = await costOf(server, UNLIMITED, reader, { ...task, reader: 'ours', root: server.url });
    log(JSON.stringify({ ...task, ...result }));
    return result;
  };
  try {
    // The first run warms the compiler and does not count.
    await cost({});
    const cells = [];
    for (const side of CELL_BLOCKS) {
      const block = Array.from({ length: side * side }, (_, at) => {
        return MIDDLE_CELL + (at % side) + Math.floor(at / side) * 10;
      });
      cells.push({ cells: block.length, ...(await cost({ cells: block })) });
    }
    const dates = [];
    for (const count of DATES) dates.push({ dates: count, ...(await cost({ dates: count })) });
    return { cells, dates };
  } finally {
    reader.stop();
    server.stop();
  }
}
