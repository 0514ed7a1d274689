import { DEFAULT_MODEL } from './default-model';

/** One option as people type it. */
export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string;
  /** What stands for the value in help texts; a switch has none. */
  readonly value?: string;
  readonly short?: string;
  readonly help: string;
}

export interface CommandSpec {
  readonly name: CommandName;
  readonly summary: string;
  readonly usage: string;
  readonly options: readonly OptionSpec[];
  readonly notes: readonly string[];
  readonly examples: readonly string[];
}

export type CommandName = 'map' | 'search' | 'evaluate';

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: 'json', help: 'stdout holds exactly one JSON object; everything else goes to stderr' },
  { name: 'quiet', short: 'q', help: 'no progress on stderr' },
  { name: 'help', short: 'h', help: 'this text' },
];

const WHERE_AND_WHEN: readonly OptionSpec[] = [
  {
    name: 'catalog',
    value: 'url|folder',
    help: 'STAC API, or a URL or folder with items.json or collection.json; or earth-search, planetary-computer',
  },
  {
    name: 'fallback',
    value: 'catalog',
    help: 'another catalogue, for what the first lacks or cannot deliver; several with commas, the preferred first',
  },
  { name: 'cell', value: 'N', help: 'cell of the Czech grid, 0 to 1199 (10 980 m square)' },
  { name: 'bbox', value: 'w,s,e,n', help: 'box in degrees, WGS84: west,south,east,north' },
  { name: 'like', value: 'raster.tif', help: 'CRS, extent and grid of this raster (north-up, 10 m pixels, UTM)' },
  { name: 'season', value: 'YYYY', help: 'harvest year S; the season runs from September S-1 to October S' },
  { name: 'months', value: 'A-B', help: 'first to last month, such as 3-9, or 9p-10 from September S-1 (default 3-9)' },
  { name: 'from', value: 'YYYY-MM-DD', help: 'first day, instead of --months (default: start of the season)' },
  { name: 'to', value: 'YYYY-MM-DD', help: 'last day, inclusive (default: end of the season)' },
  { name: 'max-cloud', value: 'percent', help: 'leave out scenes with more cloud over the tile than this' },
  { name: 'max-dates', value: 'N', help: 'use at most N dates, the clearest' },
];

const KEEPING: readonly OptionSpec[] = [
  {
    name: 'cache',
    value: 'DIR',
    help: 'keep what is read over the network in this folder, and read it there next time',
  },
  { name: 'cache-size', value: 'GB', help: 'gigabytes that the folder may hold (default 10)' },
];

const AREA_NOTES: readonly string[] = [
  'One of --cell, --bbox and --like says where. Options take their value as --name value or --name=value.',
  'The default months, March to September, are those of the published networks.',
];

/** The commands and their options: help, parsing and suggestions are all made from this table. */
export const COMMANDS: Readonly<Record<CommandName, CommandSpec>> = {
  map: {
    name: 'map',
    summary: 'read a season of Sentinel-2 and write a crop map',
    usage:
      'crop2seg map --catalog <url|folder> (--cell N | --bbox w,s,e,n | --like raster.tif) --season YYYY --out DIR',
    options: [
      ...WHERE_AND_WHEN,
      {
        name: 'model',
        value: 'name|folder',
        help: `model of models/zoo, or a folder with model.json (default ${DEFAULT_MODEL})`,
      },
      {
        name: 'max-cell-cloud',
        value: 'percent',
        help: 'do not read dates with more cloud, shadow or snow over the area itself (default 95; 100 reads all)',
      },
      {
        name: 'offset',
        value: 'auto|0|-1000',
        help: 'what is added to the pixels of all scenes (default auto: decided for each scene, see report.json)',
      },
      {
        name: 'smooth',
        value: 'objects|none',
        help: 'objects: average probabilities over neighbouring pixels that went through the season alike (default none)',
      },
      ...KEEPING,
      {
        name: 'threads',
        value: 'N',
        help: 'processor threads of the network (default: as many as there are cores, at most 4)',
      },
      { name: 'out', value: 'DIR', help: 'folder for the results; made where missing' },
      ...GLOBAL_OPTIONS,
    ],
    notes: [
      ...AREA_NOTES,
      'Writes crop-map.tif (class codes, 255 = no data), probabilities.tif (15 bands, value x 0.004 = probability),',
      'crop-map.geojson (patches over 0.5 ha, WGS84) and report.json (scenes, offsets, areas in hectares, seconds, memory).',
      'Files appear together when the work is done; older ones of the same name are replaced then.',
    ],
    examples: [
      'crop2seg map --catalog earth-search --cell 355 --season 2019 --out prague',
      'crop2seg map --catalog ./series --like labels.tif --season 2018 --months 3-10 --out result --json',
      'crop2seg map --catalog earth-search --bbox=14.40,50.05,14.45,50.10 --season 2022 --from 2022-03-15 --out box',
    ],
  },
  search: {
    name: 'search',
    summary: 'list the scenes a map would be made from, and those left out with the reason',
    usage: 'crop2seg search --catalog <url|folder> (--cell N | --bbox w,s,e,n | --like raster.tif) --season YYYY',
    options: [...WHERE_AND_WHEN, ...KEEPING, ...GLOBAL_OPTIONS],
    notes: [
      ...AREA_NOTES,
      'Offsets are decided from the catalogue alone here; map also looks at dark pixels where the catalogue is in doubt.',
    ],
    examples: [
      'crop2seg search --catalog earth-search --cell 355 --season 2019 --months 9p-10',
      'crop2seg search --catalog ./series --like labels.tif --season 2018 --json',
    ],
  },
  evaluate: {
    name: 'evaluate',
    summary: 'score a crop map against labels on the same grid',
    usage: 'crop2seg evaluate --map crop-map.tif --labels labels.tif',
    options: [
      { name: 'map', value: 'crop-map.tif', help: 'class codes, one band of 8 bits' },
      { name: 'labels', value: 'labels.tif', help: 'true class codes on the same grid; 14 and 255 are not counted' },
      ...GLOBAL_OPTIONS,
    ],
    notes: [
      'Scores are shares from 0 to 1: once over all labelled pixels, once over those labelled as a crop (1 to 13).',
      'A pixel mapped as "not classified" (14) or without data counts as wrong.',
    ],
    examples: ['crop2seg evaluate --map result/crop-map.tif --labels labels.tif --json'],
  },
};

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];
