import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, test } from '@playwright/test';
import { bundleScript } from '../support/bundle';
import { startFaultServer } from '../support/fault-server';

/** Minified as the site is: a minifier makes temporary values of handles that lie in variables in the source. */
const WORKER = join(import.meta.dirname, 'workers/private-files.ts');

test('private files open and close, also where their handles are collected meanwhile', async () => {
  const [folder, profile] = ['site', 'profile'].map((name) => mkdtempSync(join(tmpdir(), `crop2seg-files-${name}-`)));
  await bundleScript(WORKER, folder!, 'worker.js');
  writeFileSync(join(folder!, 'index.html'), '<!doctype html><title>Private files</title>');
  const server = await startFaultServer({ files: folder! });
  // A profile on disk: without one, private files lie in memory and are opened in another way.
  const context = await chromium.launchPersistentContext(profile!, {
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--js-flags=--expose-gc'],
  });
  try {
    const page = await context.newPage();
    await page.goto(`${server.url}/index.html`);
    const result = await page.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker('worker.js', { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
        }),
    );
    expect(result).toEqual({ lost: 0 });
  } finally {
    await context.close();
    await server.close();
    rmSync(folder!, { recursive: true });
    rmSync(profile!, { recursive: true });
  }
});
