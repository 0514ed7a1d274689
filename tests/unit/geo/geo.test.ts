import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCropError } from '../../../src/errors';
import {
  allCells,
  bboxesOverlap,
  cutAtAntimeridian,
  cellByIndex,
  cellsAt,
  gridAreaHectares,
  gridBounds,
  gridCorners,
  gridFromBbox,
  gridOutline,
  gridToBbox,
  type GridWindow,
  type LonLat,
  mgrsTile,
  pixelAt,
  project,
  splitBbox,
  tileBbox,
  TILES,
  tilesOver,
  unproject,
  utmEpsg,
} from '../../../src/geo';
import { readShared, sharedDataMissing } from '../../support/shared-data';

function failure(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return expect.fail('expected an error');
}

describe('cells of the Czech grid', () => {
  it.each([
    [[14.42, 50.09], [355]],
    [[16.6, 49.2], [815]],
    [
      [15.05, 49.61],
      [299, 390, 509, 600],
    ],
    [[3.02, 50.8], []],
    [[-165, 49.5], []],
  ] as const)('finds %j in %j (reference spec 1.3)', (point, indices) => {
    expect(cellsAt(point).map((cell) => cell.index)).toEqual(indices);
  });

  it('numbers all 1200 by tile, then west to east, then south to north', () => {
    const cells = allCells();
    expect(cells).toHaveLength(1200);
    cells.forEach((cell, index) => {
      const tile = TILES[Math.floor(index / 100)]!;
      const [i, j] = [Math.floor(index / 10) % 10, index % 10];
      expect(cell).toEqual({
        index,
        tile: tile.name,
        grid: {
          epsg: 32633,
          xMin: tile.xMin + 10_980 * i,
          yMax: tile.yMin + 10_980 * j + 10_980,
          pixelMetres: 10,
          columns: 1098,
          rows: 1098,
        },
      });
    });
  });

  it('finds every cell again from its middle', () => {
    for (const { index, grid } of allCells()) {
      const { xMin, yMin, xMax, yMax } = gridBounds(grid);
      const found = cellsAt(unproject(grid.epsg, (xMin + xMax) / 2, (yMin + yMax) / 2)).map((cell) => cell.index);
      expect(found).toContain(index);
      expect(found).toEqual([...found].sort((a, b) => a - b));
      expect(found.length).toBeLessThanOrEqual(4);
    }
  });

  it.each([-1, 1200, 3.5, Number.NaN])('has no cell %d', (index) => {
    const error = failure(() => cellByIndex(index));
    expect(isCropError(error, 'geo/no-such-cell') && error.nextStep).toContain('0 to 1199');
  });
});

describe('projections', () => {
  it.each([
    // GDAL 3.6.2: gdaltransform -s_srs EPSG:4326 -t_srs EPSG:<code> -output_xy
    [32633, [14.42, 50.09], [458510.869725914, 5548798.47252039]],
    [32633, [18.9, 50.0], [779464.203063645, 5545921.91650885]],
    [32631, [3.024, 50.816], [501690.722412113, 5629363.99180527]],
    [32733, [18.5, -33.9], [823672.301324223, 6243413.74223273]],
    [32719, [-69.5, -50.2], [464315.417327292, 4439012.37178134]],
    [3857, [14.42, 50.09], [1605227.057239, 6461876.86915524]],
    // Reference spec 1.10
    [5514, [14.42, 50.09], [-742860.08, -1042721.36]],
    [5514, [16.6, 49.2], [-598682.81, -1160149.65]],
    [4326, [14.42, 50.09], [14.42, 50.09]],
  ] as const)('EPSG:%d of %j is %j and back', (epsg, point, expected) => {
    const [x, y] = project(epsg, point);
    expect(x).toBeCloseTo(expected[0], 2);
    expect(y).toBeCloseTo(expected[1], 2);
    const [longitude, latitude] = unproject(epsg, x, y);
    expect(longitude).toBeCloseTo(point[0], 7);
    expect(latitude).toBeCloseTo(point[1], 7);
  });

  it.each([32600, 32661, 32833, 2154, Number.NaN])('does not know EPSG:%d', (epsg) => {
    expect(
      isCropError(
        failure(() => project(epsg, [0, 0])),
        'geo/unknown-crs',
      ),
    ).toBe(true);
  });

  it.each([
    [[14.42, 50.09], 32633],
    [[11.99, 50], 32632],
    [[12, 50], 32633],
    [[-180, 10], 32601],
    [[180, 10], 32660],
    [[18.5, -33.9], 32734],
    [[5.3, 60.4], 32632],
    [[2.9, 60.4], 32631],
    [[8.9, 78], 32631],
    [[9, 78], 32633],
    [[21, 78], 32635],
    [[33, 78], 32637],
    [[42, 78], 32638],
  ] as const)('puts %j into the zone EPSG:%d', (point, epsg) => {
    expect(utmEpsg(point)).toBe(epsg);
  });
});

