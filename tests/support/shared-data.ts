import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Folder of the shared data sets; not part of the repository. */
const ROOT = resolve(process.env['CROP2SEG_DATA'] ?? join(import.meta.dirname, '../../../shared/data'));

/** Absolute path of something in the shared data. */
export function sharedPath(path: string): string {
  return join(ROOT, path);
}

/** Whether a part of the shared data is missing; says so once, by name, for `describe.skipIf`. */
export function sharedDataMissing(path: string): boolean {
  if (existsSync(sharedPath(path))) return false;
  console.warn(`SKIPPED: tests on ${path} need the shared data; set CROP2SEG_DATA to their folder.`);
  return true;
}

/** A JSON file of the shared data. */
export function readShared(path: string): unknown {
  return JSON.parse(readFileSync(sharedPath(path), 'utf8'));
}
