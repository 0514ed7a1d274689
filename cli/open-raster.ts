import { CropError, isCropError } from '../src/errors';
import type { Transport } from '../src/net';
import { openRaster, type Raster } from '../src/raster';
import { urlOf } from './location';
import type { CommandContext } from './terminal';

/**
 * Opens a raster that a person named: a path from the working folder, or a URL.
 * @throws cli/no-such-file, net/*, raster/*
 */
export async function openNamedRaster(
  path: string,
  { terminal, signal }: CommandContext,
  transport: Transport,
): Promise<Raster> {
  const url = urlOf(path, terminal.workingFolder);
  try {
    return await openRaster(url, transport, signal);
  } catch (error) {
    if (url.startsWith('file:') && isCropError(error, 'net/not-found')) {
      throw new CropError('cli/no-such-file', { path }, error);
    }
    throw error;
  }
}
