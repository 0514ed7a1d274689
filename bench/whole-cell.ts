import { cpSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { DEFAULT_MODEL } from '../cli/default-model.ts';
import { latticeOrigin, parseCard, planTiles } from '../src/segment';
import { buildSeasonPage, CHROMIUM, CHROMIUM_ARGS } from './chromium.ts';
import { startSceneServer } from './processes.ts';
import type { PageRun } from './readers/season-page.ts';
import { MEMORY_LIMIT_MB, SEASON_GRID } from './season.ts';
import { unlessStuck } from './stuck.ts';
import { watchMemory } from './tab-memory.ts';

const ZOO = fileURLToPath(new URL('../models/zoo', import.meta.url));

/** A usual season. */
const DATES = 30;

/**
 * A whole cell of 1098 x 1098 pixels and 30 dates in Chromium, with the workers of the site and a network of the zoo:
 * its dates lie in the cache, nothing is encoded yet. Seconds from the click to the map, and the peak memory of the tab
 * (`memory-tab.ts` says how it is read). Linux only.
 */
export async function benchCell(
  cache: string,
  log: (line: string) => void,
  model = DEFAULT_MODEL,
): Promise<Record<string, unknown>> {
  const folder = join(cache, 'whole-cell');
  await buildSeasonPage(folder);
  cpSync(join(ZOO, model), join(folder, 'model'), { recursive: true });
  const server = await startSceneServer(folder);
  // A profile on disk: in a window of its own without one, IndexedDB and scratch files would lie in memory.
  const profile = await mkdtemp(join(tmpdir(), 'crop2seg-cell-'));
  const args = [...CHROMIUM_ARGS];
  const context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args });
  try {
    log('filling the cache');
    await inNewPage(context, server.url, (page) => mapCell(page, server.url));
    log('running');
    const [tiles, told] = await Promise.all([
      countTiles(model),
      inNewPage(context, server.url, async (page) => {
        const watch = watchMemory();
        const { storedBytes, ...run } = await mapCell(page, server.url, `${server.url}/page/model`);
        const { before, peak } = watch.stop();
        const memory = { peakMb: peak.rendererMb, beforeMb: before.rendererMb, allProcessesPeakMb: peak.allMb };
        return { ...run, ...memory, keptMb: Math.round(storedBytes / 1e6) };
      }),
    ]);
    return { model, tiles, ...told, limitMb: MEMORY_LIMIT_MB };
  } finally {
    await context.close();
    server.stop();
    await rm(profile, { recursive: true, force: true });
  }
}

async function inNewPage<T>(context: BrowserContext, url: string, work: (page: Page) => Promise<T>): Promise<T> {
  const page = await context.newPage();
  await page.goto(`${url}/page/index.html`);
  await page.waitForFunction(() => typeof globalThis.runInPage === 'function');
  try {
    return await work(page);
  } finally {
    await page.close();
  }
}

function mapCell(page: Page, url: string, model?: string): Promise<PageRun> {
  const running = page.evaluate(([root, dates, modelUrl]) => globalThis.runInPage(root, dates, modelUrl), [
    url,
    DATES,
    model,
  ] as const);
  return unlessStuck(running, () => page.evaluate(() => globalThis.stateOfPage()));
}

async function countTiles(model: string): Promise<number> {
  const path = join(ZOO, model, 'model.json');
  const { tileSize, margin } = parseCard(await readFile(path, 'utf8'), path).input;
  return planTiles(SEASON_GRID.columns, SEASON_GRID.rows, tileSize, margin, latticeOrigin(SEASON_GRID)).length;
}
