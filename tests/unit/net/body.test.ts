import { describe, expect, it } from 'vitest';
import { isCropError } from '../../../src/errors';
import { createHttpTransport, type HttpAnswer, type HttpFetch } from '../../../src/net';
import { gatheringMs } from '../../../src/net/gathering';

const NEVER = new AbortController().signal;
const FILE = Uint8Array.from({ length: 200_000 }, (_, at) => at % 251);
const URL = 'http://x.test/f';

type Stream = ReadableStream<Uint8Array<ArrayBuffer>>;

/** A stream as fetch gives it: one of bytes, which can fill a buffer of the reader's. */
function byteStream(start: (controller: ReadableByteStreamController) => Promise<void> | void): Stream {
  return new ReadableStream({ type: 'bytes', start: (controller) => void start(controller) });
}

/** A stream that only hands out pieces, which is what some browsers have. */
function pieceStream(start: (controller: ReadableStreamDefaultController) => void): Stream {
  return new ReadableStream({ start });
}

/** vitest's own comparison takes seconds for so many bytes. */
function isSame(actual: Uint8Array, expected: Uint8Array): boolean {
  return Buffer.from(actual).equals(expected);
}

function pieces(file: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: Math.ceil(file.length / size) }, (_, nth) => file.slice(nth * size, (nth + 1) * size));
}

/** A transport whose every range is answered by a new stream. */
function transportOf(stream: () => Stream, onBytes: () => void = () => undefined) {
  const fetch: HttpFetch = async (): Promise<HttpAnswer> => ({ status: 206, headers: new Headers(), body: stream() });
  const clock = { sleep: async () => undefined, random: () => 0 };
  return createHttpTransport({ fetch, clock, onTraffic: ({ bytes }) => bytes > 0 && onBytes() });
}

const sources = {
  'a stream of bytes': (parts: readonly Uint8Array<ArrayBuffer>[]) =>
    byteStream((controller) => {
      for (const part of parts) controller.enqueue(part.slice());
      controller.close();
    }),
  'a stream of pieces': (parts: readonly Uint8Array<ArrayBuffer>[]) =>
    pieceStream((controller) => {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    }),
};

describe.each(Object.entries(sources))('the body of a range from %s', (_, streamOf) => {
  it.each([1000, 64 * 1024, FILE.length])('is put together from pieces of %i bytes', async (size) => {
    const transport = transportOf(() => streamOf(pieces(FILE, size)));
    expect(isSame(await transport.readRange(URL, 0, FILE.length, NEVER), FILE)).toBe(true);
    expect(transport.traffic()).toEqual({ requests: 1, bytes: FILE.length });
  });

  it('is refused where it is longer than was asked for', async () => {
    const transport = transportOf(() => streamOf(pieces(FILE, 1000)));
    const error = await transport.readRange(URL, 0, 5000, NEVER).catch((reason: unknown) => reason);
    expect(isCropError(error, 'net/no-ranges')).toBe(true);
    expect(transport.traffic().bytes).toBeLessThan(10_000);
  });

  it('is cut short where it ends early', async () => {
    const transport = transportOf(() => streamOf(pieces(FILE.slice(0, 5000), 1000)));
    const error = await transport.readRange(URL, 0, 6000, NEVER).catch((reason: unknown) => reason);
    expect(isCropError(error, 'net/short-body')).toBe(true);
  });
});

describe('a body that comes slowly', () => {
  /** 16 KiB every 12 ms, 1.3 MB/s: far above the time in which a piece counts as lying ready, on any machine. */
  const slowly = (file: Uint8Array<ArrayBuffer>) => () =>
    byteStream(async (controller) => {
      for (const part of pieces(file, 16 * 1024)) {
        await new Promise((resolve) => setTimeout(resolve, 12));
        controller.enqueue(part.slice());
      }
      controller.close();
    });
  const big = Uint8Array.from({ length: 2 ** 20 }, (_, at) => at % 241);

  it('is taken in few goes, whole', async () => {
    let goes = 0;
    const transport = transportOf(slowly(big), () => (goes += 1));
    expect(isSame(await transport.readRange(URL, 0, big.length, NEVER), big)).toBe(true);
    expect(goes).toBeLessThan(32);
  });

  it('is let go of in a pause as soon as the signal is aborted', async () => {
    const stop = new AbortController();
    const late = new Promise((resolve) => setTimeout(resolve, 60_000).unref());
    const stalled = () =>
      byteStream(async (controller) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        controller.enqueue(new Uint8Array(1000));
        await late;
      });
    const reading = transportOf(stalled, () => setTimeout(() => stop.abort(new Error('moved on')), 10));
    // Who sat the pause out would then wait for a piece that never comes.
    await expect(reading.readRange(URL, 0, big.length, stop.signal)).rejects.toThrow('moved on');
  });
});

describe('how long bytes are let gather', () => {
  const MIB = 2 ** 20;

  it('is the time in which a few hundred KiB come', () => {
    // 2 MiB in one second, so 384 KiB take 187.5 ms.
    expect(gatheringMs(30, 2 * MIB, 1000, 2 * MIB)).toBeCloseTo(187.5);
  });

  it('never is long on a slow line', () => {
    expect(gatheringMs(500, 0.1 * MIB, 1000, 4 * MIB)).toBe(200);
  });

  it('is half of what is left near the end, and then nothing', () => {
    expect(gatheringMs(30, 2 * MIB, 1000, 0.25 * MIB)).toBeCloseTo(62.5);
    expect(gatheringMs(30, 2 * MIB, 1000, 0.05 * MIB)).toBe(0);
  });

  it('is nothing on a fast line, or where more lies ready', () => {
    expect(gatheringMs(6, 4 * MIB, 100, 4 * MIB)).toBe(0);
    expect(gatheringMs(1, 2 * MIB, 1000, 2 * MIB)).toBe(0);
  });
});
