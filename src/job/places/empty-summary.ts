import { CropError, isCropError } from '../../errors';
import type { SeriesSummary } from '../../series';

/** What a window that no date shows comes to: no dates, and why. Other errors are thrown on. */
export function emptySummary(error: unknown): SeriesSummary {
  if (!isCropError(error, 'series/no-data') && !isCropError(error, 'series/all-obscured')) throw error;
  const { message } = error.details['dates'] === 0 ? new CropError('job/none-found') : error;
  return { dates: [], skipped: [], unread: [], savedBytes: null, bandMedians: null, notices: [message] };
}
