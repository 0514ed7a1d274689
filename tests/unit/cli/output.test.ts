import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { EXIT_BAD_ARGUMENTS, EXIT_CANCELLED, EXIT_FAILED, reportFailure } from '../../../cli/failure';
import { createProgressLine } from '../../../cli/progress';
import { requireWritable, writeFiles } from '../../../cli/write-files';
import { CropError, isAbort, isCropError } from '../../../src/errors';
import type { JobProgress } from '../../../src/job';
import { bufferTerminal, rejection } from './support';

const folder = mkdtempSync(join(tmpdir(), 'crop2seg-out-'));
const signal = new AbortController().signal;
const bytes = (text: string) => new TextEncoder().encode(text);

afterAll(() => rmSync(folder, { recursive: true }));

describe('writeFiles', () => {
  const out = join(folder, 'deep', 'result');
  beforeEach(() => rmSync(join(folder, 'deep'), { recursive: true, force: true }));

  it('makes the folder, writes every file and leaves nothing else', async () => {
    const files = [
      { name: 'a.txt', bytes: bytes('one') },
      { name: 'b.txt', bytes: bytes('two') },
    ];
    expect(await writeFiles(out, files, signal)).toEqual([join(out, 'a.txt'), join(out, 'b.txt')]);
    expect(readdirSync(out).sort()).toEqual(['a.txt', 'b.txt']);
    expect(readFileSync(join(out, 'b.txt'), 'utf8')).toBe('two');
  });

  it('leaves what was there before when it is stopped', async () => {
    await writeFiles(out, [{ name: 'a.txt', bytes: bytes('old') }], signal);
    const error = await rejection(() => writeFiles(out, [{ name: 'a.txt', bytes: bytes('new') }], AbortSignal.abort()));
    expect(isAbort(error)).toBe(true);
    expect(readdirSync(out)).toEqual(['a.txt']);
    expect(readFileSync(join(out, 'a.txt'), 'utf8')).toBe('old');
  });

  it('replaces no file of a set that cannot be written whole', async () => {
    await writeFiles(out, [{ name: 'a.txt', bytes: bytes('old') }], signal);
    const files = [
      { name: 'a.txt', bytes: bytes('new') },
      { name: 'missing/b.txt', bytes: bytes('new') },
    ];
    const error = await rejection(() => writeFiles(out, files, signal));
    expect(isCropError(error, 'cli/unwritable-output')).toBe(true);
    expect(readdirSync(out)).toEqual(['a.txt']);
    expect(readFileSync(join(out, 'a.txt'), 'utf8')).toBe('old');
  });

  it('says so where the folder is a file', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    const error = await rejection(() => writeFiles(path, [{ name: 'a', bytes: bytes('') }], signal));
    expect(isCropError(error, 'cli/unwritable-output')).toBe(true);
  });
});

describe('requireWritable', () => {
  it('accepts a folder that can be made, and makes nothing', async () => {
    const path = join(folder, 'not', 'yet');
    await requireWritable(path);
    expect(readdirSync(folder)).not.toContain('not');
  });

  it('refuses a file, and a folder below one', async () => {
    const path = join(folder, 'plain');
    writeFileSync(path, '');
    for (const target of [path, join(path, 'below')]) {
      const error = await rejection(() => requireWritable(target));
      expect(isCropError(error, 'cli/unwritable-output')).toBe(true);
    }
  });
});

describe('reportFailure', () => {
  it('tells code, message, causes and next step, and the same as one JSON object', () => {
    const terminal = bufferTerminal();
    const error = new CropError('net/not-found', { url: 'x.tif' }, new Error('ENOENT'));
    expect(reportFailure(error, terminal, true)).toBe(EXIT_FAILED);
    expect(terminal.stderr()).toMatch(
      /^error net\/not-found: x\.tif is not there \(404\)\.\n {2}because: ENOENT\nnext step: .+\n$/,
    );
    expect(JSON.parse(terminal.stdout())).toEqual({
      error: { code: 'net/not-found', message: error.message, nextStep: error.nextStep },
    });
  });

  it('keeps stdout empty where no JSON was asked for', () => {
    const terminal = bufferTerminal();
    reportFailure(new CropError('cli/usage-conflict', { first: '--a', second: '--b' }), terminal, false);
    expect(terminal.stdout()).toBe('');
  });

  it('gives each kind of end its exit code', () => {
    const code = (error: unknown) => reportFailure(error, bufferTerminal(), false);
    expect(code(new CropError('cli/usage-conflict'))).toBe(EXIT_BAD_ARGUMENTS);
    expect(code(new CropError('geo/bad-bbox'))).toBe(EXIT_BAD_ARGUMENTS);
    expect(code(new CropError('cli/no-such-file'))).toBe(EXIT_FAILED);
    expect(code(new TypeError('x is undefined'))).toBe(EXIT_FAILED);
    expect(code(new DOMException('stop', 'AbortError'))).toBe(EXIT_CANCELLED);
  });

  it('shows where an error without a name was thrown', () => {
    const terminal = bufferTerminal();
    reportFailure(new TypeError('x is undefined'), terminal, false);
    expect(terminal.stderr()).toContain('cli/unexpected');
    expect(terminal.stderr()).toContain('output.test.ts');
  });
});

describe('createProgressLine', () => {
  const step = (done: number, stage: JobProgress['stage'] = 'read'): JobProgress => ({
    stage,
    done,
    total: 100,
    note: `${done} of 100 dates read, last 2018-05-06`,
    bytes: 3_140_000,
    requests: 12,
  });

  it('rewrites one line on a terminal, never wider than it', () => {
    const terminal = bufferTerminal({ errIsTty: true });
    const line = createProgressLine(terminal, false);
    line.show(step(1));
    line.show(step(2));
    line.end();
    const shown = terminal.stderr().split('\r').slice(1);
    expect(shown).toHaveLength(2);
    expect(shown[1].replace('\u001b[2K', '').trimEnd().length).toBeLessThan(40);
    expect(terminal.stderr().endsWith('\n')).toBe(true);
  });

  it('writes a line per tenth of a stage elsewhere', () => {
    const terminal = bufferTerminal();
    const line = createProgressLine(terminal, false);
    for (let done = 0; done <= 100; done++) line.show(step(done));
    line.show(step(0, 'segment'));
    line.end();
    const lines = terminal.stderr().trimEnd().split('\n');
    expect(lines).toHaveLength(12);
    expect(lines[1]).toBe('read: 10 of 100 dates read, last 2018-05-06 (3.1 MB, 12 requests)');
  });

  it('is silent on request', () => {
    const terminal = bufferTerminal();
    createProgressLine(terminal, true).show(step(1));
    expect(terminal.stderr()).toBe('');
  });
});
