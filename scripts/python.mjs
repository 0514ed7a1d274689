import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, runCommand } from './setup.mjs';

const PACKAGE = join(ROOT, 'models', 'training');
const VENV = join(PACKAGE, '.venv');
const PYTHON = join(VENV, 'bin', 'python');
/** Debian's own Python sees the distribution's PyTorch, which is 3 GB smaller than the wheel of PyPI. */
const CANDIDATES = ['/usr/bin/python3', 'python3'];

/** @param {string} python @param {string} code @returns {boolean} */
function succeeds(python, code) {
  return spawnSync(python, ['-c', code], { stdio: 'ignore' }).status === 0;
}

/** Where Python finds the training package without its being installed. */
export const PYTHON_PATH = join(PACKAGE, 'src');

/**
 * A Python that can run the training package, without making anything: the one that CROP2SEG_PYTHON names, else that of
 * the package's own environment, else the system's.
 * @returns {string | null}
 */
export function findPython() {
  const named = process.env['CROP2SEG_PYTHON'];
  const candidates = named ? [named] : [PYTHON, ...CANDIDATES];
  return candidates.find((python) => succeeds(python, 'import torch, numpy, onnx, onnxruntime')) ?? null;
}

/** Makes `models/training/.venv` with the package and its test tools; exits with a plain sentence where it cannot. */
export function preparePython() {
  const usable = CANDIDATES.filter((python) => succeeds(python, 'import sys; assert sys.version_info >= (3, 11)'));
  const withTorch = usable.find((python) => succeeds(python, 'import torch'));
  const python = withTorch ?? usable[0];
  if (python === undefined) {
    console.error(
      'models/training needs Python 3.11 or newer, and none was found. On Debian: apt-get install python3-venv',
    );
    process.exit(1);
  }
  if (!existsSync(PYTHON) && !runCommand(python, ['-m', 'venv', '--system-site-packages', VENV])) {
    console.error('Could not make a Python environment. On Debian: apt-get install python3-venv');
    process.exit(1);
  }
  const extras = succeeds(PYTHON, 'import torch') ? 'dev' : 'dev,torch';
  if (
    !runCommand(PYTHON, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-e', `${PACKAGE}[${extras}]`])
  ) {
    console.error('Could not install the training package. Check the connection to PyPI and run again.');
    process.exit(1);
  }
}

/** Type check, lint and tests of `models/training`. @returns {boolean} whether all passed */
export function testPython() {
  return (
    runCommand(PYTHON, ['-m', 'ruff', 'check', PACKAGE]) &&
    runCommand(PYTHON, ['-m', 'ruff', 'format', '--check', PACKAGE]) &&
    runCommand(PYTHON, ['-m', 'mypy', '--config-file', join(PACKAGE, 'pyproject.toml'), join(PACKAGE, 'src')]) &&
    runCommand(PYTHON, ['-m', 'pytest', '-q', PACKAGE])
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  preparePython();
  process.exit(testPython() ? 0 : 1);
}
