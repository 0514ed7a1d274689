import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { buildSeasonPage, CHROMIUM, CHROMIUM_ARGS } from './chromium.ts';
import { startSceneServer } from './processes.ts';
import { MEMORY_LIMIT_MB, USUAL_DATES } from './season.ts';
import { watchMemory } from './tab-memory.ts';
import { unlessStuck } from './stuck.ts';

/**
 * Peak memory of the run of `memory.ts` in a tab of Chromium, with the series worker of the site and its caches empty
 * and on: `tsx bench/memory-tab.ts [dates]`. What counts is the process of the page and its workers. Prints one JSON
 * object; ends with 1 where the peak is over the limit. Linux only.
 */

const PAGE = fileURLToPath(new URL('../.cache/bench/tab', import.meta.url));

await buildSeasonPage(PAGE);
const server = await startSceneServer(PAGE);
// A profile on disk: in a window of its own without one, IndexedDB and scratch files would lie in memory.
const profile = await mkdtemp(join(tmpdir(), 'crop2seg-tab-'));
const context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args: [...CHROMIUM_ARGS] });
try {
  const page = await context.newPage();
  await page.goto(`${server.url}/page/index.html`);
  await page.waitForFunction(() => typeof globalThis.runInPage === 'function');
  const watch = watchMemory();
  const order = [server.url, Number(process.argv[2] ?? USUAL_DATES)] as const;
  const running = page.evaluate(([url, count]) => globalThis.runInPage(url, count), order);
  const { dates, seconds, notices, storedBytes } = await unlessStuck(running, () =>
    page.evaluate(() => globalThis.stateOfPage()),
  );
  const { before, peak } = watch.stop();
  const caches = { on: true, keptMb: Math.round(storedBytes / 1e6) };
  const peaks = { peakMb: peak.rendererMb, rendererBaselineMb: before.rendererMb, allProcessesPeakMb: peak.allMb };
  console.log(JSON.stringify({ dates, ...peaks, seconds, limitMb: MEMORY_LIMIT_MB, caches, notices }));
  process.exitCode = peak.rendererMb > MEMORY_LIMIT_MB ? 1 : 0;
} finally {
  await context.close();
  server.stop();
  await rm(profile, { recursive: true, force: true });
}
