import type { Runner } from '../state/run.svelte';

/** Makes a map in two workers of its own, which are ended with the run: memory of a runtime only comes back that way. */
export const runInWorkers: Runner = async (request, { signal, onProgress, onPreview }) => {
  const [{ runJob }, { connectSegmentWorker, connectSeriesWorker }] = await Promise.all([
    import('../../job'),
    import('../../../workers/wire/client'),
  ]);
  const ports = { series: connectSeriesWorker(), segment: connectSegmentWorker() };
  try {
    return await runJob(request, ports, { signal, onProgress, onPreview });
  } finally {
    await Promise.all([ports.series.dispose(), ports.segment.dispose()]);
  }
};
