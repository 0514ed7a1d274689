import { cpSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';
import { serveFolder } from '../scripts/static-server.mjs';
import { parseCard } from '../src/segment';
import { buildInferPage, CHROMIUM, CHROMIUM_ARGS } from './chromium.ts';
import { PATCH_SIZE, writePatch } from './infer/patch.ts';
import type { PatchTask } from './infer/wire.ts';

const MODEL = fileURLToPath(new URL('../models/zoo/timeunet', import.meta.url));
const DATES = [10, 20, 30, 40, 50, 60];
/** Tiles of an area, up to a cell of 9 x 9. */
const TILES = [1, 4, 9, 25, 81];
/** Of each of those tiles: how time grows with them does not depend on it. */
const DATES_OF_TILES = 10;
const PROCESSORS = 2;
/** One of many tiles is long enough to be its own average. */
const ROUNDS = { dates: 3, tiles: 1 };

/** Time and WebAssembly memory of one network against dates and tiles, in Chromium. */
export async function benchInferGrow(cache: string, log: (line: string) => void): Promise<Record<string, unknown>> {
  const folder = join(cache, 'infer-grow');
  await mkdir(folder, { recursive: true });
  await buildInferPage(join(folder, 'page'));
  cpSync(MODEL, join(folder, 'model'), { recursive: true });
  const card = parseCard(await readFile(join(MODEL, 'model.json'), 'utf8'), MODEL);
  const server = await serveFolder(folder);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGS] });
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}page/index.html`);
    await page.waitForFunction(() => typeof globalThis.runPatchInWorker === 'function');
    const measure = async (count: number, tiles: number, rounds: number) => {
      const { path, days } = await writePatch(join(folder, `patch-${count}.bin`), card, count);
      const urls = { modelUrl: `${server.url}model`, inputUrl: `${server.url}${basename(path)}`, expectedUrl: null };
      const how = { size: PATCH_SIZE, processors: PROCESSORS, avoid: [], rounds, tiles };
      const point = await inPage(page, { ...urls, days, ...how });
      log(JSON.stringify({ dates: count, tiles, ...point }));
      return point;
    };
    const dates = [];
    for (const count of DATES) dates.push({ dates: count, ...(await measure(count, 1, ROUNDS.dates)) });
    const tiles = [];
    for (const count of TILES) tiles.push({ tiles: count, ...(await measure(DATES_OF_TILES, count, ROUNDS.tiles)) });
    return { model: card.name, processors: PROCESSORS, datesOfTiles: DATES_OF_TILES, dates, tiles };
  } finally {
    await browser.close();
    await server.close();
  }
}

async function inPage(page: Page, task: PatchTask) {
  const { ms, heapMb, backend } = await page.evaluate((order) => globalThis.runPatchInWorker(order), task);
  return { ms, heapMb, backend };
}
