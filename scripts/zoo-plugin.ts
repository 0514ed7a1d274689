import { createReadStream, existsSync, statSync } from 'node:fs';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';
import { DEFAULT_MODEL } from '../cli/default-model.ts';

const ZOO = resolve(import.meta.dirname, '../models/zoo');

/** Folders of the zoo that hold a model card, sorted by name; the default first. */
async function modelNames(): Promise<string[]> {
  const entries = await readdir(ZOO, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory() && existsSync(join(ZOO, entry.name, 'model.json')));
  return names
    .map((entry) => entry.name)
    .sort((a, b) => Number(b === DEFAULT_MODEL) - Number(a === DEFAULT_MODEL) || a.localeCompare(b));
}

/** Files of a model folder that a browser needs: the card, the graphs and the golden tile, not the checkpoint. */
function isServed(path: string): boolean {
  return /\.(json|onnx|bin)$/.test(path);
}

/** Serves `models/zoo` at `models/` in development and copies it there in a build, with a list in `models/index.json`. */
export function zoo(): Plugin {
  return {
    name: 'crop2seg-zoo',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '').replace(/^\/models\//, '');
        if (path === request.url || !request.url?.startsWith('/models/')) return next();
        if (path === 'index.json') {
          void modelNames().then((names) => response.end(JSON.stringify(names)));
          return undefined;
        }
        const file = join(ZOO, path);
        if (!file.startsWith(ZOO) || !existsSync(file) || !statSync(file).isFile()) return next();
        createReadStream(file).pipe(response);
        return undefined;
      });
    },
    async writeBundle(options) {
      const target = join(options.dir ?? 'dist', 'models');
      const names = await modelNames();
      await mkdir(target, { recursive: true });
      for (const name of names) {
        await cp(join(ZOO, name), join(target, name), {
          recursive: true,
          filter: (source) => statSync(source).isDirectory() || isServed(source),
        });
      }
      await writeFile(join(target, 'index.json'), JSON.stringify(names));
    },
  };
}
