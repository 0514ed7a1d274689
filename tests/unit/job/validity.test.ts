import { describe, expect, it } from 'vitest';
import { mapUntil, runJob } from '../../../src/job';
import type { SegmentPort } from '../../../src/segment';
import { createSeriesPort, type InputValidity, type SeriesPort, type SeriesTile } from '../../../src/series';
import { memoryTransport } from '../../support/memory-transport';
import { TINY_CARD, tinySegmentPort } from '../../support/tiny-model';
import { coarsePixel, tinyScene } from '../../support/tiny-scene';
import { REQUEST } from './support/tiny-request';

const { signal } = new AbortController();
const DAYS = ['2019-04-01', '2019-05-01', '2019-06-01', '2019-07-01', '2019-08-01', '2019-09-01'];

/** DN 1000 on the first date, 2000 on the second, and so on; the left half is not seen on the dates named. */
function seriesWithout(...blind: readonly number[]): SeriesPort {
  const files = new Map<string, unknown>();
  const scenes = DAYS.map((date, nth) =>
    tinyScene(files, {
      date,
      dn: () => 1000 * (nth + 1),
      scl: (pixel) => (blind.includes(nth) && coarsePixel('SCL', pixel).column < 2 ? 0 : 4),
    }),
  );
  return { ...createSeriesPort(memoryTransport(files)), search: async () => ({ scenes, notices: [] }) };
}

/** A stand-in for a network that wants this of its dates; `encoded` and `ran` are the tiles that reached it. */
function wanting(validity: InputValidity) {
  const port = tinySegmentPort();
  const encoded: SeriesTile[] = [];
  const ran: SeriesTile[] = [];
  const segment: SegmentPort = {
    ...port,
    async load(...args) {
      const ready = await port.load(...args);
      return { ...ready, card: { ...TINY_CARD, input: { ...TINY_CARD.input, validity } } };
    },
    encode(name, tile, ...rest) {
      encoded.push(tile);
      return port.encode(name, tile, ...rest);
    },
    run(tile, ...rest) {
      ran.push(tile);
      return port.run(tile, ...rest);
    },
  };
  return { segment, encoded, ran };
}

describe('a network whose dates are filled', () => {
  const FILL: InputValidity = { use: 'fill', counts: 'seen', growPixels: 0, leastShare: 0 };

  it('gets its tiles when all dates are read, none before', async () => {
    const { segment, encoded, ran } = wanting(FILL);
    const map = await runJob(REQUEST, { series: seriesWithout(0), segment }, { signal });
    expect(encoded).toEqual([]);
    expect(ran).toHaveLength(6);
    expect(map.features).toBeNull();
    // The first date knows the left half by the second: class 2 there, class 1 elsewhere.
    expect([...map.labels.slice(0, 8)]).toEqual([2, 2, 2, 2, 1, 1, 1, 1]);
  });

  it('is asked for a map until a day with the dates up to it alone', async () => {
    const { segment, ran } = wanting(FILL);
    const ports = { series: seriesWithout(2), segment };
    const whole = await runJob(REQUEST, ports, { signal });
    // The second tile has half of its pixels in the part that the third date lacks, the first of them too.
    const filled = ran[1]!.pixels.map(([first]) => Math.round(first!));
    expect(filled).toEqual([1, 2, 3, 4, 5, 6]);
    ran.length = 0;
    // Features that a store would have kept of the whole season must not be asked for.
    const kept = { ...whole, features: Array.from({ length: 6 }, () => [{ day: 212, key: 'kept' }]) };
    const early = await mapUntil(kept, '2019-06-15', ports, { signal });
    expect(early.report.dates).toHaveLength(3);
    expect(ran[1]!.pixels.map(([first]) => first)).toEqual([1, 2, 2]);
  });
});

describe('a network that masks', () => {
  const MASK: InputValidity = { use: 'mask', counts: 'seen', growPixels: 0, leastShare: 0 };

  it('gets what is valid with each date as it comes', async () => {
    const { segment, encoded, ran } = wanting(MASK);
    await runJob(REQUEST, { series: seriesWithout(1), segment }, { signal });
    expect(ran).toEqual([]);
    const partly = encoded.filter(({ valid }) => valid?.[0]?.includes(0));
    expect(encoded.every(({ valid, days }) => valid?.length === days.length)).toBe(true);
    // The second date is missing in the two tiles at the left whole, and in part in the two beside them.
    expect(partly.map(({ valid }) => [...valid![0]!.slice(0, 4)])).toEqual([
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ]);
    expect(encoded).toHaveLength(6 * DAYS.length - 2);
  });

  it('gets tiles that too few dates show well with the fullest of all dates', async () => {
    const { segment, ran } = wanting({ ...MASK, leastShare: 0.8 });
    const map = await runJob(REQUEST, { series: seriesWithout(0, 1, 2), segment }, { signal });
    // In the tiles at the left three dates are left, none hidden by the share; in the middle ones three of six are half seen.
    const columns = new Set(ran.map(({ days }) => days.length));
    expect([...columns].sort()).toEqual([3, 4]);
    expect(map.labels).not.toContain(255);
  });
});
