import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from '@playwright/test';
import { serveFolder } from '../scripts/static-server.mjs';
import { parseCard } from '../src/segment';
import { bundleScript } from '../tests/support/bundle';
import { CARD_ARGS, CHROMIUM, CHROMIUM_ARGS } from './chromium.ts';
import type { Adapter } from './infer/card-page.ts';

const ZOO = fileURLToPath(new URL('../models/zoo', import.meta.url));
/** A Vulkan in software, for machines without a card: its times say nothing of one. */
const SOFTWARE_ARGS = ['--use-webgpu-adapter=swiftshader', '--use-angle=swiftshader'];
/** A date takes milliseconds on a card and seconds in software. */
const ROUNDS = { card: 50, software: 2 };

/**
 * One date of a whole tile through the encoder of each model of the zoo, the runtime's and ours in turn, on the graphics
 * card of this machine, or in software where it has none.
 */
export async function benchCard(cache: string, log: (line: string) => void): Promise<Record<string, unknown>> {
  const folder = join(cache, 'card');
  await mkdir(folder, { recursive: true });
  await bundleScript(fileURLToPath(new URL('infer/card-page.ts', import.meta.url)), join(folder, 'page'), 'card.js');
  await writeFile(join(folder, 'page/index.html'), '<!doctype html><script type="module" src="card.js"></script>');
  const names = (await readdir(ZOO)).filter((name) => existsSync(join(ZOO, name, 'model.json')));
  for (const name of names) await cp(join(ZOO, name), join(folder, name), { recursive: true });
  const server = await serveFolder(folder);
  const browsers: Browser[] = [];
  const open = async (args: readonly string[]): Promise<{ page: Page; adapter: Adapter | null }> => {
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [...CHROMIUM_ARGS, ...CARD_ARGS, ...args],
    });
    browsers.push(browser);
    const page = await browser.newPage();
    await page.goto(`${server.url}page/index.html`);
    await page.waitForFunction(() => typeof globalThis.compareOnCard === 'function');
    return { page, adapter: await page.evaluate(() => globalThis.adapterAtHand()) };
  };
  try {
    const onCard = await open([]);
    const { page, adapter } = onCard.adapter?.software === false ? onCard : await open(SOFTWARE_ARGS);
    log(JSON.stringify(adapter));
    if (adapter === null) return { adapter, models: {} };
    const models: Record<string, unknown> = {};
    for (const name of names) {
      const url = `${server.url}${name}`;
      const { input } = parseCard(await (await fetch(`${url}/model.json`)).text(), `${url}/model.json`);
      const compared = await page.evaluate((task) => globalThis.compareOnCard(task), {
        ...{ encoderUrl: `${url}/encoder.fp32.onnx`, attentionUrl: `${url}/attention.fp32.onnx` },
        shape: [1, input.bands.length, input.tileSize, input.tileSize],
        rounds: adapter.software ? ROUNDS.software : ROUNDS.card,
      });
      models[name] = compared && { ...compared, ratio: compared.ownMs / compared.runtimeMs };
      log(JSON.stringify({ [name]: models[name] }));
    }
    return { adapter, models };
  } finally {
    for (const browser of browsers) await browser.close();
    await server.close();
  }
}
