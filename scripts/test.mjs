import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { preparePython, testPython } from './python.mjs';
import { ROOT, installPackages, requireNode, runCommand } from './setup.mjs';
import { auditDependencies } from './audit.mjs';

/** Debian's browser; another Chromium can be named in `CHROMIUM_PATH`. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

requireNode();
installPackages();

/** @type {[name: string, run: () => boolean][]} */
const checks = [
  ['format', () => runCommand('npm', ['run', '-s', 'format:check'])],
  ['lint', () => runCommand('npm', ['run', '-s', 'lint'])],
  ['types', () => runCommand('npm', ['run', '-s', 'types'])],
  ['type checker finds a planted error', () => runCommand('node', ['scripts/planted-type-error.mjs'])],
  ['unused code', () => runCommand('npm', ['run', '-s', 'unused'])],
  ['dependency audit', auditDependencies],
  ['unit', () => runCommand('npm', ['run', '-s', 'test:unit'])],
  ['conformance', () => runCommand('npm', ['run', '-s', 'test:conformance'])],
  ['build', () => runCommand('npx', ['vite', 'build', '--logLevel', 'warn'])],
  ['size', () => runCommand('npm', ['run', '-s', 'size'])],
  ['browser', testBrowser],
  ['python', () => (preparePython(), testPython())],
];

function testBrowser() {
  if (!existsSync(CHROMIUM)) {
    console.error(`No browser at ${CHROMIUM}. On Debian: apt-get install chromium; elsewhere set CHROMIUM_PATH.`);
    return false;
  }
  return runCommand('npm', ['run', '-s', 'test:e2e']);
}

/** @type {{ name: string, passed: boolean, seconds: number }[]} */
const results = [];
for (const [name, run] of checks) {
  console.log(`\n=== ${name}`);
  const begin = Date.now();
  results.push({ name, passed: run(), seconds: (Date.now() - begin) / 1000 });
}

console.log('\n=== summary');
for (const { name, passed, seconds } of results) {
  console.log(`${passed ? 'passed' : 'FAILED'}  ${name} (${seconds.toFixed(1)} s)`);
}
if (!existsSync(process.env.CROP2SEG_DATA ?? join(ROOT, '../shared/data'))) {
  console.log('SKIPPED  every test on real data: set CROP2SEG_DATA to the folder that holds flanders-2018');
}
const failed = results.filter((result) => !result.passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
