import { spawnSync } from 'node:child_process';
import { ROOT } from './setup.mjs';

/** Cases of each property test; a working day's test run has 500. */
const PROPERTY_RUNS = '10000';

/** What takes too long for each day's `npm test`: all property cases, and the map of a whole cell. */
const RUNS = [
  { args: ['--project', 'unit', '--testTimeout', '600000'], env: { CROP2SEG_PROPERTY_RUNS: PROPERTY_RUNS } },
  { args: ['--project', 'conformance', 'tests/conformance/segment/seams.test.ts'], env: { CROP2SEG_FULL_CELL: '1' } },
];

const failed = RUNS.filter(({ args, env }) => {
  const { status } = spawnSync('npx', ['vitest', 'run', ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return status !== 0;
});
process.exit(failed.length === 0 ? 0 : 1);
