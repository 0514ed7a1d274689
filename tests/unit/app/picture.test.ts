import { describe, expect, it } from 'vitest';
import { CROP_CLASSES, rgbOfHex } from '../../../src/crops';
import { gridCorners, pixelAt, project, type GridWindow } from '../../../src/geo';
import {
  arrange,
  lonLatOf,
  MAX_QUAD_ERROR_PIXELS,
  mercatorOf,
  placeWindow,
  quadErrorPixels,
} from '../../../src/app/map/image-warp';
import { paintConfidence, paintCrops } from '../../../src/app/map/paint';
import { gridOf, smallMap } from './crop-map';

const pixel = (rgba: Uint8ClampedArray, at: number) => [...rgba.slice(at * 4, at * 4 + 4)];

describe('painting', () => {
  it('gives classes their colours and leaves no data transparent', () => {
    const { rgba, columns, rows } = paintCrops(smallMap(), new Set());
    expect([columns, rows]).toEqual([2, 2]);
    expect(pixel(rgba, 0)).toEqual([...rgbOfHex(CROP_CLASSES[5]!.color), 255]);
    expect(pixel(rgba, 3)).toEqual([0, 0, 0, 0]);
  });

  it('leaves hidden classes out of both layers', () => {
    const hidden = new Set([5]);
    expect(pixel(paintCrops(smallMap(), hidden).rgba, 0)).toEqual([0, 0, 0, 0]);
    expect(pixel(paintConfidence(smallMap(), hidden).rgba, 0)).toEqual([0, 0, 0, 0]);
    expect(pixel(paintConfidence(smallMap(), hidden).rgba, 1)[3]).toBe(255);
  });

  it('paints confidence darker where the likeliest class is likelier', () => {
    const { rgba } = paintConfidence(smallMap(), new Set());
    const lightness = [0, 1, 2].map((at) => pixel(rgba, at)[1]!);
    expect(lightness[1]).toBeGreaterThan(lightness[0]!);
    expect(lightness[0]).toBeGreaterThan(lightness[2]!);
  });
});

describe('placing a window on a Mercator map', () => {
  it('round-trips unit Mercator', () => {
    const [longitude, latitude] = lonLatOf(mercatorOf([15.8, 49.2]));
    expect(longitude).toBeCloseTo(15.8, 10);
    expect(latitude).toBeCloseTo(49.2, 10);
  });

  it('pins a Czech cell at its corners, which is good to half a pixel', () => {
    const cell: GridWindow = { ...gridOf(1098, 1098), xMin: 798_780, yMax: 5_500_020 };
    expect(quadErrorPixels(cell)).toBeLessThan(MAX_QUAD_ERROR_PIXELS);
    expect(placeWindow(cell)).toEqual({ columns: 1098, rows: 1098, corners: gridCorners(cell), source: null });
  });

  it.each([819_100, 819_300, 819_500])('keeps a window across the 180th meridian in one piece (%d)', (xMin) => {
    const across = { epsg: 32760, xMin, yMax: 8_130_020, pixelMetres: 10, columns: 64, rows: 64 };
    expect(quadErrorPixels(across)).toBeLessThan(MAX_QUAD_ERROR_PIXELS);
    const longitudes = placeWindow(across).corners.map(([longitude]) => longitude);
    const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
    expect(east - west).toBeLessThan(0.01);
    // MapLibre takes no picture whose middle is off the map.
    expect(Math.abs((west + east) / 2)).toBeLessThanOrEqual(180);
  });

  it('resamples across the 180th meridian too', () => {
    const [x, y] = project(32601, [-180, 72]);
    const north = {
      epsg: 32601,
      xMin: Math.round(x / 10) * 10 - 5000,
      yMax: Math.round(y / 10) * 10,
      pixelMetres: 10,
      columns: 1000,
      rows: 1000,
    };
    const { source, columns, rows, corners } = placeWindow(north);
    expect(Math.abs(corners[1][0] - corners[0][0])).toBeLessThan(0.6);
    const pixels = source ?? expect.fail('expected a resampled picture');
    expect([columns < 2500, rows < 2500]).toEqual([true, true]);
    expect(pixels.filter((at) => at >= 0).length).toBeGreaterThan(pixels.length / 2);
  });

  it('resamples in the far north, each pixel within one pixel of where it belongs', () => {
    const [x, y] = project(32633, [17.9, 78.2]);
    const north: GridWindow = {
      epsg: 32633,
      xMin: Math.round(x / 10) * 10,
      yMax: Math.round(y / 10) * 10,
      pixelMetres: 10,
      columns: 1098,
      rows: 1098,
    };
    expect(quadErrorPixels(north)).toBeGreaterThan(MAX_QUAD_ERROR_PIXELS);
    const { columns, rows, corners, source } = placeWindow(north);
    const [west, top] = mercatorOf(corners[0]);
    const [east, bottom] = mercatorOf(corners[2]);
    let inside = 0;
    for (let row = 5; row < rows; row += 97) {
      for (let column = 5; column < columns; column += 101) {
        const point = lonLatOf([
          west + ((column + 0.5) / columns) * (east - west),
          top + ((row + 0.5) / rows) * (bottom - top),
        ]);
        const found = pixelAt(north, point);
        const index = source![row * columns + column]!;
        expect(index).toBe(found === null ? -1 : found.row * north.columns + found.column);
        if (found !== null) inside += 1;
      }
    }
    expect(inside).toBeGreaterThan(50);
  });

  it('moves pixels whole and leaves the rest transparent', () => {
    const picture = paintCrops(smallMap(), new Set());
    const { rgba } = arrange(picture, {
      columns: 3,
      rows: 1,
      corners: gridCorners(smallMap().grid),
      source: Int32Array.from([1, -1, 0]),
    });
    expect(pixel(rgba, 0)).toEqual(pixel(picture.rgba, 1));
    expect(pixel(rgba, 1)).toEqual([0, 0, 0, 0]);
    expect(pixel(rgba, 2)).toEqual(pixel(picture.rgba, 0));
  });
});
