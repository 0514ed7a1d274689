/**
 * Compiles C files into the TypeScript files beside them: src/raster/wasm/*.c, and src/segment/kernel/wasm/*.c twice,
 * with and without relaxed SIMD. The same compiler gives the same bytes on any machine; tests/unit/raster/kernels.test.ts
 * and tests/unit/segment/kernel/plans.test.ts compare where it is installed (Debian: clang-14 and lld-14, clang-16 and
 * lld-16).
 *
 *   node scripts/build-kernels.mjs
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LINE = 110;

/**
 * @typedef {object} KernelSet
 * @property {string} folder of the sources and the result
 * @property {string} target
 * @property {string} name of the constant
 * @property {readonly string[]} sources
 * @property {string} compiler whose output is committed; another version gives other bytes
 * @property {readonly string[]} flags
 */

/** @param {string} path */
const folder = (path) => fileURLToPath(new URL(`../src/${path}/`, import.meta.url));

/** @type {KernelSet} */
export const RASTER_KERNELS = {
  folder: folder('raster/wasm'),
  target: 'binary.ts',
  name: 'KERNELS_BASE64',
  sources: ['inflate.c', 'adler32.c', 'predictor.c', 'enlarge.c'],
  compiler: 'clang-14',
  flags: [],
};

/** Relaxed SIMD has its final opcodes from this compiler on. */
const NETWORK = {
  folder: folder('segment/kernel/wasm'),
  sources: ['winograd.c', 'halve.c', 'direct.c', 'norm.c', 'pack.c', 'weigh.c', 'attend.c'],
  compiler: 'clang-16',
};

/** @type {readonly KernelSet[]} */
export const NETWORK_KERNELS = [
  { ...NETWORK, target: 'binary.ts', name: 'KERNELS_BASE64', flags: [] },
  { ...NETWORK, target: 'binary-relaxed.ts', name: 'RELAXED_KERNELS_BASE64', flags: ['-mrelaxed-simd'] },
];

const FLAGS = [
  '--target=wasm32',
  '-O3',
  '-msimd128',
  '-mbulk-memory',
  '-nostdlib',
  '-ffreestanding',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wl,--no-entry',
  '-Wl,--strip-all',
  '-Wl,--export=__heap_base',
  // The deepest call holds two arrays of code lengths; the rest of the first page is for the tables.
  '-Wl,-z,stack-size=16384',
];

/** Text of the TypeScript file that holds a set of compiled kernels. @param {KernelSet} set */
export function compileKernels({ folder, name, sources, compiler, flags }) {
  const scratch = mkdtempSync(join(tmpdir(), 'kernels-'));
  try {
    const output = join(scratch, 'kernels.wasm');
    execFileSync(compiler, [...FLAGS, ...flags, '-o', output, ...sources], { cwd: folder });
    const text = readFileSync(output).toString('base64');
    const lines = text.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
    return [
      '/** Written by scripts/build-kernels.mjs from the C files beside it. */',
      `export const ${name} = \``,
      ...lines,
      '`;',
      '',
    ].join('\n');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const set of [RASTER_KERNELS, ...NETWORK_KERNELS]) {
    writeFileSync(join(set.folder, set.target), compileKernels(set));
  }
}
