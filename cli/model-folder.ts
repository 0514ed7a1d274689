import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CropError } from '../src/errors';
import { urlOf } from './location';
import { suggestion } from './nearest';

const ZOO = fileURLToPath(new URL('../models/zoo', import.meta.url));
const CARD = 'model.json';

/**
 * URL of a model folder, without a slash at the end: a name of the zoo, a path (anything with a separator), or a URL.
 * @throws cli/no-model
 */
export function modelUrl(model: string, workingFolder: string): string {
  if (/[/\\]/.test(model) || model === '.') {
    const url = urlOf(model, workingFolder);
    if (url.startsWith('file:') && !existsSync(new URL(`${url}/${CARD}`))) throw noModel(model);
    return url;
  }
  if (!existsSync(join(ZOO, model, CARD))) throw noModel(model);
  return pathToFileURL(join(ZOO, model)).href;
}

function noModel(name: string): CropError {
  const models = existsSync(ZOO) ? readdirSync(ZOO).filter((entry) => existsSync(join(ZOO, entry, CARD))) : [];
  return new CropError('cli/no-model', {
    name,
    suggestion: suggestion(name, models),
    models: models.length === 0 ? 'none' : models.join(', '),
  });
}
