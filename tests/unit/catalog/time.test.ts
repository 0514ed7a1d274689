import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseUtc } from '../../../src/catalog/time';
import { parseItem } from '../../../src/catalog/item';
import { itemOf } from './scenes';

const iso = (text: string): string | null => {
  const time = parseUtc(text);
  return time === null ? null : new Date(time).toISOString();
};

describe('a time in a catalogue', () => {
  it.each([
    ['2019-04-02T10:10:20Z', '2019-04-02T10:10:20.000Z'],
    ['2019-04-02T10:10:20.123000', '2019-04-02T10:10:20.123Z'],
    ['2019-04-02T10:10:20', '2019-04-02T10:10:20.000Z'],
    ['2019-04-02 10:10', '2019-04-02T10:10:00.000Z'],
    ['2019-04-02', '2019-04-02T00:00:00.000Z'],
    ['2019-04-02T12:10:20.5+02:00', '2019-04-02T10:10:20.500Z'],
    ['2019-04-02T12:10:20+0200', '2019-04-02T10:10:20.000Z'],
    ['2019-04-01T23:10:20-11', '2019-04-02T10:10:20.000Z'],
    ['2019-04-02t10:10:20z', '2019-04-02T10:10:20.000Z'],
    ['2019-04-02T10:10:20 UTC', '2019-04-02T10:10:20.000Z'],
    ['20190402T101020', '2019-04-02T10:10:20.000Z'],
    [' 2019-04-02T10:10:20.123456789Z ', '2019-04-02T10:10:20.123Z'],
    ['2019-04-02T24:00:00', '2019-04-03T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(iso(text)).toBe(expected);
  });

  it.each(['', 'soon', '2019', '2019-13-01', '2019-02-30', '2019-04-02T25:00:00', '2019-04-02T10:61', '02/04/2019'])(
    '"%s" is none',
    (text) => {
      expect(parseUtc(text)).toBeNull();
    },
  );

  it.each(['Pacific/Auckland', 'America/Los_Angeles', 'UTC'])('is the same on a computer in %s', (zone) => {
    // A zone is set before a process starts; tests of this one share theirs.
    const script = `
      import { parseItem } from './src/catalog/item.ts';
      const item = { id: 'a', assets: { blue: { href: 'https://x.test/B02.tif' } },
        properties: { datetime: '2019-09-01T10:10:20.123000', 'grid:code': 'MGRS-33UVR' } };
      console.log(parseItem(item, 'https://x.test/items.json').scene.datetime);`;
    const out = execFileSync('npx', ['tsx', '--input-type=module', '-e', script], {
      env: { ...process.env, TZ: zone },
      encoding: 'utf8',
    });
    expect(out.trim()).toBe('2019-09-01T10:10:20.123Z');
  });

  it('is the first that an item has: its time, else the start or the end of its range', () => {
    const dateOf = (properties: Record<string, unknown>): unknown => {
      const parsed = parseItem(itemOf('a', '', properties), 'https://x.test/items.json');
      return 'scene' in parsed ? parsed.scene.datetime : parsed.problem;
    };
    const [start, end] = ['2019-04-02T10:00:00', '2019-04-02T10:00:20'];
    expect(dateOf({ datetime: null, start_datetime: start, end_datetime: end })).toBe('2019-04-02T10:00:00.000Z');
    expect(dateOf({ datetime: 'soon', end_datetime: end })).toBe('2019-04-02T10:00:20.000Z');
    expect(dateOf({ datetime: null })).toBe('has no sensing time');
  });
});
