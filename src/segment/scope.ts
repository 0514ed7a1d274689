import type { DateRange, Scene } from '../catalog';
import { unproject, type BboxWgs84, type GridWindow, type LonLat } from '../geo';
import { daysSince, referenceDate } from '../series';
import { subsetsFor } from './date-subsets';
import type { ScopeFinding, TrainingScope } from './scope-types';
import type { ModelCard } from './types';

/** Fewer dates than this cannot tell a spring crop from a summer crop, whatever a network was trained on. */
const LEAST_DATES = 5;

/** Where and when a map is made: what is known before anything is searched. */
export interface ScopePlace {
  readonly grid: GridWindow;
  readonly range: DateRange;
  readonly season: number;
}

/** In what a request lies outside of what its network was trained on; what the card does not say is not judged. */
export function scopeOfPlace(card: ModelCard, { grid, range, season }: ScopePlace): ScopeFinding[] {
  const { scope = {} } = card.training;
  const day0 = referenceDate(season, card.input.dateReference);
  const centre = unproject(
    grid.epsg,
    grid.xMin + (grid.columns * grid.pixelMetres) / 2,
    grid.yMax - (grid.rows * grid.pixelMetres) / 2,
  );
  return [
    ...hemisphere(centre),
    ...region(scope, centre),
    ...months(scope, daysSince(day0, range.from), daysSince(day0, range.to)),
  ];
}

/**
 * The same of the dates of a series, whether planned or read.
 * @param dateSubsets interleaved subsets that were asked for; what the card recommends where left out
 */
export function scopeOfDates(
  card: ModelCard,
  scenes: readonly Pick<Scene, 'date' | 'platform'>[],
  dateSubsets?: number,
): ScopeFinding[] {
  const { scope = {} } = card.training;
  const dates = new Set(scenes.map(({ date }) => date)).size;
  // The network sees the dates of one subset at a time.
  const atOnce = dates === 0 ? 0 : Math.ceil(dates / subsetsFor(card, dates, dateSubsets));
  return [...dateCount(scope, dates, atOnce), ...platforms(scope, scenes)];
}

/** The same of the pixels of a series: `medians` are those of `SeriesSummary`, DN by band. */
export function scopeOfPixels(card: ModelCard, medians: readonly number[] | null): ScopeFinding[] {
  const known = card.training.scope?.medians;
  if (known === undefined || medians === null) return [];
  const outside = card.input.bands.flatMap((band, at) => {
    const [least, most] = [known.dn[at]![0]!, known.dn[at]!.at(-1)!];
    const median = medians[at]!;
    return median >= least && median <= most ? [] : [`${band} ${median} (${least} to ${most})`];
  });
  if (outside.length === 0) return [];
  return [
    {
      aspect: 'pixels',
      message:
        `The pixels are brighter or darker than those the network was trained on. Median DN of the clear pixels, and ` +
        `the range in training: ${outside.join(', ')}. Other soils or a climate unlike, haze, or a wrong offset can be the cause.`,
    },
  ];
}

function hemisphere([, latitude]: LonLat): ScopeFinding[] {
  if (latitude >= 0) return [];
  return [
    {
      aspect: 'hemisphere',
      message:
        'The area lies south of the equator. A season runs from September to October of the next year and is made for ' +
        'northern summers: crops grow half a year apart here, and the network does not know that.',
    },
  ];
}

function region({ regions }: TrainingScope, centre: LonLat): ScopeFinding[] {
  if (regions === undefined || regions.some(({ bbox }) => holds(bbox, centre))) return [];
  const names = regions.map(({ name }) => name).join(', ');
  return [
    {
      aspect: 'region',
      message: `The area lies outside the regions the network was trained on (${names}). Climate, varieties and farming may differ.`,
    },
  ];
}

/** Boxes across the 180th meridian have a west that is greater than their east. */
function holds([west, south, east, north]: BboxWgs84, [longitude, latitude]: LonLat): boolean {
  const within = west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east;
  return within && latitude >= south && latitude <= north;
}

function months({ days }: TrainingScope, first: number, last: number): ScopeFinding[] {
  if (days === undefined || (first >= days[0] && last <= days[1])) return [];
  return [
    {
      aspect: 'months',
      message:
        `The months reach beyond those the network was trained on: day ${first} to ${last} of the season, ` +
        `day ${days[0]} to ${days[1]} in training.`,
    },
  ];
}

function dateCount({ dates }: TrainingScope, count: number, atOnce: number): ScopeFinding[] {
  const [least, most] = dates ?? [LEAST_DATES, Infinity];
  if (count === 0 || (atOnce >= least && atOnce <= most)) return [];
  const are = atOnce === 1 ? 'There is 1 date' : `There are ${atOnce} dates`;
  const trained = dates === undefined ? '' : `; the network was trained on ${least} to ${most}`;
  const advice =
    atOnce < least
      ? 'So few cannot show when crops emerge, ripen and are harvested.'
      : 'More dates than in training can make the map worse: fewer, the clearest, may do better.';
  return [{ aspect: 'dates', message: `${are}${trained}. ${advice}` }];
}

function platforms({ platforms: known }: TrainingScope, scenes: readonly Pick<Scene, 'platform'>[]): ScopeFinding[] {
  if (known === undefined) return [];
  const names = new Set(scenes.flatMap(({ platform }) => platform?.toLowerCase() ?? []));
  const unknown = [...names].filter((name) => !known.includes(name)).sort();
  if (unknown.length === 0) return [];
  return [
    {
      aspect: 'sensor',
      message: `Some scenes come from ${unknown.join(' and ')}; the network was trained on ${known.join(' and ')}.`,
    },
  ];
}
