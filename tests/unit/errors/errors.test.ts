import { describe, expect, it } from 'vitest';
import { CATALOGUE, CropError, fromWire, isAbort, isCropError, toWire } from '../../../src/errors';

describe('an error of the catalogue', () => {
  it('fills its texts and keeps its cause', () => {
    const cause = new Error('socket closed');
    const error = new CropError('net/status', { status: 503, url: 'https://example.org/a.tif' }, cause);
    expect(error.message).toBe('The server answered 503 for https://example.org/a.tif.');
    expect(error.nextStep).toContain('run again');
    expect(error.cause).toBe(cause);
    expect(isCropError(error, 'net/status')).toBe(true);
    expect(isCropError(error, 'net/not-found')).toBe(false);
    expect(isCropError(cause)).toBe(false);
  });

  it('crosses a worker boundary whole', () => {
    const sent = new CropError('net/unreachable', { host: 'example.org' }, new Error('refused'));
    const back = fromWire(structuredClone(toWire(sent)));
    expect(isCropError(back, 'net/unreachable')).toBe(true);
    expect(back.message).toBe(sent.message);
    expect((back as CropError).nextStep).toBe(sent.nextStep);
    expect((back.cause as Error).message).toBe('refused');
  });

  it('takes the errors that caused it along', () => {
    const inner = new CropError('net/not-found', { url: 'https://example.org/B05.tif' });
    const outer = new CropError('series/missing-asset', { scene: 'S2A', band: 'B05' }, inner);
    const back = fromWire(structuredClone(toWire(outer)));
    expect(isCropError(back.cause, 'net/not-found')).toBe(true);
  });

  it('keeps cancelling apart from failing', () => {
    const back = fromWire(structuredClone(toWire(new DOMException('stopped', 'AbortError'))));
    expect(isAbort(back)).toBe(true);
    expect(isAbort(fromWire(toWire(new TypeError('x'))))).toBe(false);
    expect(fromWire(toWire(new TypeError('x'))).name).toBe('TypeError');
  });
});

describe('the catalogue', () => {
  it.each(Object.entries(CATALOGUE))('%s says what happened and what to do next', (code, entry) => {
    expect(code).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
    expect(entry.message.length).toBeGreaterThan(10);
    expect(entry.nextStep).toMatch(/[.!]$/);
  });
});
