import { describe, expect, it } from 'vitest';
import { CropError, fromWire, redactAddress, redactData, redactText, toWire } from '../../../src/errors';

describe('secrets in addresses', () => {
  it.each([
    ['https://x.test/a?key=S', 'https://x.test/a?***'],
    ['https://x.test/a?S', 'https://x.test/a?***'],
    ['https://x.test/a#token=S', 'https://x.test/a?***'],
    ['https://user:S@x.test/a', 'https://***@x.test/a'],
    ['https://S@x.test:8080/a?b=S#S', 'https://***@x.test:8080/a?***'],
    ['https://x.test/a@b', 'https://x.test/a@b'],
    ['https://x.test/a?', 'https://x.test/a?'],
    ['s3://bucket/key', 's3://bucket/key'],
    ['C:\\scenes', 'C:\\scenes'],
    ['no address', 'no address'],
    ['http:/x.test?key=S', 'http:/x.test?***'],
  ])('%s is shown as %s', (address, shown) => {
    expect(redactAddress(address)).toBe(shown);
    expect(redactAddress(shown)).toBe(shown);
  });

  it('are hidden in a text, whose words and marks stay', () => {
    const text =
      'Is it https://x.test/a?key=S, "http://u:S@y.test/?S" or (https://z.test/b?c=S)? No: https://x.test/a?k=S.';
    const shown =
      'Is it https://x.test/a?***, "http://***@y.test/?***" or (https://z.test/b?***)? No: https://x.test/a?***.';
    expect(redactText(text)).toBe(shown);
    expect(redactText(shown)).toBe(shown);
    const json = JSON.stringify({ url: 'https://x.test/a?key=S', other: ['https://u:S@y.test'], count: 1 });
    expect(JSON.parse(redactText(json))).toEqual({
      url: 'https://x.test/a?***',
      other: ['https://***@y.test'],
      count: 1,
    });
  });

  it('are hidden in plain data, however deep', () => {
    const data = {
      request: { source: { url: 'https://x.test/a?key=S blank', title: 'At https://x.test/a?key=S' } },
      list: [null, 1],
    };
    expect(redactData(data)).toEqual({
      request: { source: { url: 'https://x.test/a?***', title: 'At https://x.test/a?***' } },
      list: [null, 1],
    });
    expect(data.request.source.url).toContain('key=S');
  });

  it('are in no error of the catalogue, nor in what crosses to another thread', () => {
    const cause = new TypeError('fetch of https://u:S@x.test/?S failed');
    const error = new CropError(
      'net/refused',
      { url: 'https://x.test/a?key=S', status: 400, said: ': see http://y.test?S' },
      cause,
    );
    expect(error.message).toBe('The server refused the request for https://x.test/a?*** (400): see http://y.test?***.');
    expect(error.details['url']).toBe('https://x.test/a?***');
    const back = fromWire(toWire(error));
    expect(back.message).toBe(error.message);
    expect((back.cause as Error).message).toBe('fetch of https://***@x.test/?*** failed');
    expect(new CropError('net/bad-url', { url: 'x.test?key=S' }).message).not.toContain('=S');
  });
});
