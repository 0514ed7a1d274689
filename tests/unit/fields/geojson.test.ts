import { describe, expect, it } from 'vitest';
import { CROP_CLASSES } from '../../../src/crops';
import { mapToGeoJson, type GeoJsonOptions, type LabelledGrid } from '../../../src/fields';
import { unproject } from '../../../src/geo';

const COLUMNS = 20;
const ROWS = 10;
const OPTIONS: GeoJsonOptions = { name: 'Test', simulated: true, report: 'report.json' };

/** Maize in a block of 51 pixels, grassland in one of 50, a column without data, background elsewhere. */
function scene(): LabelledGrid {
  const labels = new Uint8Array(COLUMNS * ROWS);
  const paint = (code: number, left: number, pixels: number) => {
    for (let at = 0; at < pixels; at++) labels[(at % 10) * COLUMNS + left + Math.floor(at / 10)] = code;
  };
  paint(6, 0, 51);
  paint(1, 8, 50);
  paint(255, 19, 10);
  const probabilities = new Uint8Array(CROP_CLASSES.length * labels.length).fill(10);
  // Maize: 50 pixels at 200 and one at 149 of 250.
  probabilities.fill(200, 6 * labels.length, 7 * labels.length);
  probabilities[6 * labels.length] = 149;
  return {
    grid: { epsg: 32633, xMin: 500_000, yMax: 5_500_000, pixelMetres: 10, columns: COLUMNS, rows: ROWS },
    classes: CROP_CLASSES,
    labels,
    probabilities,
    probabilityScale: 250,
  };
}

describe('mapToGeoJson', () => {
  const collection = mapToGeoJson(scene(), OPTIONS);

  it('keeps crops of more than half a hectare and says how the map came to be', () => {
    expect(collection).toMatchObject({
      type: 'FeatureCollection',
      name: 'Test',
      simulated: true,
      report: 'report.json',
    });
    expect(collection.features.map(({ properties }) => properties)).toEqual([
      { code: 6, class: 'Maize', color: '#f0a274', hectares: 0.51, meanProbability: 0.796 },
    ]);
  });

  it('takes other limits, and background on request, but never places without data', () => {
    const codes = (options: Partial<GeoJsonOptions>) =>
      mapToGeoJson(scene(), { ...OPTIONS, ...options }).features.map(({ properties }) => properties.code);
    expect(codes({ minHectares: 0.49 })).toEqual([6, 1]);
    expect(codes({ minHectares: 0, skipBackground: false })).toEqual([6, 0, 1, 0]);
  });

  it('writes closed rings in degrees with seven decimals, counter-clockwise, on the corners of pixels', () => {
    const { geometry } = collection.features[0];
    if (geometry.type !== 'Polygon') expect.fail('expected a polygon');
    const ring = geometry.coordinates[0];
    expect(ring[0]).toEqual(ring.at(-1));
    const doubledArea = ring.slice(1).reduce((sum, [x, y], at) => sum + (ring[at][0] - x) * (ring[at][1] + y), 0);
    expect(doubledArea).toBeGreaterThan(0);
    const [longitude, latitude] = unproject(32633, 500_000, 5_500_000);
    const corner = ring.find(([x, y]) => Math.abs(x - longitude) < 1e-7 && Math.abs(y - latitude) < 1e-7);
    expect(corner).toBeDefined();
    for (const value of ring.flat()) expect(Number(value.toFixed(7))).toBe(value);
  });

  it('cuts a patch across the 180th meridian into two polygons, hole and areas kept', () => {
    const size = 40;
    const labels = new Uint8Array(size * size).fill(255);
    for (let row = 5; row < 35; row++) labels.fill(6, row * size + 5, row * size + 35);
    // A hole astride the meridian, one in the west, and a patch of its own in the east.
    for (let row = 12; row < 20; row++) labels.fill(1, row * size + 14, row * size + 24);
    for (let row = 24; row < 28; row++) labels.fill(1, row * size + 8, row * size + 12);
    const grid = { epsg: 32760, xMin: 819_430, yMax: 8_130_020, pixelMetres: 10, columns: size, rows: size };
    const map = {
      ...scene(),
      grid,
      labels,
      probabilities: new Uint8Array(CROP_CLASSES.length * labels.length).fill(255),
    };
    const { features } = mapToGeoJson(map, { ...OPTIONS, minHectares: 0 });
    expect(features.map(({ properties, geometry }) => [properties.code, geometry.type])).toEqual([
      [6, 'MultiPolygon'],
      [1, 'MultiPolygon'],
      [1, 'Polygon'],
    ]);
    const shape = features[0].geometry as GeoJSON.MultiPolygon;
    // The hole on the meridian opens to it: it becomes a bay in each part.
    expect(shape.coordinates.map((part) => part.length).sort()).toEqual([1, 2]);
    let hectares = 0;
    for (const ring of shape.coordinates.flat()) {
      expect(ring[0]).toEqual(ring.at(-1));
      const longitudes = ring.map(([x]) => x);
      expect(Math.max(...longitudes) - Math.min(...longitudes)).toBeLessThan(0.01);
      expect(longitudes.every((x) => Math.abs(x) <= 180 && Math.abs(x) > 179.99)).toBe(true);
      const doubled = ring.slice(1).reduce((sum, [x, y], at) => sum + (ring[at][0] - x) * (ring[at][1] + y), 0);
      const metresPerDegree = 111_320;
      hectares +=
        (doubled / 2) * metresPerDegree ** 2 * Math.cos((16.892 * Math.PI) / 180) * (110_660 / 111_320) * 1e-4;
    }
    expect(hectares).toBeGreaterThan(0);
    expect(Math.abs(hectares / features[0].properties.hectares - 1)).toBeLessThan(0.01);
    expect(shape.coordinates.flat(2).some(([x]) => x === 180)).toBe(true);
    expect(shape.coordinates.flat(2).some(([x]) => x === -180)).toBe(true);
  });

  it('says null where no probability was stored', () => {
    const map = { ...scene(), probabilities: new Uint8Array(CROP_CLASSES.length * COLUMNS * ROWS).fill(255) };
    expect(mapToGeoJson(map, OPTIONS).features[0].properties.meanProbability).toBeNull();
  });
});
