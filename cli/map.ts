import { resolve } from 'node:path';
import { redactData } from '../src/errors';
import { exportFiles, runJob, type ExportKind, type JobReport } from '../src/job';
import { createSegmentPort } from '../src/segment';
import { createCachedSeriesPort, createSeriesPort } from '../src/series';
import { createContentStore } from '../src/store';
import { cacheOf, throughCache } from './cache';
import { dateSubsetsOption } from './date-subsets';
import { DEFAULT_MODEL } from './default-model';
import { modelUrl } from './model-folder';
import { nodeCandidates } from './node-backend';
import type { OptionValues } from './parse';
import { createProgressLine } from './progress';
import { sceneRequest } from './request';
import { readingOptions, smoothingOption } from './reading';
import { openFileScratch } from './scratch';
import { table } from './table';
import type { CommandContext } from './terminal';
import { createNodeTransport } from './transport';
import { required, wholeNumber } from './values';
import { requireWritable, writeFiles } from './write-files';

const EXPORTS: readonly ExportKind[] = ['map-tif', 'probabilities-tif', 'geojson', 'report'];

/** More than any desktop has; a bound that catches typing errors. */
const MOST_THREADS = 256;

const BYTES_PER_KIBIBYTE = 1024;
const BYTES_PER_MEGABYTE = 1e6;
const PERCENT = 100;

/** `crop2seg map`: the whole pipeline in this process, then the results in a folder. */
export async function map(values: OptionValues, context: CommandContext): Promise<void> {
  const { terminal, signal, json, quiet } = context;
  const folder = resolve(terminal.workingFolder, required(values, 'map', 'out'));
  const threads = wholeNumber(values, 'threads', 1, MOST_THREADS);
  const reading = { ...readingOptions(values), ...dateSubsetsOption(values), ...smoothingOption(values) };
  const model = modelUrl(values.get('model') ?? DEFAULT_MODEL, terminal.workingFolder);
  await requireWritable(folder);
  const cache = await cacheOf(values, terminal.workingFolder);
  const transport = createNodeTransport();
  const request = {
    ...(await sceneRequest(values, 'map', context, throughCache(transport, cache))),
    ...reading,
    modelUrl: model,
  };
  const progress = createProgressLine(terminal, quiet);
  const openScratch = openFileScratch;
  const series =
    cache === null
      ? createSeriesPort(transport, { openScratch })
      : createCachedSeriesPort({ transport, cache, openScratch });
  const segment = createSegmentPort({
    // Its own counters: the job adds up both sides.
    transport: throughCache(createNodeTransport(), cache),
    ...(cache === null ? {} : { files: createContentStore(cache) }),
    candidates: nodeCandidates(threads === undefined ? {} : { threads }),
  });
  try {
    const onProgress = progress.show;
    // Files show no pixel's season.
    const options = { signal, onProgress, peakMemoryMb, histories: false };
    const finished = await runJob(request, { series, segment }, options);
    const exported = await exportFiles(finished, EXPORTS, signal);
    progress.end();
    const paths = await writeFiles(folder, exported, signal);
    const files = exported.map(({ type, bytes }, at) => ({ path: paths[at], type, bytes: bytes.length }));
    terminal.out(
      json ? `${JSON.stringify({ files, report: redactData(finished.report) })}\n` : summary(finished.report, paths),
    );
  } finally {
    progress.end();
    await Promise.all([series.dispose(), segment.dispose()]);
  }
}

/** Resident memory of this process at its highest. `maxRSS` is in kibibytes on every platform (Node's documentation). */
function peakMemoryMb(): number {
  return (process.resourceUsage().maxRSS * BYTES_PER_KIBIBYTE) / BYTES_PER_MEGABYTE;
}

function summary(report: JobReport, paths: readonly string[]): string {
  const { request, dates, areas, simulatedScenes, model, skippedDates, savedBytes, notices } = report;
  const subsets = (report.dateSubsets ?? []).filter((count) => count > 1);
  const saved = savedBytes === null ? '' : `, which saved about ${(savedBytes / BYTES_PER_MEGABYTE).toFixed(1)} MB`;
  const rows = areas.map(({ code, name, hectares, share }) => [
    `${code} ${name}`,
    hectares.toFixed(2),
    (share * PERCENT).toFixed(1),
  ]);
  return [
    `${request.title}, season ${request.season}: ${dates.length} dates, model ${model.name} ${model.version}`,
    ...(subsets.length > 0 ? [`Averaged over ${subsets.join(' or ')} interleaved subsets of the dates.`] : []),
    ...(simulatedScenes ? ['The scenes are simulated: this map shows no real place.'] : []),
    ...(skippedDates > 0 ? [`${skippedDates} dates were too cloudy over the area itself${saved}.`] : []),
    ...notices,
    ...model.caveats,
    '',
    table(['class', 'ha', '%'], rows),
    '',
    ...paths,
    '',
  ].join('\n');
}
