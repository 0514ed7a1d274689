import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

/** svelte-check has been seen to report nothing at all and exit with 0, so it must find an error planted on purpose. */
const PLANTED = join(ROOT, 'src', 'app', 'PlantedTypeError.svelte');
writeFileSync(PLANTED, '<script lang="ts">\n  const rows: number = "not a number";\n</script>\n\n{rows}\n');
try {
  const { status, stdout } = spawnSync(
    'npx',
    ['svelte-check', '--output', 'machine', '--tsconfig', './tsconfig.json'],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  const found = status !== 0 && stdout.includes('PlantedTypeError.svelte');
  console.log(found ? 'The planted type error was found.' : `The planted type error was NOT found (status ${status}).`);
  process.exitCode = found ? 0 : 1;
} finally {
  rmSync(PLANTED, { force: true });
}
