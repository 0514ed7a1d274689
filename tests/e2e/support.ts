import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ConsoleMessage, expect, test as base, type Page } from '@playwright/test';
import { type FaultServer, startFaultServer } from '../support/fault-server';

const DIST = resolve(import.meta.dirname, '../../dist');

/** The built site lies below a path, as on many hosts: absolute addresses would break there. */
const SITE_PATH = 'maps/crop2seg';

export interface Site {
  readonly server: FaultServer;
  /** Address of the page. */
  readonly page: string;
  /** Folder of a copy of the sample catalogue that a test may spoil, and its address. */
  readonly copy: { readonly folder: string; readonly url: string };
}

interface Fixtures {
  readonly site: Site;
  /** What went wrong in the page without being shown: console errors and warnings, uncaught exceptions. */
  readonly complaints: string[];
}

/** Chromium's own remark on drawing without a GPU; it is about the test machine, not the page. */
const SOFTWARE_GL = /GL Driver Message/;

/** Serves the built site from 127.0.0.1 under a path, isolated, with faults to inject. */
export const test = base.extend<Fixtures>({
  site: async ({}, use) => {
    if (!existsSync(join(DIST, 'index.html'))) throw new Error('No built site in dist: run `npx vite build` first.');
    const root = mkdtempSync(join(tmpdir(), 'crop2seg-site-'));
    mkdirSync(join(root, 'maps'));
    symlinkSync(DIST, join(root, SITE_PATH));
    cpSync(join(DIST, 'sample'), join(root, 'copy'), { recursive: true });
    const server = await startFaultServer({ files: root, isolated: true });
    await use({
      server,
      page: `${server.url}/${SITE_PATH}/index.html`,
      copy: { folder: join(root, 'copy'), url: `${server.url}/copy` },
    });
    await server.close();
    rmSync(root, { recursive: true });
  },
  complaints: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on('console', (message: ConsoleMessage) => {
      const bad = message.type() === 'error' || message.type() === 'warning';
      if (bad && !SOFTWARE_GL.test(message.text())) complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
    await use(complaints);
  },
});

export { expect };

/** Opens the page and waits until it knows its models and its sample. */
export async function open(page: Page, site: Site): Promise<void> {
  await page.goto(site.page);
  await expect(page.getByRole('button', { name: 'Use simulated sample' })).toBeEnabled();
}

/** Chooses the sample's place with the spoilable copy of its catalogue; `place`, where given, in the sample's stead. */
export async function chooseCopy(page: Page, site: Site, place?: string): Promise<void> {
  await page.getByRole('button', { name: 'Use simulated sample' }).click();
  await page.getByRole('radio', { name: /Static catalogue/ }).check();
  await page.getByRole('textbox', { name: 'Address of the folder' }).fill(site.copy.url);
  if (place === undefined) return;
  await page.getByRole('textbox', { name: 'Cell number or coordinates' }).fill(place);
  await page.getByRole('button', { name: 'Go', exact: true }).click();
}

/** A square kilometre inside the sample: one tile. */
export const BOX = '15.076, 49.99, 15.09, 49.999';

/** Rewrites a JSON file of the spoilable copy. */
export function editJson(site: Site, name: string, edit: (json: Record<string, unknown>) => void): void {
  const path = join(site.copy.folder, name);
  const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  edit(json);
  writeFileSync(path, JSON.stringify(json));
}
