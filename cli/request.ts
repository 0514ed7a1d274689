import type { SceneRequest } from '../src/job';
import type { Transport } from '../src/net';
import { areaOf } from './area';
import { catalogSource } from './catalog-source';
import type { CommandName } from './commands';
import type { OptionValues } from './parse';
import { dateRange } from './season';
import type { CommandContext } from './terminal';
import { required, wholeNumber } from './values';

/** Which years have images is for the catalogue room to say; here it only has to be a year. */
const LAST_YEAR = 9999;
/** More days than two seasons have. */
const MOST_DATES = 1000;
const WHOLE_PERCENT = 100;

/** All of a request but where. */
export type SearchRequest = Omit<SceneRequest, 'grid' | 'title' | 'tiles'>;

/**
 * What `map`, `search` and `series` have in common: where, when and from which scenes.
 * Everything that can be judged by the command line alone is judged before a byte is read.
 * @throws cli/usage-*, geo/*; net/* and raster/* from `--like`
 */
export async function sceneRequest(
  values: OptionValues,
  command: CommandName,
  context: CommandContext,
  transport: Transport,
): Promise<SceneRequest> {
  const when = searchRequest(values, command, context);
  return { ...(await areaOf(values, command, context, transport)), ...when };
}

/**
 * When and from which scenes.
 * @throws cli/usage-*, catalog/bad-*
 */
export function searchRequest(values: OptionValues, command: CommandName, { terminal }: CommandContext): SearchRequest {
  const catalog = required(values, command, 'catalog');
  required(values, command, 'season');
  const season = wholeNumber(values, 'season', 0, LAST_YEAR)!;
  const range = dateRange(values, season);
  const maxCloudPercent = wholeNumber(values, 'max-cloud', 0, WHOLE_PERCENT);
  const maxDates = wholeNumber(values, 'max-dates', 1, MOST_DATES);
  const source = catalogSource(catalog, terminal.workingFolder);
  const fallbacks = (values.get('fallback')?.split(',') ?? []).map((name) =>
    catalogSource(name, terminal.workingFolder),
  );
  return {
    ...{ season, range, source },
    ...(fallbacks.length === 0 ? {} : { fallbacks }),
    ...(maxCloudPercent === undefined ? {} : { maxCloudPercent }),
    ...(maxDates === undefined ? {} : { maxDates }),
  };
}
