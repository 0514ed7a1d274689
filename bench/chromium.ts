import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type CDPSession } from '@playwright/test';
import { bundleScript } from '../tests/support/bundle';
import type { Reader } from './processes.ts';
import type { ReadTimes } from './wire.ts';

export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
export const CHROMIUM_ARGS = ['--no-sandbox', '--disable-quic'] as const;

/** Bundles the readers for the page into `folder`. */
export async function buildPage(folder: string): Promise<void> {
  await bundleScript(fileURLToPath(new URL('readers/page-worker.ts', import.meta.url)), folder, 'worker.js');
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>bench</title>');
}

/** Bundles the page that runs a whole season into `folder`. */
export async function buildSeasonPage(folder: string): Promise<void> {
  await bundleScript(fileURLToPath(new URL('readers/season-page.ts', import.meta.url)), folder, 'season.js');
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><title>season</title><script type="module" src="season.js"></script>',
  );
}

/** Bundles the page that runs patches through networks into `folder`. */
export async function buildInferPage(folder: string): Promise<void> {
  await bundleScript(fileURLToPath(new URL('infer/page.ts', import.meta.url)), folder, 'infer.js');
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><title>infer</title><script type="module" src="infer.js"></script>',
  );
}

/**
 * A worker in Debian's Chromium that reads with ours or with geotiff.js; null where there is no browser. Processor time
 * is that of all its processes: in a browser the network is the work of another one.
 */
export async function openChromium(root: string): Promise<Reader | null> {
  if (!existsSync(CHROMIUM)) return null;
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGS] });
  const page = await browser.newPage();
  const session = await browser.newBrowserCDPSession();
  await page.goto(`${root}/page/index.html`);
  const worker = await page.evaluateHandle(() => new Worker('worker.js', { type: 'module' }));
  return {
    async read(task) {
      const before = await cpuSeconds(session);
      const times = await page.evaluate(
        ([port, order]) =>
          new Promise<ReadTimes>((resolve, reject) => {
            port.onmessage = ({ data }: MessageEvent<ReadTimes | string>) =>
              typeof data === 'string' ? reject(new Error(data)) : resolve(data);
            port.onerror = ({ message }) => reject(new Error(message));
            port.postMessage(order);
          }),
        [worker, task] as const,
      );
      return { ...times, cpuMs: ((await cpuSeconds(session)) - before) * 1000 };
    },
    stop: () => browser.close(),
  };
}

async function cpuSeconds(session: CDPSession): Promise<number> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}