describe('windows from boxes', () => {
  it('takes the 10 m pixels that a box touches', () => {
    // The Flanders patch: 501360..502000 / 5629040..5629680, its box given to seven digits.
    const grid = gridFromBbox([3.0193065, 50.8130873, 3.0283885, 50.8188408]);
    expect(grid).toEqual({ epsg: 32631, xMin: 501_360, yMax: 5_629_680, pixelMetres: 10, columns: 64, rows: 64 });
  });

  const box = fc
    .record({
      west: fc.double({ min: -179, max: 178, noNaN: true }),
      south: fc.double({ min: -79, max: 83, noNaN: true }),
      width: fc.double({ min: 0.0005, max: 0.3, noNaN: true }),
      height: fc.double({ min: 0.0005, max: 0.3, noNaN: true }),
    })
    .map(({ west, south, width, height }) => [west, south, west + width, south + height] as const);

  it('covers the box, is aligned, and has no row or column to spare beyond the bend of the edges', () => {
    fc.assert(
      fc.property(box, (bbox) => {
        const grid = gridFromBbox(bbox);
        expect([grid.xMin % 10, grid.yMax % 10]).toEqual([0, 0]);
        const [west, south, east, north] = bbox;
        for (const point of [
          [west, south],
          [east, south],
          [east, north],
          [west, north],
          [(west + east) / 2, north],
        ] as const) {
          const [x, y] = project(grid.epsg, point);
          const { xMin, yMin, xMax, yMax } = gridBounds(grid);
          expect(Math.min(x - xMin, xMax - x, y - yMin, yMax - y)).toBeGreaterThan(-0.05);
        }
        const covered = gridToBbox(grid);
        expect(covered[0]).toBeLessThan(west + 1e-6);
        expect(covered[3]).toBeGreaterThan(north - 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it('covers the southern edge where it sags between the corners', () => {
    const middle = project(32633, [15, 50])[1];
    const corner = project(32633, [14.6, 50])[1];
    const grid = gridFromBbox([14.6, 49.8, 15.4, 50]);
    // Parallels rise away from the zone's meridian: the middle of an edge lies south of its corners.
    expect(corner - middle).toBeGreaterThan(70);
    expect(grid.yMax).toBe(Math.ceil(corner / 10) * 10);
    expect(grid.yMax - grid.rows * 10).toBe(Math.floor(project(32633, [15, 49.8])[1] / 10) * 10);
  });

  it.each([
    [[14.4, 50, 14.3, 50.1], 'west must be less'],
    [[10, 10, 10, 10.1], 'west must be less'],
    [[14.3, 50.1, 14.4, 50], 'south must be less'],
    [[14.3, 84.5, 14.4, 94.6], 'latitudes'],
    [[-361, 10, -360.5, 10.1], 'longitudes'],
    [[14.3, Number.NaN, 14.4, 50], 'four numbers'],
  ] as const)('refuses the box %j', (bbox, reason) => {
    const error = failure(() => gridFromBbox(bbox));
    expect(isCropError(error, 'geo/bad-bbox') && error.message).toContain(reason);
  });

  it.each([
    [14.3, 83.9, 14.4, 84.1],
    [14.3, 84.5, 14.4, 84.6],
    [14.3, -81, 14.4, -80.5],
  ])('refuses %d, %d, %d, %d, which is beyond UTM', (...bbox) => {
    const error = failure(() => gridFromBbox(bbox));
    expect(isCropError(error, 'geo/beyond-utm') && error.message).toMatch(/-80 and 84 degrees/);
  });

  it('takes a box across the 180th meridian however it is written', () => {
    const boxes = [
      [179.9, -17, 180.1, -16.9],
      [179.9, -17, -179.9, -16.9],
      [-180.1, -17, -179.9, -16.9],
    ] as const;
    const [first, ...others] = boxes.map((bbox) => gridFromBbox(bbox));
    expect(others).toEqual([first, first]);
    expect([32701, 32760]).toContain(first!.epsg);
    expect(first!.columns * 10).toBeGreaterThan(20_000);
    expect(first!.columns * 10).toBeLessThan(23_000);
    const [west, south, east, north] = gridToBbox(first!);
    expect(west).toBeCloseTo(179.9, 2);
    expect(east).toBeCloseTo(-179.9, 2);
    expect([south < -16.999, north > -16.901]).toEqual([true, true]);
    for (const longitude of [179.91, -179.91, 180.09, 180, -180]) {
      expect(pixelAt(first!, [longitude, -16.95])).not.toBeNull();
    }
  });

  it.each([
    [9.1, -0.05, 9.2, 0.05],
    [11.95, 48, 12.06, 48.1],
  ])('takes a box across the equator or between two zones: %d, %d, %d, %d', (...bbox) => {
    const [west, south, east, north] = gridToBbox(gridFromBbox(bbox));
    expect([west, south].every((edge, at) => edge <= bbox[at]! + 1e-6 && edge > bbox[at]! - 0.01)).toBe(true);
    expect([east, north].every((edge, at) => edge >= bbox[at + 2]! - 1e-6 && edge < bbox[at + 2]! + 0.01)).toBe(true);
  });

  it('refuses areas over 60 km and says how large they are', () => {
    const error = failure(() => gridFromBbox([14, 49, 15, 49.2]));
    expect(isCropError(error, 'geo/area-too-large') && error.message).toContain('73 x 23 km');
    expect(
      isCropError(
        failure(() => gridFromBbox([-179, -80, 179, 84])),
        'geo/area-too-large',
      ),
    ).toBe(true);
  });
});

describe('windows on the ground', () => {
  const { grid } = cellByIndex(355);

  it('has corners in the order of image sources and a closed outline through them', () => {
    const corners = gridCorners(grid);
    const [topLeft, topRight, bottomRight, bottomLeft] = corners;
    expect(project(32633, topLeft).map(Math.round)).toEqual([grid.xMin, grid.yMax]);
    expect(project(32633, bottomRight).map(Math.round)).toEqual([grid.xMin + 10_980, grid.yMax - 10_980]);
    expect(topRight[0]).toBeGreaterThan(topLeft[0]);
    expect(bottomLeft[1]).toBeLessThan(topLeft[1]);
    const outline = gridOutline(grid);
    expect(outline.at(-1)).toEqual(outline[0]);
    for (const corner of corners) expect(outline).toContainEqual(corner);
  });

  it('knows its box, area and pixels', () => {
    const box = gridToBbox(grid);
    expect(box[0]).toBeLessThan(14.42);
    expect(box[3]).toBeGreaterThan(50.09);
    expect(gridAreaHectares(grid)).toBeCloseTo(12_056.04, 2);
    const at = (dx: number, dy: number) => pixelAt(grid, unproject(32633, grid.xMin + dx, grid.yMax - dy));
    expect(at(0.01, 0.01)).toEqual({ column: 0, row: 0 });
    expect(at(10_979.99, 10_979.99)).toEqual({ column: 1097, row: 1097 });
    expect(at(25, 1234)).toEqual({ column: 2, row: 123 });
    expect([at(-0.01, 5), at(5, -0.01), at(10_980.01, 5), at(5, 10_980.01)]).toEqual([null, null, null, null]);
  });

  it('tells boxes that overlap from boxes that touch', () => {
    expect(bboxesOverlap([0, 0, 2, 2], [1, 1, 3, 3])).toBe(true);
    expect(bboxesOverlap([0, 0, 2, 2], [2, 0, 3, 2])).toBe(false);
    expect(bboxesOverlap([0, 0, 2, 2], [0, 3, 2, 4])).toBe(false);
  });

  it.each([
    [[178.9, -17.3, -179.95, -16.3], true, true],
    [[178.9, -17.3, 180.05, -16.3], true, true],
    [[-181.1, -17.3, -179.95, -16.3], true, true],
    [[-180, -17.3, 180, -16.3], true, true],
    [[178.9, -17.3, 180, -16.3], true, false],
    [[-180, -17.3, -179.95, -16.3], false, true],
    [[170, -17.3, 178, -16.3], false, false],
  ] as const)('knows which sides of the 180th meridian %j reaches', (box, west, east) => {
    const [westSide, eastSide] = [
      [179.8, -17, 179.9, -16.9],
      [-179.99, -17, -179.96, -16.9],
    ] as const;
    expect([bboxesOverlap(box, westSide), bboxesOverlap(eastSide, box)]).toEqual([west, east]);
    expect(bboxesOverlap(box, [179.9, -17, -179.97, -16.9])).toBe(west || east);
  });

  const across: GridWindow = {
    epsg: 32760,
    xMin: 819_300,
    yMax: 8_130_020,
    pixelMetres: 10,
    columns: 64,
    rows: 64,
  };

  it('asks for a small box, or two, where a window crosses the 180th meridian', () => {
    // Corners by gdalinfo: 179d59'48.69"E to 179d59'49.38"W.
    const box = gridToBbox(across);
    expect(box[0]).toBeCloseTo(179 + 59 / 60 + 48.69 / 3600, 5);
    expect(box[2]).toBeCloseTo(-(179 + 59 / 60 + 49.38 / 3600), 5);
    const boxes = splitBbox(box);
    expect(boxes).toEqual([
      [box[0], box[1], 180, box[3]],
      [-180, box[1], box[2], box[3]],
    ]);
    expect(splitBbox([14, 50, 15, 51])).toEqual([[14, 50, 15, 51]]);
    expect(splitBbox([-170, 50, 180, 51])).toEqual([[-170, 50, 180, 51]]);
    expect(splitBbox([-180, 50, 170, 51])).toEqual([[-180, 50, 170, 51]]);
    expect(splitBbox([-190, 50, 175, 51])).toEqual([[-180, 50, 180, 51]]);
  });

  it('has an outline and corners without a jump at the 180th meridian', () => {
    for (const shift of [0, 400, -400]) {
      const grid = { ...across, xMin: across.xMin + shift };
      for (const points of [gridOutline(grid), gridCorners(grid)]) {
        const longitudes = points.map(([longitude]) => longitude);
        expect(Math.max(...longitudes) - Math.min(...longitudes)).toBeLessThan(0.01);
      }
    }
  });

  it('knows the box of a tile by its name', () => {
    const fiji = tileBbox('60KZG')!;
    expect([fiji[0] > 178.5, fiji[2] < -179, fiji[1] < -16.3, fiji[3] > -17.3]).toEqual([true, true, true, true]);
    for (const { name, grid } of [
      ...new Map(allCells().map(({ tile, grid }) => [tile, { name: tile, grid }])).values(),
    ]) {
      expect(bboxesOverlap(tileBbox(name)!, gridToBbox(grid)), name).toBe(true);
      const [west, south, east, north] = tileBbox(name)!;
      expect([east - west < 1.8, north - south < 1.2]).toEqual([true, true]);
    }
    expect(['61CBC', '33UV', '33IVR'].map(tileBbox)).toEqual([null, null, null]);
  });
});

describe('polygons at the 180th meridian', () => {
  const square = (west: number, east: number): LonLat[] => [
    [west, 0],
    [east, 0],
    [east, 1],
    [west, 1],
    [west, 0],
  ];
  const inOrder = (parts: readonly (readonly (readonly LonLat[])[])[]): number[][] =>
    parts.map(([exterior]) => {
      const longitudes = exterior!.map(([longitude]) => longitude);
      return [Math.min(...longitudes), Math.max(...longitudes)];
    });

  it.each([
    [square(178, 179), [[178, 179]]],
    [square(178, 180), [[178, 180]]],
    [square(180, 182), [[-180, -178]]],
    [square(-182, -181), [[178, 179]]],
    [
      square(179, 181),
      [
        [-180, -179],
        [179, 180],
      ],
    ],
    [
      square(179, -179),
      [
        [-180, -179],
        [179, 180],
      ],
    ],
    [
      square(-181, -179),
      [
        [-180, -179],
        [179, 180],
      ],
    ],
  ])('are cut there and nowhere else: %j', (ring, expected) => {
    expect(inOrder(cutAtAntimeridian([ring]))).toEqual(expected);
  });

  it('may fall into more than two parts; holes go with theirs', () => {
    // A comb whose three teeth reach over the meridian, with a hole in its back.
    const comb: LonLat[] = [
      [178, 0],
      [181, 0],
      [181, 1],
      [179, 1],
      [179, 2],
      [181, 2],
      [181, 3],
      [179, 3],
      [179, 4],
      [181, 4],
      [181, 5],
      [178, 5],
      [178, 0],
    ];
    const hole: LonLat[] = [
      [178.2, 1],
      [178.2, 2],
      [178.6, 2],
      [178.6, 1],
      [178.2, 1],
    ];
    const parts = cutAtAntimeridian([comb, hole]);
    expect(parts.map((part) => part.length).sort()).toEqual([1, 1, 1, 2]);
    expect(inOrder(parts).sort((a, b) => a[0]! - b[0]!)).toEqual([
      [-180, -179],
      [-180, -179],
      [-180, -179],
      [178, 180],
    ]);
    for (const [ring] of parts) {
      const doubled = ring!.slice(1).reduce((sum, [x, y], at) => sum + (ring![at]![0] - x) * (ring![at]![1] + y), 0);
      expect(doubled).toBeGreaterThan(0);
    }
  });
});

describe('tiles', () => {
  it.each([
    [[14.42, 50.09], '33UVR'],
    [[3.024, 50.816], '31UES'],
    [[-148, 60.5], '06VVN'],
    [[-105.1019, 40.1672], '13TDE'],
    [[27.5, -7.7], '35MNM'],
  ] as const)('names the square of %j %s', (point, name) => {
    expect(mgrsTile(point)).toBe(name);
  });

  /** One pixel at a place, metres in UTM 33N. */
  const pixel = (xMin: number, yMax: number): GridWindow => ({
    epsg: 32633,
    xMin,
    yMax,
    pixelMetres: 10,
    columns: 1,
    rows: 1,
  });

  it('begins and ends each Czech tile at its published corners', () => {
    for (const { name, xMin, yMin } of TILES) {
      const [right, top] = [xMin + 109_800, yMin + 109_800];
      const middle = [xMin + 54_900, yMin + 54_900] as const;
      const has = (x: number, y: number): boolean => tilesOver(pixel(x, y)).includes(name);
      expect([
        has(xMin, middle[1]),
        has(right - 10, middle[1]),
        has(middle[0], top),
        has(middle[0], yMin + 10),
      ]).toEqual([true, true, true, true]);
      expect([
        has(xMin - 10, middle[1]),
        has(right, middle[1]),
        has(middle[0], top + 10),
        has(middle[0], yMin),
      ]).toEqual([false, false, false, false]);
    }
  });

  it('lists the tile of each cell, and all tiles in an overlap', () => {
    for (const cell of allCells()) expect(tilesOver(cell.grid)).toContain(cell.tile);
    expect(tilesOver(cellByIndex(355).grid)).toEqual(['33UVR']);
    expect(tilesOver(cellByIndex(299).grid)).toEqual(['33UVQ', '33UVR', '33UWQ', '33UWR']);
  });

  it('keeps to the zone of the window', () => {
    const beyond = tilesOver(gridFromBbox([12.001, 49.6, 12.05, 49.65]));
    expect(beyond.length).toBeGreaterThan(0);
    expect(beyond.every((name) => name.startsWith('33'))).toBe(true);
  });

  describe.skipIf(sharedDataMissing('vectors/s2_tiles_czechia.geojson'))('against the published tile index', () => {
    it('finds every tile over Czechia from its own middle', () => {
      const index = readShared('vectors/s2_tiles_czechia.geojson') as {
        features: { properties: { tile: string; epsg: number; ulx: number; uly: number } }[];
      };
      expect(index.features).toHaveLength(22);
      for (const { tile, epsg, ulx, uly } of index.features.map((feature) => feature.properties)) {
        const inner = { ...pixel(ulx, uly), epsg };
        expect(tilesOver(inner), tile).toContain(tile);
        expect(tilesOver({ ...inner, xMin: ulx - 10 }), tile).not.toContain(tile);
        expect(tilesOver({ ...inner, yMax: uly + 10 }), tile).not.toContain(tile);
      }
    });
  });
});
