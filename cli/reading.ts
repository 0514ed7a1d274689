import type { JobRequest } from '../src/job';
import type { OptionValues } from './parse';
import { badValue, wholeNumber } from './values';

const WHOLE_PERCENT = 100;

/** What `--offset` may say; `auto` decides per scene. */
const OFFSETS = new Map<string, JobRequest['offsetOverride'] | null>([
  ['auto', null],
  ['0', 0],
  ['-1000', -1000],
]);

/**
 * What becomes of the network's probabilities: `--smooth`.
 * @throws cli/usage-bad-value
 */
export function smoothingOption(values: OptionValues): Pick<JobRequest, 'smoothing'> {
  const smooth = values.get('smooth') ?? 'none';
  if (smooth === 'objects') return { smoothing: smooth };
  if (smooth !== 'none') throw badValue('smooth', smooth, 'it is neither of the two', 'objects, none');
  return {};
}

/**
 * How dates are read: `--max-cell-cloud` and `--offset`.
 * @throws cli/usage-bad-value
 */
export function readingOptions(values: OptionValues): Pick<JobRequest, 'maxCloudShare' | 'offsetOverride'> {
  const percent = wholeNumber(values, 'max-cell-cloud', 0, WHOLE_PERCENT);
  const offset = values.get('offset') ?? 'auto';
  const addDn = OFFSETS.get(offset);
  if (addDn === undefined) throw badValue('offset', offset, 'it is none of the three', [...OFFSETS.keys()].join(', '));
  return {
    ...(percent === undefined ? {} : { maxCloudShare: percent / WHOLE_PERCENT }),
    ...(addDn === null ? {} : { offsetOverride: addDn }),
  };
}
