import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

/** Cases of each property test; a working day's test run has 500. */
const PROPERTY_RUNS = '10000';

/**
 * What takes too long for each day's `npm test`: all property cases, the map of a whole cell, maps with swath edges.
 * @type {{ args: string[], env: Record<string, string> }[]}
 */
const RUNS = [
  {
    args: ['vitest', 'run', '--project', 'unit', '--testTimeout', '600000'],
    env: { CROP2SEG_PROPERTY_RUNS: PROPERTY_RUNS },
  },
  {
    args: ['vitest', 'run', '--project', 'conformance', 'tests/conformance/segment/seams.test.ts'],
    env: { CROP2SEG_FULL_CELL: '1' },
  },
];

if (existsSync(join(process.env.CROP2SEG_DATA ?? join(ROOT, '../shared/data'), 'flanders-2018'))) {
  RUNS.push({ args: ['tsx', 'scripts/swath-edge.ts'], env: {} });
} else {
  console.log('SKIPPED  maps with swath edges: set CROP2SEG_DATA to the folder that holds flanders-2018');
}

const failed = RUNS.filter(({ args, env }) => {
  const { status } = spawnSync('npx', args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  return status !== 0;
});
process.exit(failed.length === 0 ? 0 : 1);
