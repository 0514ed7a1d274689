import { build } from 'vite';

/** Bundles one script, with the workers it starts, into `folder` as an ES module called `name`; minified, as the site is. */
export async function bundleScript(script: string, folder: string, name: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    base: './',
    worker: { format: 'es' },
    build: {
      // The helper that preloads needs a document, which a worker has not.
      modulePreload: false,
      outDir: folder,
      emptyOutDir: true,
      rolldownOptions: {
        input: script,
        output: { entryFileNames: name, format: 'es' },
      },
    },
  });
}
