import type { FeatureCollection, MultiPolygon, Polygon, Position } from 'geojson';
import { NODATA_LABEL } from '../crops';
import { cutAtAntimeridian, gridPoints } from '../geo';
import type { GridWindow } from '../geo';
import { labelRegions } from './regions';
import { traceRegions } from './trace';
import type { LabelledGrid, RegionMap, TracedPolygon } from './types';

/** Patches of this size or less are left out: single pixels and ragged borders, as in the predecessor (spec, 1.12). */
export const MIN_PATCH_HECTARES = 0.5;

const SQUARE_METRES_PER_HECTARE = 10_000;
/** A square metre: finer than any pixel, and no tail of binary fractions in the file. */
const HECTARE_DECIMALS = 4;

/** Seven decimals of a degree are about a centimetre on the ground: far below a pixel. */
const DEGREE_DECIMALS = 7;

const PROBABILITY_NODATA = 255;
const PROBABILITY_DECIMALS = 3;

export interface GeoJsonOptions {
  /** Shown as the name of the layer. */
  readonly name: string;
  /** Whether the scenes were painted by a simulator. */
  readonly simulated: boolean;
  /** Name of the file that tells how the map came to be. */
  readonly report: string;
  readonly minHectares?: number;
  /** Leaves class 0 out. On by default, as in the predecessor. */
  readonly skipBackground?: boolean;
}

export interface CropPatchProperties {
  readonly code: number;
  readonly class: string;
  readonly color: string;
  /** From the pixel count. */
  readonly hectares: number;
  /** Mean probability of the patch's own class; null where none was stored. */
  readonly meanProbability: number | null;
}

/** RFC 7946 collection with three members of our own. */
export interface CropGeoJson extends FeatureCollection<Polygon | MultiPolygon, CropPatchProperties> {
  readonly name: string;
  readonly simulated: boolean;
  readonly report: string;
}

/**
 * Crop patches as GeoJSON in WGS84 degrees, exterior rings counter-clockwise, in order of first appearance.
 * Borders follow pixel corners and are not smoothed: areas are exact. A patch across the 180th meridian is cut there and
 * is a MultiPolygon (RFC 7946, 3.1.9).
 */
export function mapToGeoJson(map: LabelledGrid, options: GeoJsonOptions): CropGeoJson {
  const { columns, rows, pixelMetres } = map.grid;
  const pixelHectares = (pixelMetres * pixelMetres) / SQUARE_METRES_PER_HECTARE;
  const minPixels = Math.floor((options.minHectares ?? MIN_PATCH_HECTARES) / pixelHectares) + 1;
  const skip = options.skipBackground === false ? [NODATA_LABEL] : [NODATA_LABEL, 0];
  const regions = labelRegions(map.labels, columns, rows);
  const probabilities = meanProbabilities(map, regions);
  const features = traceRegions(regions, { skip, minPixels }).map((patch): CropGeoJson['features'][number] => ({
    type: 'Feature',
    properties: {
      ...classOf(map, patch.label),
      hectares: round(patch.pixels * pixelHectares, HECTARE_DECIMALS),
      meanProbability: probabilities(patch.region),
    },
    geometry: geometryOf(patch, map.grid),
  }));
  return {
    type: 'FeatureCollection',
    name: options.name,
    simulated: options.simulated,
    report: options.report,
    features,
  };
}

function classOf(map: LabelledGrid, label: number): Pick<CropPatchProperties, 'code' | 'class' | 'color'> {
  const known = map.classes.find((entry) => entry.code === label);
  return { code: label, class: known?.name ?? `Class ${label}`, color: known?.color ?? '#808080' };
}

function geometryOf({ exterior, holes }: TracedPolygon, grid: GridWindow): Polygon | MultiPolygon {
  const rings = [exterior, ...holes].map((ring) => gridPoints(grid, cornersOf(ring, grid)));
  const polygons = cutAtAntimeridian(rings).map((polygon) => polygon.map((ring) => ring.map(rounded)));
  if (polygons.length === 1) return { type: 'Polygon', coordinates: polygons[0] };
  return { type: 'MultiPolygon', coordinates: polygons };
}

/** Pixel corners x, y, x, y, ... as points of the window's CRS. */
function cornersOf(ring: Int32Array, { xMin, yMax, pixelMetres }: GridWindow): [x: number, y: number][] {
  return Array.from({ length: ring.length / 2 }, (_, at) => [
    xMin + ring[2 * at] * pixelMetres,
    yMax - ring[2 * at + 1] * pixelMetres,
  ]);
}

function rounded([longitude, latitude]: readonly [number, number]): Position {
  return [round(longitude, DEGREE_DECIMALS), round(latitude, DEGREE_DECIMALS)];
}

/** One pass over the map for all patches. */
function meanProbabilities(map: LabelledGrid, { regions, count }: RegionMap): (region: number) => number | null {
  const size = map.labels.length;
  const bandOfCode = new Map(map.classes.map((entry, band) => [entry.code, band]));
  const sums = new Float64Array(count);
  const pixels = new Int32Array(count);
  for (let at = 0; at < size; at++) {
    const band = bandOfCode.get(map.labels[at]);
    const stored = band === undefined ? undefined : map.probabilities[band * size + at];
    if (stored === undefined || stored === PROBABILITY_NODATA) continue;
    const region = regions[at];
    sums[region] += stored;
    pixels[region]++;
  }
  return (region) => {
    const known = pixels[region];
    return known === 0 ? null : round(sums[region] / known / map.probabilityScale, PROBABILITY_DECIMALS);
  };
}

function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
