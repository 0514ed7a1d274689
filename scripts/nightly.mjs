import { spawnSync } from 'node:child_process';
import { ROOT } from './setup.mjs';

/** Cases of each property test; a working day's test run has 500. */
const PROPERTY_RUNS = '10000';

const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'unit', '--testTimeout', '600000'], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, CROP2SEG_PROPERTY_RUNS: PROPERTY_RUNS },
});
process.exit(status ?? 1);
