import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isCropError } from '../../src/errors';
import { mulberry32 } from '../../tests/support/random';
import { type HeaderFacts, readWithGeotiff, readWithOurs } from './header-readers.ts';

/** Small files of the tests, of both byte orders and sizes of offset. */
const FILES = ['plain-20m.tif', 'big-endian-20m.tif', 'bigtiff-20m.tif', 'b04-10m.tif', 'strips-20m.tif'];

/** Damaged headers per file. */
const CASES = 60;

/** Bytes that hold the directories of these files, and changes made to them. */
const HEADER_BYTES = 700;
const MOST_CHANGES = 6;

/** A header that is not read after this long, milliseconds, hangs; a sound one takes less than one. */
const HANG_MS = 3000;

/** More memory than this for one header, bytes, is a flood: the files have 30 kB. */
const FLOOD_BYTES = 64e6;

/** Heap of the process that reads, MB: what asks for more ends it. */
const HEAP_MB = 512;

export type Outcome = 'read' | 'catalogue error' | 'other error' | 'hang' | 'flood' | 'process ended';

interface Answer {
  readonly outcome: Outcome;
  readonly facts: HeaderFacts | null;
}

type Tally = Record<string, number>;

/** What either parser makes of the same damaged headers, and how often both read one and disagree. */
export async function damagedHeaders(): Promise<Record<string, unknown>> {
  const tallies: Record<string, Tally> = { ours: {}, geotiff: {}, disagreements: {} };
  const undamaged: Tally = {};
  for (const name of FILES) {
    const file = fileBytes(name);
    const [ours, theirs] = [await ask('ours', file), await ask('geotiff', file)];
    undamaged[name] = sameFacts(ours, theirs) ? 1 : 0;
    const random = mulberry32(name.length);
    for (let nth = 0; nth < CASES; nth++) {
      const damaged = damage(file, random);
      const [ours, theirs] = [await ask('ours', damaged), await ask('geotiff', damaged)];
      count(tallies['ours']!, ours.outcome);
      count(tallies['geotiff']!, theirs.outcome);
      if (ours.facts !== null && theirs.facts !== null && !sameFacts(ours, theirs))
        count(tallies['disagreements']!, name);
    }
  }
  return { headers: CASES * FILES.length, ...tallies, agreeOnSoundFiles: undamaged };
}

function fileBytes(name: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(new URL(`../../tests/conformance/fixtures/raster/${name}`, import.meta.url)));
}

function sameFacts(one: Answer, other: Answer): boolean {
  return JSON.stringify(one.facts) === JSON.stringify(other.facts);
}

function count(tally: Tally, name: string): void {
  tally[name] = (tally[name] ?? 0) + 1;
}

function damage(file: Uint8Array<ArrayBuffer>, random: () => number): Uint8Array<ArrayBuffer> {
  const copy = file.slice();
  const changes = 1 + Math.floor(random() * MOST_CHANGES);
  for (let nth = 0; nth < changes; nth++) {
    const extreme = [0, 1, 255][Math.floor(random() * 3)]!;
    copy[Math.floor(random() * HEADER_BYTES)] = random() < 0.5 ? extreme : Math.floor(random() * 256);
  }
  return copy;
}

/** First argument of the processes that read. */
const AS_READER = 'read-damaged-headers';

type ParserName = 'ours' | 'geotiff';
const processes = new Map<ParserName, ChildProcess>();

/** Reads a header in a process of its own, which is ended when it hangs. */
async function ask(parser: ParserName, bytes: Uint8Array<ArrayBuffer>): Promise<Answer> {
  const child = processes.get(parser) ?? (await start(parser));
  return new Promise((resolve) => {
    const finish = (answer: Answer, end: boolean): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      if (end) {
        processes.delete(parser);
        child.kill('SIGKILL');
      }
      resolve(answer);
    };
    const timer = setTimeout(() => finish({ outcome: 'hang', facts: null }, true), HANG_MS);
    child.on('message', (answer: Answer) => finish(answer, false));
    child.on('exit', () => finish({ outcome: 'process ended', facts: null }, true));
    child.send(bytes);
  });
}

async function start(parser: ParserName): Promise<ChildProcess> {
  const child = fork(fileURLToPath(import.meta.url), [AS_READER, parser], {
    execArgv: ['--import', 'tsx', `--max-old-space-size=${HEAP_MB}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  processes.set(parser, child);
  // Loading the parsers is not reading a header.
  await once(child, 'message');
  return child;
}

async function answer(parser: ParserName, bytes: Uint8Array<ArrayBuffer>): Promise<Answer> {
  const before = process.memoryUsage();
  try {
    const range = async (first: number, length: number) => bytes.slice(first, first + length);
    const facts = await (parser === 'ours' ? readWithOurs : readWithGeotiff)(range);
    const after = process.memoryUsage();
    const grown = after.arrayBuffers - before.arrayBuffers + after.heapUsed - before.heapUsed;
    return { outcome: grown > FLOOD_BYTES ? 'flood' : 'read', facts };
  } catch (error) {
    return { outcome: isCropError(error) ? 'catalogue error' : 'other error', facts: null };
  }
}

const [role, parser] = process.argv.slice(2);
if (role === AS_READER) {
  process.on('message', (bytes: Uint8Array<ArrayBuffer>) => {
    void answer(parser as ParserName, bytes).then((result) => process.send!(result));
  });
  process.on('disconnect', () => process.exit());
  process.send!('ready');
}
