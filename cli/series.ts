import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import {
  describeWindow,
  findScenes,
  type JobProgress,
  type PlaceRow,
  samplePlaces,
  type WindowSeries,
} from '../src/job';
import type { Traffic, Transport } from '../src/net';
import { createSeriesPort } from '../src/series';
import { cacheOf, throughCache } from './cache';
import type { OptionValues } from './parse';
import { placesOf } from './places';
import { createProgressLine, type ProgressLine } from './progress';
import { readingOptions } from './reading';
import { sceneRequest, searchRequest } from './request';
import { table } from './table';
import { createTableFile, type TableFile, type TableKind } from './table-file';
import type { CommandContext } from './terminal';
import { createNodeTransport } from './transport';
import { atMostOne, badValue } from './values';
import { requireWritable } from './write-files';

/** What each kind of look needs. */
interface Look {
  readonly values: OptionValues;
  readonly context: CommandContext;
  readonly transport: Transport;
  readonly progress: ProgressLine;
  /** Where the table goes; null for none, or for stdout. */
  readonly out: string | null;
}

/** What a look found besides its table. */
interface Found {
  readonly rejected: readonly { readonly id: string; readonly reason: string }[];
  readonly notices: readonly string[];
}

const PERCENT = 100;

/** `crop2seg series`: what the product reads, without a network, over a window or at many places. */
export async function series(values: OptionValues, context: CommandContext): Promise<void> {
  const { terminal, quiet } = context;
  atMostOne(values, ['cell', 'bbox', 'like', 'points', 'parcels']);
  const out = outOf(values, terminal.workingFolder);
  if (out !== null) await requireWritable(dirname(out));
  searchRequest(values, 'series', context);
  readingOptions(values);
  const cache = await cacheOf(values, terminal.workingFolder);
  const transport = throughCache(createNodeTransport(), cache);
  const progress = createProgressLine(terminal, quiet);
  const look = { values, context, transport, progress, out };
  try {
    const places = await placesOf(values, context);
    await (places === null ? lookAtWindow(look) : lookAtPlaces(look, places));
    await cache?.settled();
  } finally {
    progress.end();
  }
}

async function lookAtWindow({ values, context, transport, progress, out }: Look): Promise<void> {
  const { terminal, signal, json } = context;
  const request = await sceneRequest(values, 'series', context, transport);
  const plan = await findScenes(request, createSeriesPort(transport), signal);
  const rows: PlaceRow[] = [];
  const onRow = (row: PlaceRow): void => void rows.push(row);
  const found = await describeWindow(request, plan, {
    ...{ transport, signal, ...readingOptions(values) },
    table: out === null ? undefined : { clearOnly: values.has('clear'), onRow },
    onDate: ({ done, total, date, bytes, requests }) =>
      progress.show({
        stage: 'read',
        done,
        total,
        note: `${done} of ${total} dates read, last ${date}`,
        bytes,
        requests,
      }),
  });
  progress.end();
  if (out !== null) {
    rows.sort((a, b) => a.date.localeCompare(b.date));
    await inTable(kindOf(out), dirname(out), async (file) => {
      await file.add(rows);
      await file.keep(out);
    });
  }
  terminal.out(json ? `${JSON.stringify(found)}\n` : listing(request.title, found, out));
}

