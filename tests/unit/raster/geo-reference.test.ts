import { describe, expect, it } from 'vitest';
import { type Entry, openBytes, tiffOf } from './tiff-bytes';

const [SHORT, LONG, DOUBLE] = [3, 4, 12];
const LAYOUT = { littleEndian: true, big: false, directoryAt: 8 };

/** Geo keys: pairs of key and short value, then those whose value is a double. */
function geoKeys(shorts: readonly (readonly [number, number])[], doubles: readonly (readonly [number, number])[] = []) {
  const keys = [
    ...shorts.map(([key, value]) => [key, 0, 1, value]),
    ...doubles.map(([key], at) => [key, 34736, 1, at]),
  ].sort((one, other) => one[0]! - other[0]!);
  const entries: Entry[] = [{ tag: 34735, type: SHORT, values: [1, 1, 0, keys.length, ...keys.flat()] }];
  if (doubles.length > 0) entries.push({ tag: 34736, type: DOUBLE, values: doubles.map(([, value]) => value) });
  return entries;
}

const WGS84_33N = geoKeys([[3072, 32633]]);

function scaled(width: number, height: number, x: number, y: number): Entry[] {
  return [
    { tag: 33550, type: DOUBLE, values: [width, height, 0] },
    { tag: 33922, type: DOUBLE, values: [0, 0, 0, x, y, 0] },
  ];
}

function transformed(...matrix: readonly [number, number, number, number, number, number]): Entry[] {
  const [a, b, x, d, e, y] = matrix;
  return [{ tag: 34264, type: DOUBLE, values: [a, b, 0, x, d, e, 0, y, 0, 0, 0, 0, 0, 0, 0, 1] }];
}

/** What is said of a strip of 10 980 x 10 980 bytes that was never written. */
async function infoOf(entries: readonly Entry[], side = 10_980) {
  const image: Entry[] = [
    { tag: 256, type: LONG, values: [side] },
    { tag: 257, type: LONG, values: [side] },
    { tag: 258, type: SHORT, values: [8] },
    { tag: 273, type: LONG, values: [0, 0, 0] },
    { tag: 278, type: LONG, values: [Math.ceil(side / 3)] },
    { tag: 279, type: LONG, values: [0, 0, 0] },
  ];
  const sorted = [...image, ...entries].sort((one, other) => one.tag - other.tag);
  return (await openBytes(tiffOf(sorted, LAYOUT))).info;
}

const RIGHT = { epsg: 32633, xMin: 399960, yMax: 5600040, pixelMetres: 10 };

describe('where a raster lies', () => {
  it.each<[what: string, entries: readonly Entry[]]>([
    ['a scale and a tie point', [...scaled(10, 10, 399960, 5600040), ...WGS84_33N]],
    ['a transformation', [...transformed(10, 0, 399960, 0, -10, 5600040), ...WGS84_33N]],
    [
      'a transformation to centres',
      [
        ...transformed(10, 0, 399965, 0, -10, 5600035),
        ...geoKeys([
          [1025, 2],
          [3072, 32633],
        ]),
      ],
    ],
    [
      'a tie point of a centre',
      [
        ...scaled(10, 10, 399965, 5600035),
        ...geoKeys([
          [1025, 2],
          [3072, 32633],
        ]),
      ],
    ],
    ['a pixel size off by rounding', [...scaled(10.000000000000002, 10, 399960, 5600040), ...WGS84_33N]],
    ['a corner off by rounding', [...scaled(10, 10, 399960.000000001, 5600039.9999999), ...WGS84_33N]],
    ['a corner off by millimetres', [...scaled(10, 10, 399960.004, 5600039.996), ...WGS84_33N]],
    ['a size that drifts by millimetres', [...scaled(9.9999996, 10.0000002, 399960, 5600040), ...WGS84_33N]],
    ['ETRS89 / UTM', [...scaled(10, 10, 399960, 5600040), ...geoKeys([[3072, 25833]])]],
    ['ETRS89 / TM33', [...scaled(10, 10, 399960, 5600040), ...geoKeys([[3072, 3045]])]],
    [
      'the parameters of a zone',
      [
        ...scaled(10, 10, 399960, 5600040),
        ...geoKeys(
          [
            [2048, 4258],
            [3072, 32767],
            [3075, 1],
            [3076, 9001],
          ],
          [
            [3080, 15],
            [3081, 0],
            [3082, 500_000],
            [3083, 0],
            [3092, 0.9996],
          ],
        ),
      ],
    ],
    [
      'the number of a projection',
      [
        ...scaled(10, 10, 399960, 5600040),
        ...geoKeys([
          [2048, 4326],
          [3072, 32767],
          [3074, 16033],
        ]),
      ],
    ],
  ])('is read from %s', async (_, entries) => {
    expect(await infoOf(entries)).toMatchObject(RIGHT);
  });

  it('says what the file itself names as its CRS', async () => {
    const info = await infoOf([...scaled(10, 10, 399960, 5600040), ...geoKeys([[3072, 26910]])]);
    expect(info).toMatchObject({ epsg: 32610, declaredEpsg: 26910 });
  });

  it.each([
    ['of another datum, ED50', 23033],
    ['no zone', 5514],
    ['the southern one', 32733],
  ])('leaves a CRS as it is: %s', async (_, code) => {
    const info = await infoOf([...scaled(10, 10, 399960, 5600040), ...geoKeys([[3072, code]])]);
    expect(info).toMatchObject({ epsg: code, declaredEpsg: code });
  });

  it('knows of no CRS where none is named, nor from parameters that are no zone', async () => {
    expect((await infoOf(scaled(10, 10, 399960, 5600040))).epsg).toBeNull();
    const shorts = [
      [2048, 4326],
      [3072, 32767],
      [3075, 1],
    ] as const;
    const doubles = [
      [3080, 16],
      [3081, 0],
      [3082, 500_000],
      [3083, 0],
      [3092, 0.9996],
    ] as const;
    expect((await infoOf([...scaled(10, 10, 0, 0), ...geoKeys(shorts, doubles)])).epsg).toBeNull();
  });

  it('leaves sizes and corners alone that are no rounding', async () => {
    const info = await infoOf([...scaled(10.00001, 10.00001, 399960.3, 5600040.02), ...WGS84_33N]);
    expect(info).toMatchObject({ xMin: 399960.3, yMax: 5600040.02, pixelMetres: 10.00001 });
    const degrees = await infoOf([
      ...scaled(8.983152841195215e-5, 8.983152841195215e-5, 14.4, 50.1),
      ...geoKeys([[2048, 4326]]),
    ]);
    expect(degrees).toMatchObject({ epsg: 4326, xMin: 14.4, yMax: 50.1, pixelMetres: 8.983152841195215e-5 });
  });

  it.each<[what: string, says: string, entries: readonly Entry[]]>([
    ['rotated', 'rotated', transformed(10, 0.1, 399960, 0.1, -10, 5600040)],
    ['stored south up', 'southernmost', transformed(10, 0, 399960, 0, 10, 5490240)],
    ['of pixels that are not square', 'not square', scaled(10, 10.01, 399960, 5600040)],
    ['anywhere', 'neither where it lies', []],
    ['of no size', 'north-up', scaled(0, 0, 399960, 5600040)],
  ])('refuses one that is %s', async (_, says, entries) => {
    await expect(infoOf([...entries, ...WGS84_33N])).rejects.toMatchObject({
      code: 'raster/unsupported',
      message: expect.stringContaining(says),
    });
  });
});
