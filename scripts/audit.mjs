import { spawnSync } from 'node:child_process';
import { ROOT } from './setup.mjs';

/**
 * Known vulnerabilities of high severity in what is shipped fail the check. A registry that does not answer the question
 * is said loudly and does not: the answer is then unknown, and the summary line above must not read as a clean bill.
 * @returns {boolean}
 */
export function auditDependencies() {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: ROOT, encoding: 'utf8' });
  const report = parse(stdout);
  const counts = report?.metadata?.vulnerabilities;
  if (counts === undefined) {
    console.warn('NOT CHECKED: the npm registry in use does not answer audit requests.');
    return true;
  }
  console.log(`Vulnerabilities in shipped packages: ${JSON.stringify(counts)}`);
  return counts.high + counts.critical === 0;
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
