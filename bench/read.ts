import { join } from 'node:path';
import { buildPage, openChromium } from './chromium.ts';
import { buildFixtures } from './fixtures.ts';
import { findGdal } from './gdal.ts';
import { limitMs, tileBytes } from './limit.ts';
import { startReader, startServer, type BenchServer, type Reader } from './processes.ts';
import { HOUSEHOLD, UNLIMITED, type Line, type ReadTask } from './wire.ts';

/** Runs that count, of each reader; the median is told. One more goes before them. */
const RUNS = 5;

/** One run or the median of several. */
interface Cost {
  readonly requests: number;
  readonly bytes: number;
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Why a reader was not measured. */
interface Absent {
  readonly reason: string;
}

type Readers = Readonly<Record<string, Reader | Absent>>;

/** Costs of a cell-date for each reader, null where it could not be measured, and the least that any could have. */
interface Comparison extends Readonly<Record<string, unknown>> {
  readonly limit: { readonly bytes: number; readonly wallMs: number };
  /** Why a reader is null. */
  readonly absent?: Readonly<Record<string, string>>;
}

/** Reads a cell-date with each reader, in Node and in Chromium, over two lines. */
export async function benchRead(cache: string, log: (line: string) => void): Promise<Record<string, unknown>> {
  const fixtures = await buildFixtures(cache, log);
  const page = join(cache, 'page');
  await buildPage(page);
  const server = await startServer(fixtures, page);
  const node = startReader();
  const rival = startReader();
  const gdal = (await findGdal()) ?? { reason: 'the Python bindings of GDAL are not installed (Debian: python3-gdal)' };
  const browser = (await openChromium(server.url)) ?? { reason: 'there is no Chromium; set CHROMIUM_PATH' };
  try {
    const bytes = await tileBytes(server.url);
    const inNode = { ours: node, geotiff: rival, gdal };
    const inPage = { ours: browser, geotiff: browser, gdal: { reason: 'GDAL does not run in a page' } };
    const over = (line: Line, readers: Readers) => compare(server, line, readers, bytes, log);
    return {
      ...(await over(HOUSEHOLD, inNode)),
      zeroLatency: await over(UNLIMITED, inNode),
      chromium: { ...(await over(HOUSEHOLD, inPage)), zeroLatency: await over(UNLIMITED, inPage) },
    };
  } finally {
    node.stop();
    rival.stop();
    if ('stop' in browser) await browser.stop();
    server.stop();
  }
}

/** Takes the readers in turn, so that a busy moment of the machine hits all alike. */
async function compare(
  server: BenchServer,
  line: Line,
  readers: Readers,
  bytes: number,
  log: (line: string) => void,
): Promise<Comparison> {
  const costs = new Map<string, Cost[]>();
  for (let run = 0; run <= RUNS; run++) {
    for (const [name, reader] of Object.entries(readers)) {
      if ('reason' in reader) continue;
      const cost = await costOf(server, line, reader, {
        reader: name === 'geotiff' ? 'geotiff' : 'ours',
        root: server.url,
      });
      log(`${line.latencyMs} ms ${name} ${JSON.stringify(cost)}`);
      if (run > 0) costs.set(name, [...(costs.get(name) ?? []), cost]);
    }
  }
  const results: Record<string, Cost | null> = {};
  const absent: Record<string, string> = {};
  for (const [name, reader] of Object.entries(readers)) {
    results[name] = 'reason' in reader ? null : medianCost(costs.get(name) ?? []);
    if ('reason' in reader) absent[name] = reader.reason;
  }
  const limit = { bytes, wallMs: round(limitMs(bytes, line)) };
  return { ...results, limit, ...(Object.keys(absent).length > 0 ? { absent } : {}) };
}

/** What one task costs over a line. */
export async function costOf(server: BenchServer, line: Line, reader: Reader, task: ReadTask): Promise<Cost> {
  await server.setLine(line);
  const { wallMs, cpuMs = NaN } = await reader.read(task);
  return { ...(await server.count()), wallMs: round(wallMs), cpuMs: round(cpuMs) };
}

function medianCost(costs: readonly Cost[]): Cost {
  const of = (pick: (cost: Cost) => number): number => {
    const sorted = costs.map(pick).sort((one, other) => one - other);
    return sorted[sorted.length >> 1] ?? NaN;
  };
  return {
    requests: of(({ requests }) => requests),
    bytes: of(({ bytes }) => bytes),
    wallMs: of(({ wallMs }) => wallMs),
    cpuMs: of(({ cpuMs }) => cpuMs),
  };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
