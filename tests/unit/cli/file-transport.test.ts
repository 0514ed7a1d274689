import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createFileTransport } from '../../../cli/file-transport';
import { isAbort, isCropError } from '../../../src/errors';
import { rejection } from './support';

const folder = mkdtempSync(join(tmpdir(), 'crop2seg-files-'));
const signal = new AbortController().signal;
const urlOf = (name: string) => pathToFileURL(join(folder, name)).href;

writeFileSync(join(folder, 'ten.bin'), Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
writeFileSync(join(folder, 'a b.json'), '{"answer": 42}');
afterAll(() => rmSync(folder, { recursive: true }));

describe('createFileTransport', () => {
  it('reads whole files, ranges and JSON, and counts what it moved', async () => {
    const transport = createFileTransport();
    expect(await transport.readAll(urlOf('ten.bin'), signal)).toHaveLength(10);
    expect(Array.from(await transport.readRange(urlOf('ten.bin'), 3, 4, signal))).toEqual([3, 4, 5, 6]);
    expect(await transport.readJson(urlOf('a b.json'), signal)).toEqual({ answer: 42 });
    expect(transport.traffic()).toEqual({ requests: 3, bytes: 10 + 4 + 14 });
  });

  it('gives less where the file ends, and nothing past its end', async () => {
    const transport = createFileTransport();
    expect(Array.from(await transport.readRange(urlOf('ten.bin'), 8, 100, signal))).toEqual([8, 9]);
    expect(await transport.readRange(urlOf('ten.bin'), 50, 4, signal)).toHaveLength(0);
  });

  it('gives a copy: what is done to the bytes leaves the next reader alone', async () => {
    const transport = createFileTransport();
    const first = await transport.readAll(urlOf('ten.bin'), signal);
    expect(first.byteLength).toBe(first.buffer.byteLength);
    first.fill(0);
    expect((await transport.readAll(urlOf('ten.bin'), signal))[9]).toBe(9);
  });

  it.each(['nothing.bin', 'ten.bin/below', ''])('calls "%s" not found', async (name) => {
    const error = await rejection(() => createFileTransport().readAll(urlOf(name), signal));
    expect(isCropError(error, 'net/not-found')).toBe(true);
  });

  it('calls a range of a folder not found, too', async () => {
    const error = await rejection(() => createFileTransport().readRange(urlOf(''), 0, 4, signal));
    expect(isCropError(error, 'net/not-found')).toBe(true);
  });

  it('says so where the text is not JSON or the address no file', async () => {
    const transport = createFileTransport();
    expect(isCropError(await rejection(() => transport.readJson(urlOf('ten.bin'), signal)), 'net/not-json')).toBe(true);
    expect(isCropError(await rejection(() => transport.readAll('http://host/x', signal)), 'net/bad-url')).toBe(true);
  });

  it('reads nothing once cancelled', async () => {
    const transport = createFileTransport();
    const error = await rejection(() => transport.readAll(urlOf('ten.bin'), AbortSignal.abort()));
    expect(isAbort(error)).toBe(true);
    expect(transport.traffic()).toEqual({ requests: 0, bytes: 0 });
  });
});
