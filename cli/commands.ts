import { DEFAULT_MONTHS } from '../src/catalog';
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

export type CommandName = 'map' | 'search' | 'series' | 'evaluate';

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: 'json', help: 'stdout holds exactly one JSON object; everything else goes to stderr' },
  { name: 'quiet', short: 'q', help: 'no progress on stderr' },
  { name: 'help', short: 'h', help: 'this text' },
];

const SOURCES: readonly OptionSpec[] = [
  {
    name: 'catalog',
    value: 'url|folder',
    help: 'STAC API, or a URL, folder or file of a STAC catalogue; or earth-search, planetary-computer',
  },
  {
    name: 'fallback',
    value: 'catalog',
    help: 'another catalogue, for what the first lacks or cannot deliver; several with commas, the preferred first',
  },
];

const WINDOW: readonly OptionSpec[] = [
  { name: 'cell', value: 'N', help: 'cell of the Czech grid, 0 to 1199 (10 980 m square)' },
  { name: 'bbox', value: 'w,s,e,n', help: 'box in degrees, WGS84: west,south,east,north' },
  { name: 'like', value: 'raster.tif', help: 'CRS, extent and grid of this raster (north-up, 10 m pixels, UTM)' },
];

const PERIOD: readonly OptionSpec[] = [
  { name: 'season', value: 'YYYY', help: 'harvest year S; the season runs from September S-1 to October S' },
  {
    name: 'months',
    value: 'A-B',
    help: `first to last month, such as 3-9, or 9p-10 from September S-1 (default ${DEFAULT_MONTHS})`,
  },
  { name: 'from', value: 'YYYY-MM-DD', help: 'first day, instead of --months (default: start of the season)' },
  { name: 'to', value: 'YYYY-MM-DD', help: 'last day, inclusive (default: end of the season)' },
  { name: 'max-cloud', value: 'percent', help: 'leave out scenes with more cloud over the tile than this' },
  { name: 'max-dates', value: 'N', help: 'use at most N dates, the clearest' },
];

const WHERE_AND_WHEN: readonly OptionSpec[] = [...SOURCES, ...WINDOW, ...PERIOD];

const READING: readonly OptionSpec[] = [
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
      ...READING,
      {
        name: 'date-subsets',
        value: 'K|auto|off',
        help: 'average the network over K interleaved subsets of the dates (default auto: what its card recommends)',
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
  series: {
    name: 'series',
    summary: 'look into a season without a network: what a window, points or parcels show on each date',
    usage:
      'crop2seg series --catalog <url|folder> (--cell N | --bbox w,s,e,n | --like raster.tif | --points FILE | --parcels FILE) --season YYYY',
    options: [
      ...SOURCES,
      ...WINDOW,
      {
        name: 'points',
        value: 'FILE',
        help: 'CSV with the columns id, lon, lat (or x, y and --crs), or GeoJSON points in WGS84',
      },
      { name: 'parcels', value: 'FILE', help: 'GeoJSON polygons in WGS84' },
      { name: 'crs', value: 'EPSG:code', help: 'CRS of the columns x and y: a UTM zone, 4326, 3857 or 5514' },
      ...PERIOD,
      ...READING,
      { name: 'clear', help: 'tables: pixels under cloud, shadow, cirrus and snow are not valid either' },
      ...KEEPING,
      {
        name: 'out',
        value: 'FILE',
        help: 'table.csv or table.parquet; of points and parcels CSV goes to stdout without it',
      },
      ...GLOBAL_OPTIONS,
    ],
    notes: [
      'One of --cell, --bbox, --like, --points and --parcels says where. Values are DN = reflectance x 10 000, offset taken',
      'out, 10 bands at 10 m; pixels that a date has not seen are left out.',
      'A window with --json: {"grid","dates":[{"date","day","scenes","addDn","offsetRule","cloudShare","nodataShare",',
      '"bands":{"B02":{"valid","min","median","max"},...}}],"rejected":[{"id","reason"}],"notices"}.',
      'Tables have a row for each place and date that saw it: id, date, pixels, valid and cloud (shares of the pixels), ndvi',
      '(median), then B02_q25, B02_q50, B02_q75 to B12_q75; the places of a window follow each other. A parcel counts the',
      'pixels whose centre lies in it; one that holds no centre is the pixel it lies in, and pixels is 1.',
      'All dates of points and parcels are read, cloudy ones too, unless --max-cell-cloud says otherwise for their windows.',
      'Points and parcels with --json: {"rows":[...],"rejected","notices"}, or with --out {"file","rows","places",...}.',
    ],
    examples: [
      'crop2seg series --catalog earth-search --bbox=14.40,50.05,14.41,50.06 --season 2022 --json',
      'crop2seg series --catalog earth-search --parcels fields.geojson --season 2022 --clear --out fields.parquet',
      'crop2seg series --catalog ./series --points points.csv --crs EPSG:5514 --season 2018 --out points.csv',
    ],
  },
  evaluate: {
    name: 'evaluate',
    summary: 'score a crop map against labels on the same grid',
    usage: 'crop2seg evaluate --map crop-map.tif --labels labels.tif',
    options: [
      { name: 'map', value: 'crop-map.tif', help: 'class codes, one band of whole numbers' },
      { name: 'labels', value: 'labels.tif', help: 'true class codes on the same grid; 14 and 255 are not counted' },
      ...GLOBAL_OPTIONS,
    ],
    notes: [
      'Scores are shares from 0 to 1: once over all labelled pixels, once over those labelled as a crop (1 to 13).',
      'What either file calls no data or masks is not counted; a pixel mapped as "not classified" (14) counts as wrong.',
      'How many pixels were counted, and why the others were not, is said first. Nothing is reprojected.',
    ],
    examples: ['crop2seg evaluate --map result/crop-map.tif --labels labels.tif --json'],
  },
};

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];
