/**
 * Compiles src/raster/wasm/*.c into src/raster/wasm/binary.ts. The same compiler gives the same bytes on any machine;
 * tests/unit/raster/kernels.test.ts compares where it is installed (Debian: clang-14, lld-14).
 *
 *   node scripts/build-kernels.mjs
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../src/raster/wasm/', import.meta.url));
const TARGET = join(FOLDER, 'binary.ts');
const SOURCES = ['inflate.c', 'adler32.c', 'enlarge.c'];
const LINE = 110;

/** The compiler whose output is committed; another version gives other bytes. */
export const COMPILER = 'clang-14';

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

/** Text of the TypeScript file that holds the compiled kernels. */
export function compileKernels() {
  const scratch = mkdtempSync(join(tmpdir(), 'kernels-'));
  try {
    const output = join(scratch, 'kernels.wasm');
    execFileSync(COMPILER, [...FLAGS, '-o', output, ...SOURCES], { cwd: FOLDER });
    const text = readFileSync(output).toString('base64');
    const lines = text.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
    return [
      '/** Written by scripts/build-kernels.mjs from the C files beside it. */',
      'export const KERNELS_BASE64 = `',
      ...lines,
      '`;',
      '',
    ].join('\n');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, compileKernels());
