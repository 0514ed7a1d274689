import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { WindowSeries } from '../../../src/job';

const PROGRAM = resolve(import.meta.dirname, '../../../bin/crop2seg.mjs');

/** Folder of small inputs on which earlier versions were wrong; not part of the repository. */
const CASES = resolve(process.env['CROP2SEG_CASES'] ?? join(import.meta.dirname, '../../../../shared/cases'));

/** Absolute path of a file or folder of a case. */
export function casePath(path: string): string {
  return join(CASES, path);
}

/** The 64 x 64 pixel grid that most cases use. */
export const WINDOW = casePath('window/map.tif');

/** Whether the cases are missing; says so once for each file of tests, for `describe.skipIf`. */
export function casesMissing(): boolean {
  if (existsSync(WINDOW)) return false;
  console.warn('SKIPPED: tests on recorded faults need their inputs; set CROP2SEG_CASES to their folder.');
  return true;
}

/** Runs the program as a user does and returns the object that it prints with `--json`. */
export function crop2seg(args: readonly string[], env: NodeJS.ProcessEnv = {}): unknown {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args, '--json'], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`crop2seg ${args.join(' ')} ended with ${status}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
}

/** The series that the product reads of a case's catalogue over a grid. */
export function seriesOf(catalog: string, like: string, season: number, env: NodeJS.ProcessEnv = {}): WindowSeries {
  const args = ['series', '--catalog', casePath(catalog), '--like', like, '--season', String(season)];
  return crop2seg(args, env) as WindowSeries;
}
