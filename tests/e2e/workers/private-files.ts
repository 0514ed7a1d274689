/** Writes and reads private files one after the other while all garbage is collected all the time; posts what came of it. */
import { openOpfsFiles } from '../../../src/store/opfs-files';

/** Files written and read back; without care for handles one in ten to thirty never opens. */
const FILES = 100;

/** Longer than a file takes by far, and shorter than the product itself waits, milliseconds. */
const LOST_MS = 8000;

const { gc } = globalThis as unknown as { gc: () => void };

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Whether the work came to its end. */
async function underCollection(work: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const end = work.finally(() => (settled = true));
  const begin = performance.now();
  while (!settled && performance.now() - begin < LOST_MS) {
    gc();
    await pause(0);
  }
  if (settled) await end;
  return settled;
}

async function run(): Promise<number> {
  const files = (await openOpfsFiles('crop2seg-test'))!;
  let lost = 0;
  for (let nth = 0; nth < FILES && lost < 2; nth++) {
    const record = new Uint8Array(1e5).fill(nth);
    if (!(await underCollection(files.write(`file-${nth}`, record)))) lost++;
    else if (!(await underCollection(files.read(`file-${nth}`)))) lost++;
  }
  return lost;
}

run().then(
  (lost) => self.postMessage({ lost }),
  (error: unknown) => self.postMessage({ error: String(error) }),
);
