import { packHistory } from '../series';
import type { CropMap } from './types';

/** What versions up to 22 November 2026 kept: NDVI and SCL as arrays, each [dates, rows, columns]. */
interface OlderHistory {
  readonly dates: readonly string[];
  readonly ndvi: Uint8Array;
  readonly scl: Uint8Array;
}

/** A kept map as this version knows maps, whichever version kept it. */
export async function upToDate(kept: CropMap): Promise<CropMap> {
  const told = kept.report as Partial<CropMap['report']>;
  const report = {
    ...kept.report,
    unreadDates: told.unreadDates ?? [],
    encodings: told.encodings ?? null,
    wallSeconds: told.wallSeconds ?? wallSecondsOf(kept.report),
  };
  const features = (kept as Partial<CropMap>).features ?? null;
  const older = kept.history as OlderHistory | CropMap['history'];
  if (older === null || !('ndvi' in older)) return { ...kept, report, features };
  const { dates, ndvi, scl } = older;
  const size = kept.labels.length;
  const history = await packHistory(
    dates,
    size,
    async (date, first, count) => {
      const from = dates.indexOf(date) * size + first;
      return { ndvi: ndvi.subarray(from, from + count), scl: scl.subarray(from, from + count) };
    },
    new AbortController().signal,
  );
  return { ...kept, report, features, history };
}

/** The wall time of a map whose version did not tell it: search and model are the stages that run side by side. */
function wallSecondsOf({ seconds }: CropMap['report']): number {
  const { search, model, read, segment, finish } = seconds;
  return Math.max(search, model) + read + segment + finish;
}
