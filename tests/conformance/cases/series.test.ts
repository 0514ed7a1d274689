import { describe, expect, it } from 'vitest';
import { casePath, casesMissing, crop2seg, seriesOf, WINDOW } from './support';

const PIXELS = 64 * 64;

describe.skipIf(casesMissing())('recorded faults: scenes and pixels', () => {
  it('mosaics both datastrips of one pass', () => {
    const { dates, rejected } = seriesOf('split-datastrip', WINDOW, 2019);
    expect(dates).toHaveLength(1);
    expect(dates[0]!.nodataShare).toBe(0);
    for (const band of Object.values(dates[0]!.bands))
      expect(band).toMatchObject({ valid: PIXELS, min: 2000, max: 3000 });
    expect(rejected).toEqual([]);
  });

  it('never lets a sliver hide the whole scene', () => {
    const { dates } = seriesOf('split-datastrip/sliver', WINDOW, 2019);
    expect(dates.map(({ bands }) => bands['B02']!.valid)).toEqual([PIXELS]);
  });

  it('uses both satellites that see a tile on one day', () => {
    const like = casePath('two-passes-one-day/window.tif');
    const { dates, rejected } = seriesOf('two-passes-one-day', like, 2026);
    expect(dates.flatMap(({ scenes }) => scenes)).toHaveLength(2);
    expect(rejected).toEqual([]);
    for (const name of ['B02', 'B8A', 'B12']) {
      expect(dates.map(({ bands }) => bands[name]!)).toMatchObject([
        { valid: PIXELS, min: 2000, median: 2000, max: 3000 },
      ]);
    }
  });

  it('keeps the clear one of two passes and leaves the cloudy one out', () => {
    const like = casePath('two-passes-one-day/window.tif');
    const { dates, rejected } = seriesOf('two-passes-one-day/cloudy', like, 2026);
    expect(dates).toHaveLength(1);
    expect(rejected).toHaveLength(1);
    expect(rejected[0]!.reason).not.toContain('processing');
    expect(dates[0]!.bands['B02']!.valid).toBeGreaterThan(0);
  });

  it('reads a baseline from any spelling', () => {
    const { dates } = seriesOf('baseline-text/N0509', WINDOW, 2023);
    expect(dates).toHaveLength(4);
    for (const { addDn, bands } of dates) {
      expect(addDn).toBe(-1000);
      for (const band of Object.values(bands)) expect(band).toMatchObject({ min: 1000, max: 1000 });
    }
  });

  it('asks the pixels where the baseline is none that ESA has used', () => {
    const { dates } = seriesOf('baseline-text/99.99', WINDOW, 2019);
    expect(dates.length).toBeGreaterThan(0);
    for (const { addDn, offsetRule } of dates) expect([addDn, offsetRule]).toEqual([0, 'dark-pixels']);
  });

  it('takes SCL at its word where it says that there is no data', () => {
    const { dates } = seriesOf('scl-nodata-wrapped-dn', WINDOW, 2019);
    // One date is whole; of the other SCL shows 512 pixels.
    const seen = dates.flatMap(({ bands }) => Object.values(bands)).filter(({ valid }) => valid < PIXELS);
    expect(dates.map(({ nodataShare }) => nodataShare)).toEqual([0, 0.875]);
    expect(seen).toHaveLength(10);
    for (const band of seen) expect(band).toEqual({ valid: 512, min: 2000, median: 2000, max: 2000 });
  });

  it('does not let missing pixels bleed into a band of 20 m', () => {
    const { dates } = seriesOf('swath-rim-20m', WINDOW, 2023);
    expect(dates).toHaveLength(1);
    for (const band of Object.values(dates[0]!.bands)) {
      expect(band).toEqual({ valid: PIXELS / 2, min: 2000, median: 2000, max: 2000 });
    }
  });

  it.each(['UTC', 'Pacific/Auckland', 'America/Los_Angeles'])('takes times without a zone as UTC in %s', (zone) => {
    const { dates } = seriesOf('naive-datetime', WINDOW, 2019, { TZ: zone });
    expect(dates.map(({ date, day }) => [date, day])).toEqual([
      ['2019-04-02', 213],
      ['2019-09-01', 365],
    ]);
  });
});

describe.skipIf(casesMissing())('recorded faults: 180 degrees', () => {
  it('finds items however their box crosses the line', () => {
    const like = casePath('antimeridian/window-west-of-180.tif');
    const { chosen } = crop2seg([
      'search',
      '--catalog',
      casePath('antimeridian/item'),
      '--like',
      like,
      '--season',
      '2019',
    ]) as {
      chosen: unknown[];
    };
    expect(chosen).toHaveLength(3);
  });

  it('reads a grid that crosses the line', () => {
    const { dates } = seriesOf('antimeridian/window', casePath('antimeridian/window-across-180.tif'), 2019);
    expect(dates.map(({ nodataShare }) => nodataShare)).toEqual([0, 0, 0]);
  });
});
