import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CropError, isAbort } from '../src/errors';

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
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
    throw new CropError('cli/unwritable-output', { path: folder, reason: (error as Error).message }, error);
  }
}
