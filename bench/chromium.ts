import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundleScript } from '../tests/support/bundle';
import { startPiped } from './devtools-pipe.ts';
import type { Reader } from './processes.ts';
import type { ReadTimes } from './wire.ts';

export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
export const CHROMIUM_ARGS = ['--no-sandbox', '--disable-quic'] as const;
/** Chromium offers a graphics card under Linux only where it is told to. */
export const CARD_ARGS = ['--enable-unsafe-webgpu', '--enable-features=Vulkan'] as const;

/** How often to ask whether the page has loaded, milliseconds. */
const LOAD_POLL_MS = 50;

/** What `Runtime.evaluate` answers. */
interface Evaluated<T> {
  readonly result: { readonly value: T };
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
}

/** A page that gives `readTask` its task to a worker and resolves with what the worker tells. */
const PAGE = `<!doctype html><title>bench</title><script type="module">
const worker = new Worker('worker.js', { type: 'module' });
globalThis.readTask = (task) => new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => (typeof data === 'string' ? reject(new Error(data)) : resolve(data));
  worker.onerror = ({ message }) => reject(new Error(message));
  worker.postMessage(task);
});
</script>`;

/** Bundles the readers for the page into `folder`. */
export async function buildPage(folder: string): Promise<void> {
  await bundleScript(fileURLToPath(new URL('readers/page-worker.ts', import.meta.url)), folder, 'worker.js');
  await writeFile(join(folder, 'index.html'), PAGE);
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
  const browser = startPiped(CHROMIUM, CHROMIUM_ARGS);
  const { targetId } = await ask<{ targetId: string }>('Target.createTarget', { url: `${root}/page/index.html` });
  const { sessionId } = await ask<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });

  function ask<T>(method: string, params: object, session?: string): Promise<T> {
    return browser.send(method, params, session) as Promise<T>;
  }

  async function inPage<T>(expression: string): Promise<T> {
    const order = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await ask<Evaluated<T>>('Runtime.evaluate', order, sessionId);
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async function cpuSeconds(): Promise<number> {
    const { processInfo } = await ask<{ processInfo: { cpuTime: number }[] }>('SystemInfo.getProcessInfo', {});
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  }

  while (!(await inPage<boolean>("typeof readTask === 'function'"))) await pause(LOAD_POLL_MS);
  return {
    async read(task) {
      const before = await cpuSeconds();
      const times = await inPage<ReadTimes>(`readTask(${JSON.stringify(task)})`);
      return { ...times, cpuMs: ((await cpuSeconds()) - before) * 1000 };
    },
    stop: () => browser.stop(),
  };
}
