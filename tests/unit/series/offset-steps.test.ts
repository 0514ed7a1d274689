import { describe, expect, it } from 'vitest';
import { buildSeries } from '../../../src/series';
import { type DateSample, offsetSteps, sampleDate, stepNotice } from '../../../src/series/offset-steps';
import { memoryTransport } from '../../support/memory-transport';
import { BANDS, TINY_GRID, tinyScene } from '../../support/tiny-scene';

/** Reflectances of a crop, DN, by band; visible ones are dark. */
const CROP = [300, 500, 400, 900, 2400, 3000, 3200, 3300, 1900, 1100];
const PIXELS = 400;

const texture = (pixel: number): number => (pixel * 37) % 101;

interface SampleOptions {
  readonly add?: number;
  /** DN added to one band alone. */
  readonly change?: (band: number) => number;
  readonly scl?: (pixel: number) => number;
}

function sample(day: number, { add = 0, change = () => 0, scl = () => 4 }: SampleOptions = {}): DateSample {
  const dn = Uint16Array.from({ length: CROP.length * PIXELS }, (_, at) => {
    const band = Math.floor(at / PIXELS);
    return Math.max(1, CROP[band]! + texture(at % PIXELS) + change(band) + add);
  });
  const date = `2022-06-${String(day).padStart(2, '0')}`;
  const offset = { addDn: 0, rule: 'baseline', reason: '' } as const;
  const classes = Uint8Array.from({ length: PIXELS }, (_, pixel) => scl(pixel));
  return sampleDate({ date, day, sceneIds: [`scene of ${day}`], offset }, dn, classes);
}

const stepsOf = (...samples: DateSample[]) => offsetSteps(samples).map(({ from, to, dn }) => [from.day, to.day, dn]);

describe('steps between neighbouring dates', () => {
  it('are found where all bands rise or fall by about 1000, in whatever order the dates come', () => {
    const dates = [sample(1), sample(6, { add: 1000 }), sample(11)];
    expect(stepsOf(...dates)).toEqual([
      [1, 6, 1000],
      [6, 11, -1000],
    ]);
    expect(stepsOf(...dates.reverse())).toHaveLength(2);
  });

  it('are found while the crop grows, and where dark pixels were cut off at 1', () => {
    const growth = (band: number): number => (band >= 5 && band <= 7 ? 500 : -40);
    expect(stepsOf(sample(1), sample(6, { add: 1000, change: growth }))).toHaveLength(1);
    expect(stepsOf(sample(1), sample(6, { add: -1000, change: growth }))).toHaveLength(1);
  });

  it('are no growth, harvest, drying soil or haze', () => {
    const growth = (band: number): number => (band >= 4 && band <= 7 ? 1000 : -100);
    const harvest = (band: number): number => (band >= 4 && band <= 7 ? -1000 : 400);
    const drying = (band: number): number => CROP[band]! * 0.4;
    const haze = (band: number): number => 1200 - 130 * band;
    for (const change of [growth, harvest, drying, haze]) expect(stepsOf(sample(1), sample(6, { change }))).toEqual([]);
  });

  it('are looked for among pixels that are clear on both dates, beyond a date that shares none', () => {
    const west = (pixel: number): number => (pixel < PIXELS / 2 ? 4 : 9);
    const east = (pixel: number): number => (pixel < PIXELS / 2 ? 0 : 4);
    const dates = [sample(1, { scl: west }), sample(3, { scl: east, add: 1000 }), sample(6, { scl: west })];
    expect(stepsOf(...dates)).toEqual([]);
    expect(stepsOf(...dates, sample(8, { scl: west, add: 1000 }))).toEqual([[6, 8, 1000]]);
  });

  it('are not looked for where clouds cover most of a date', () => {
    const gaps = (pixel: number): number => (pixel < PIXELS * 0.4 ? 4 : 9);
    expect(stepsOf(sample(1), sample(6, { scl: gaps, add: 1000 }), sample(11))).toEqual([]);
  });

  it('are not looked for between dates three weeks apart', () => {
    expect(stepsOf(sample(1), sample(22, { add: 1000 }))).toEqual([]);
  });

  it('are told with the dates, the scenes and what was added', () => {
    const notice = stepNotice(offsetSteps([sample(1), sample(6, { add: 1000 })]));
    expect(notice).toContain('+1000 from 2022-06-01 (scene of 1, 0 added) to 2022-06-06 (scene of 6, 0 added)');
    expect(stepNotice([])).toBeNull();
  });
});

describe('a series', () => {
  const build = async (...dn: number[]): Promise<readonly string[]> => {
    const files = new Map<string, unknown>();
    const scenes = dn.map((value, at) =>
      tinyScene(files, { date: `2019-05-${10 + 5 * at}`, dn: (band) => value + 50 * BANDS.indexOf(band) }),
    );
    const input = { bands: BANDS, mean: BANDS.map(() => 0), std: BANDS.map(() => 1) };
    const request = { scenes, grid: TINY_GRID, input, referenceDate: '2018-09-01' };
    const options = { transport: memoryTransport(files), signal: new AbortController().signal };
    const { series, summary } = await buildSeries(request, options);
    await series.pixels.dispose();
    return summary.notices;
  };

  it('tells of dates with and without the offset', async () => {
    expect(await build(800, 1800, 850)).toEqual([expect.stringContaining('+1000 from 2019-05-10')]);
    expect(await build(800, 900, 850)).toEqual([]);
  });
});
