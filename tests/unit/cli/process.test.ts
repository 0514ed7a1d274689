import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeGeoTiff } from '../../../src/raster';

const PROGRAM = resolve(import.meta.dirname, '../../../bin/crop2seg.mjs');
const SAMPLE = resolve(import.meta.dirname, '../../../public/sample');
/** A process of its own has to load TypeScript; a busy machine may take its time. */
const PATIENCE_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'crop2seg-process-'));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Takes what is told of all that stderr holds so far. */
type Listen = (onText: (stderr: string) => void) => void;

/** Runs the program in the temporary folder; `onStart` may act on it while it works. */
function crop2seg(
  args: readonly string[],
  onStart?: (kill: (signal: NodeJS.Signals) => void, said: Listen) => void,
): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('close', (code) => done({ code, stdout, stderr }));
    onStart?.(
      (signal) => child.kill(signal),
      (onText) => child.stderr.on('data', () => onText(stderr)),
    );
  });
}

async function raster(name: string, labels: number[], columns = labels.length): Promise<void> {
  const rows = labels.length / columns;
  const grid = { epsg: 32633, xMin: 500_000, yMax: 5_500_000, pixelMetres: 10, columns, rows };
  writeFileSync(join(folder, name), await writeGeoTiff({ ...grid, bands: [Uint8Array.from(labels)], nodata: 255 }));
}

beforeAll(async () => {
  await raster('map.tif', [0, 6, 6, 0, 6, 14]);
  await raster('labels.tif', [0, 6, 0, 6, 14, 6]);
  await raster('tall.tif', [0, 6, 0, 6, 14, 6], 2);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('crop2seg as a process', { timeout: PATIENCE_MS }, () => {
  it('tells its version on stdout and ends with 0', async () => {
    expect(await crop2seg(['--version'])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
      stderr: '',
    });
  });

  it('ends with 2 for bad arguments, one JSON object on stdout, words on stderr', async () => {
    const { code, stdout, stderr } = await crop2seg(['map', '--sesaon', '2018', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cli/usage-unknown-option' } });
    expect(stderr).toContain('Did you mean --season?');
  });

  it('ends with 2 for a place that is none, stdout empty without --json', async () => {
    const args = ['search', '--catalog', '.', '--season', '2018', '--bbox', '4,50,3,51'];
    expect(await crop2seg(args)).toMatchObject({ code: 2, stdout: '' });
  });

  it('ends with 1 for failed work', async () => {
    const { code, stdout } = await crop2seg(['evaluate', '--map', 'map.tif', '--labels', 'none.tif', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cli/no-such-file' } });
  });

  it('evaluates a map: one JSON object, background apart', async () => {
    const { code, stdout } = await crop2seg(['evaluate', '--map', 'map.tif', '--labels=labels.tif', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      all: { pixels: 5, overallAccuracy: 2 / 5 },
      crops: { pixels: 3, overallAccuracy: 1 / 3 },
    });
  });

  it('refuses to compare maps of different grids', async () => {
    const { code, stdout } = await crop2seg(['evaluate', '--map', 'map.tif', '--labels', 'tall.tif', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cli/different-grids' } });
    expect(stdout).toContain('6 x 1 and 2 x 3 pixels');
  });

  it.each([
    ['are being started', 'Testing the model'],
    ['run the network', 'segment: Tile'],
  ])('stops on Ctrl-C with 130 while threads %s, and leaves no file behind', async (_, sign) => {
    const place = ['--catalog', SAMPLE, '--bbox=15.075,49.99,15.10,50.005', '--season', '2019'];
    let interrupted = false;
    const { code, stdout } = await crop2seg(
      ['map', ...place, '--threads', '2', '--out', 'never', '--json'],
      (kill, said) =>
        said((stderr) => {
          if (interrupted || !stderr.includes(sign)) return;
          interrupted = true;
          kill('SIGINT');
        }),
    );
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cli/cancelled' } });
    expect(existsSync(join(folder, 'never', 'report.json'))).toBe(false);
  });

  it('stops on Ctrl-C with 130 and says so, while a server keeps it waiting', async () => {
    let interrupt = (): void => undefined;
    const server = createServer(() => interrupt());
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stdout } = await crop2seg(
      ['search', '--catalog', url, '--season', '2018', '--cell', '355', '--json'],
      (kill) => (interrupt = () => kill('SIGINT')),
    );
    server.closeAllConnections();
    server.close();
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'cli/cancelled' } });
  });
});
