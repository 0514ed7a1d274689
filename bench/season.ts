import type { CatalogSource, Scene } from '../src/catalog';
import { cellByIndex, gridToBbox } from '../src/geo';
import { type JobProgress, type JobReport, runJob } from '../src/job';
import type { SegmentPort } from '../src/segment';
import type { SeriesPort } from '../src/series';
import { TINY_CARD, tinySegmentPort } from '../tests/support/tiny-model';
import { BANDS } from '../tests/support/tiny-scene';

/**
 * A whole run over a full cell with scenes of `scene-server.ts`, with a network or a stand-in for one. The same in Node
 * and in a page, so that both are measured with the same work.
 */

/** The promise of docs/performance.md for such a run, megabytes. */
export const MEMORY_LIMIT_MB = 1500;

export const USUAL_DATES = 60;

/** 1098 x 1098 pixels. */
export const SEASON_GRID = cellByIndex(355).grid;

/** With three days between dates the season has room for 142. */
const RANGE = { from: '2018-09-01', to: '2019-10-31' };
const DAYS_APART = 3;
const MS_PER_DAY = 86_400_000;

/** As the networks that come with Crop2Seg cut a window. */
const TILING = { tileSize: 128, margin: 12 };

/** Brings the DN of the scenes to 0 to 2: the stand-in takes them for classes. */
const STD_DN = 2000;

/** Runs the network of the model at `modelUrl`. */
export interface Network {
  readonly segment: SegmentPort;
  readonly modelUrl: string;
}

/** Reads `dates` dates from the server at `url` through `series`, runs all tiles and packs the histories. */
export async function runSeason(
  url: string,
  dates: number,
  series: SeriesPort,
  onProgress?: (progress: JobProgress) => void,
  { segment, modelUrl }: Network = standIn(),
): Promise<JobReport> {
  const source: CatalogSource = { kind: 'static', url, title: 'Local server' };
  const search: SeriesPort['search'] = async () => ({ scenes: scenesOn(url, dates), notices: [] });
  const request = { grid: SEASON_GRID, title: 'Cell 355', season: 2019, source, modelUrl, range: RANGE };
  const ports = { series: { ...series, search }, segment };
  const { signal } = new AbortController();
  const { report } = await runJob(request, ports, onProgress === undefined ? { signal } : { signal, onProgress });
  return report;
}

/** Takes what it is given for the classes of a map: tiles are cut and drawn, and nothing is computed. */
function standIn(): Network {
  const card = { ...TINY_CARD, input: { ...TINY_CARD.input, ...TILING, std: BANDS.map(() => STD_DN) } };
  const segment = tinySegmentPort();
  const load: typeof segment.load = async (...args) => ({ ...(await segment.load(...args)), card });
  return { segment: { ...segment, load }, modelUrl: 'none' };
}

function scenesOn(root: string, dates: number): Scene[] {
  return Array.from({ length: dates }, (_, index) => {
    const date = new Date(Date.parse(RANGE.from) + index * DAYS_APART * MS_PER_DAY).toISOString().slice(0, 10);
    const id = `scene-${index}`;
    const assets = Object.fromEntries([...BANDS, 'SCL'].map((name) => [name, `${root}/${id}/${name}.tif`]));
    const clouds = { cloudPercent: 10, snowPercent: 0, nodataPercent: 0 };
    const product = { processingBaseline: '02.11', boaOffsetApplied: true, sequence: 0, simulated: true };
    const about = { collection: 'sentinel-2-l2a', tile: '33UVR', platform: null, epsg: SEASON_GRID.epsg };
    const bbox = gridToBbox(SEASON_GRID);
    return { id, date, datetime: `${date}T10:00:00Z`, bbox, assets, ...about, ...clouds, ...product };
  });
}
