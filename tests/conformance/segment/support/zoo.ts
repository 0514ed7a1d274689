import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadModel, type LoadedModel, type Precision } from '../../../../src/segment';
import { memoryTransport } from '../../../support/memory-transport';

const ZOO = resolve(import.meta.dirname, '../../../../models/zoo');

/** A model of the repository's own zoo, loaded and checked as a page does it. */
export function loadZooModel(name: string, signal: AbortSignal, precision: Precision = 'fp32'): Promise<LoadedModel> {
  const folder = join(ZOO, name);
  const url = `https://models.test/${name}`;
  const files = new Map<string, unknown>(
    readdirSync(folder).map((file) => [`${url}/${file}`, readFileSync(join(folder, file))]),
  );
  return loadModel(url, { transport: memoryTransport(files), signal, precision });
}
