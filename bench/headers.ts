/**
 * Headers of COGs by geotiff.js with our checks before and after it, against geotiff.js alone: `tsx bench/headers.ts`
 * after `bench -- read` has built its files. Requests, bytes and processor time of a header with all that reading a window
 * needs of it (tile places of the image and its overviews, CRS, nodata), then what either makes of damaged headers: the
 * small files of the tests with one to six bytes changed. Prints one JSON object.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LAYOUTS } from './layout.ts';
import { damagedHeaders } from './readers/damaged-headers.ts';
import { type HeaderReader, readWithGeotiff, readWithOurs } from './readers/header-readers.ts';

const CACHE = fileURLToPath(new URL('../.cache/bench/read-1', import.meta.url));

/** Headers read for one processor time, and times of which the median is told. */
const REPEATS = 10;
const ROUNDS = 3;

/** The beginning of a file holds all of its header; the rest is never asked for. */
const BEGINNING_BYTES = 4 * 1024 * 1024;

function beginningOf(path: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(BEGINNING_BYTES);
  const file = openSync(path, 'r');
  const got = readSync(file, bytes, 0, bytes.length, 0);
  closeSync(file);
  return bytes.slice(0, got);
}

async function costOf(read: HeaderReader, bytes: Uint8Array<ArrayBuffer>): Promise<Record<string, number>> {
  let [requests, moved] = [0, 0];
  const range = async (start: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    requests += 1;
    const part = bytes.slice(start, start + length);
    moved += part.length;
    return part;
  };
  const { tiles } = await read(range);
  const once = { requests, bytes: moved, tiles };
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let repeat = 0; repeat < REPEATS; repeat++) await read(range);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000 / REPEATS);
  }
  return { ...once, cpuMs: Number(times.sort((a, b) => a - b)[ROUNDS >> 1]!.toFixed(3)) };
}

const sound: Record<string, unknown> = {};
for (const { name } of LAYOUTS) {
  const bytes = beginningOf(join(CACHE, `${name}.tif`));
  sound[name] = { ours: await costOf(readWithOurs, bytes), geotiff: await costOf(readWithGeotiff, bytes) };
}
console.error(JSON.stringify(sound));
console.log(JSON.stringify({ sound, damaged: await damagedHeaders() }));
process.exit();