async function lookAtPlaces(
  { values, context, transport, progress, out }: Look,
  places: Parameters<typeof samplePlaces>[0]['places'],
): Promise<void> {
  const { terminal, signal, json } = context;
  const request = { ...searchRequest(values, 'series', context), ...readingOptions(values) };
  const begun = transport.traffic();
  const rejected = new Map<string, Found['rejected'][number]>();
  const notices = new Set<string>();
  const kind = out !== null ? kindOf(out) : json ? 'json' : 'csv';

  async function fill(file: TableFile): Promise<void> {
    const parts = samplePlaces(
      { ...request, places, clearOnly: values.has('clear') },
      { transport, signal, onProgress: (at) => progress.show(progressOf(at, begun, transport.traffic())) },
    );
    const used = new Set<string>();
    for await (const part of parts) {
      await file.add(part.rows);
      for (const { id, reason } of part.rejected) rejected.set(id, { id, reason });
      for (const id of part.used) used.add(id);
      for (const notice of part.notices) notices.add(notice);
    }
    // A scene that has nothing for one window may have for another.
    for (const id of used) rejected.delete(id);
    progress.end();
  }

  const found = (): Found => ({ rejected: [...rejected.values()], notices: [...notices] });
  await inTable(kind, out === null ? null : dirname(out), async (file) => {
    await fill(file);
    if (out !== null) {
      await file.keep(out);
      const summary = { file: out, rows: file.rows(), places: places.length, ...found() };
      terminal.out(json ? `${JSON.stringify(summary)}\n` : `${file.rows()} rows of ${places.length} places\n${out}\n`);
    } else if (json) {
      // One object, as promised, though its rows never were in memory together.
      terminal.out('{"rows":[');
      await file.pour((text) => terminal.out(text));
      terminal.out(`],${JSON.stringify(found()).slice(1)}\n`);
    } else await file.pour((text) => terminal.out(text));
  });
  if (!json) for (const notice of notices) terminal.err(`${notice}\n`);
}

/** Gives `work` a table that is gone afterwards, unless it was kept; beside its place, or in a temporary folder. */
async function inTable(
  kind: TableKind,
  folder: string | null,
  work: (file: TableFile) => Promise<void>,
): Promise<void> {
  const own = folder === null ? await mkdtemp(join(tmpdir(), 'crop2seg-')) : null;
  const file = await createTableFile(kind, join(own ?? folder!, `.series.${process.pid}.part`));
  try {
    await work(file);
  } finally {
    await file.discard();
    if (own !== null) await rm(own, { recursive: true, force: true });
  }
}

function outOf(values: OptionValues, workingFolder: string): string | null {
  const out = values.get('out');
  if (out === undefined) return null;
  kindOf(out);
  return resolve(workingFolder, out);
}

function kindOf(path: string): 'csv' | 'parquet' {
  const extension = extname(path).toLowerCase();
  if (extension === '.csv') return 'csv';
  if (extension === '.parquet') return 'parquet';
  throw badValue('out', basename(path), 'its name tells no kind of table', 'a name that ends in .csv or .parquet');
}

function progressOf(
  { done, total, date }: { readonly done: number; readonly total: number; readonly date: string },
  begun: Traffic,
  now: Traffic,
): JobProgress {
  const note = `${done} of ${total} places done, reading ${date}`;
  const traffic = { bytes: now.bytes - begun.bytes, requests: now.requests - begun.requests };
  return { stage: 'read', done, total, note, ...traffic };
}

function listing(title: string, { dates, rejected, notices }: WindowSeries, out: string | null): string {
  const percent = (share: number): string => (share * PERCENT).toFixed(1);
  const median = (date: WindowSeries['dates'][number], band: string): string =>
    date.bands[band]?.median?.toFixed(0) ?? '-';
  const rows = dates.map((date) => [
    date.date,
    date.scenes.join(' '),
    `${date.addDn} (${date.offsetRule})`,
    percent(date.cloudShare),
    percent(date.nodataShare),
    ...['B04', 'B08', 'B11'].map((band) => median(date, band)),
  ]);
  return [
    `${title}: ${dates.length} dates`,
    ...notices,
    '',
    table(['date', 'scenes', 'offset', 'cloud %', 'no data %', 'B04', 'B08', 'B11'], rows),
    '',
    `Left out: ${rejected.length}`,
    ...rejected.map(({ id, reason }) => `${id}: ${reason}`),
    ...(out === null ? [] : ['', out]),
    '',
  ].join('\n');
}
