#!/usr/bin/env node
// Plain JavaScript without imports that could be missing: it must still speak where nothing is installed.
import { existsSync } from 'node:fs';

/** package.json, "engines": the first Node 20 that loads TypeScript sources through module hooks without a flag. */
const LEAST_NODE = [20, 19];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const loader = new URL('../node_modules/tsx/', import.meta.url);

if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
  fail(`Crop2Seg needs Node ${LEAST_NODE.join('.')} or newer; this is ${process.versions.node}.`, 'Update Node.');
} else if (!existsSync(loader)) {
  fail('The packages Crop2Seg is made of are not installed.', 'Run npm ci in the folder of Crop2Seg, then again.');
} else {
  const { register } = await import('tsx/esm/api');
  register();
  /** @type {typeof import('../cli/entry')} */
  const { start } = await import(new URL('../cli/entry.ts', import.meta.url).href);
  await start();
}

/**
 * @param {string} message
 * @param {string} nextStep
 */
function fail(message, nextStep) {
  process.stderr.write(`error: ${message}\nnext step: ${nextStep}\n`);
  process.exitCode = 1;
}
