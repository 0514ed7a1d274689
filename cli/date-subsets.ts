import type { JobRequest } from '../src/job';
import type { OptionValues } from './parse';
import { badValue } from './values';

/** More dates than two seasons have. */
const MOST_SUBSETS = 1000;

/**
 * `--date-subsets K|auto|off`: over how many interleaved subsets of the dates the network is averaged. `auto`, the
 * default, is what its card recommends.
 * @throws cli/usage-bad-value
 */
export function dateSubsetsOption(values: OptionValues): Pick<JobRequest, 'dateSubsets'> {
  const value = values.get('date-subsets') ?? 'auto';
  if (value === 'auto') return {};
  if (value === 'off') return { dateSubsets: 1 };
  const dateSubsets = /^\d+$/.test(value) ? Number(value) : 0;
  if (dateSubsets >= 1 && dateSubsets <= MOST_SUBSETS) return { dateSubsets };
  throw badValue(
    'date-subsets',
    value,
    'it is no number of subsets',
    `auto, off, or a whole number from 1 to ${MOST_SUBSETS}`,
  );
}
