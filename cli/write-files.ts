import { access, constants, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CropError, isAbort, isCropError } from '../src/errors';

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Fails at once where the folder could not be written at the end of the work; makes nothing yet.
 * @throws cli/unwritable-output
 */
export async function requireWritable(folder: string): Promise<void> {
  try {
    if (!(await stat(folder)).isDirectory()) throw unwritable(folder, 'it is a file');
    await access(folder, constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return requireWritable(dirname(folder));
    throw isCropError(error) ? error : unwritable(folder, (error as Error).message, error);
  }
}

/**
 * Writes files into a folder so that they appear together at the end: all under other names first, then renamed.
 * A failure or an abort before that leaves what was there before.
 * @returns paths in the order of `files`
 * @throws cli/unwritable-output; the signal's reason
 */
export async function writeFiles(folder: string, files: readonly NamedBytes[], signal: AbortSignal): Promise<string[]> {
  const planned = files.map(({ name, bytes }) => ({
    bytes,
    path: join(folder, name),
    partPath: join(folder, `.${name}.${process.pid}.part`),
  }));
  try {
    await mkdir(folder, { recursive: true });
    for (const { partPath, bytes } of planned) await writeFile(partPath, bytes, { signal });
    signal.throwIfAborted();
    for (const { partPath, path } of planned) await rename(partPath, path);
    return planned.map(({ path }) => path);
  } catch (error) {
    await Promise.all(planned.map(({ partPath }) => rm(partPath, { force: true }).catch(() => undefined)));
    if (isAbort(error)) throw error;
    throw unwritable(folder, (error as Error).message, error);
  }
}

function unwritable(path: string, reason: string, cause?: unknown): CropError {
  return new CropError('cli/unwritable-output', { path, reason }, cause);
}
