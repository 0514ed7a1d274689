import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython, PYTHON_PATH } from '../../scripts/python.mjs';

const ZOO = fileURLToPath(new URL('../../models/zoo', import.meta.url));

/** Made with random weights where the zoo has none: speed and rounding do not depend on what was learned. */
const RANDOM_SEED = '1';

const EVERY_ARCHITECTURE = ['timeunet', 'timeunet-lite', 'wtae', 'utae'];

export interface BenchModel {
  readonly name: string;
  readonly architecture: string;
  /** Folder with the card. */
  readonly folder: string;
  readonly trained: boolean;
}

/**
 * Models to be measured, in `folder`: all of the zoo, in all precisions where there is a Python to write them, and one
 * with random weights of each architecture that the zoo lacks and the exporter knows.
 * @param names these alone. @throws Error for a name that is none of them
 */
export async function prepareModels(
  folder: string,
  log: (line: string) => void,
  names?: readonly string[],
): Promise<BenchModel[]> {
  const python = findPython();
  const trained = (await readdir(ZOO)).filter((name) => existsSync(join(ZOO, name, 'model.json')));
  const models: BenchModel[] = [];
  const all = [...trained, ...EVERY_ARCHITECTURE.filter((other) => !trained.includes(other))];
  const unknown = names?.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`There is no model ${unknown}, only ${all.join(', ')}.`);
  for (const name of names ?? all) {
    const target = join(folder, name);
    const fromZoo = trained.includes(name);
    if (python === null) {
      if (fromZoo) await cp(join(ZOO, name), target, { recursive: true });
      else log(`SKIPPED: ${name} is not in the zoo, and there is no Python with PyTorch to make it.`);
    } else {
      const weights = fromZoo ? ['--checkpoint', join(ZOO, name, 'weights.npz')] : ['--random-seed', RANDOM_SEED];
      const made = exportModel(python, [...weights, '--name', name, '--model', name, '--out', target]);
      if (made !== null) {
        log(`SKIPPED: ${name} could not be exported: ${made}`);
        if (fromZoo) await cp(join(ZOO, name), target, { recursive: true });
      }
    }
    if (existsSync(join(target, 'model.json')))
      models.push({ name, architecture: name, folder: target, trained: fromZoo });
  }
  return models;
}

/** Null where it went well, else the last line that the exporter wrote. */
function exportModel(python: string, args: readonly string[]): string | null {
  const command = ['-m', 'crop2seg_training.cli', 'export', ...args];
  const env = { ...process.env, PYTHONPATH: PYTHON_PATH };
  const variants = ['--variants', 'fp32,int8', '--agreement-scenes', '0'];
  const { status, stderr } = spawnSync(python, [...command, ...variants], { env, encoding: 'utf8' });
  return status === 0 ? null : (stderr.trim().split('\n').at(-1) ?? 'it said nothing');
}
