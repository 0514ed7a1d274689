import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cellAssets, cellGrid, MIDDLE_CELL } from './cell.ts';
import type { Reader } from './processes.ts';
import type { ReadTimes } from './wire.ts';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('readers/gdal.py', import.meta.url));

/** Pythons that may have GDAL's bindings; Debian's package python3-gdal serves the second. */
const PYTHONS = ['python3', '/usr/bin/python3'];

/** GDAL by its Python bindings, one process for each run; null where they are not installed. */
export async function findGdal(): Promise<Reader | null> {
  for (const python of PYTHONS) {
    const found = await run(python, ['-c', 'from osgeo import gdal']).catch(() => null);
    if (found === null) continue;
    return {
      async read({ root }) {
        const { stdout } = await run(python, [SCRIPT, JSON.stringify(cellAssets(root, cellGrid(MIDDLE_CELL)))]);
        return JSON.parse(stdout) as ReadTimes;
      },
      stop: () => undefined,
    };
  }
  return null;
}
