import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, chromium, expect, test } from '@playwright/test';
import { serveFolder } from '../../scripts/static-server.mjs';
import { bundleScript } from '../support/bundle';

const MODEL = resolve(import.meta.dirname, '../../models/zoo/timeunet');
/** A Vulkan in software, which Chromium brings along: slow, and right to the last rounding. */
const SOFTWARE_GPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-angle=swiftshader',
];

let folder: string;
let server: Awaited<ReturnType<typeof serveFolder>>;
let browser: Browser;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crop2seg-webgpu-'));
  await bundleScript(join(import.meta.dirname, 'webgpu/page.ts'), join(folder, 'page'), 'page.js');
  writeFileSync(join(folder, 'page/index.html'), '<!doctype html><script type="module" src="page.js"></script>');
  cpSync(MODEL, join(folder, 'model'), { recursive: true });
  server = await serveFolder(folder);
  const { executablePath, args = [] } = test.info().project.use.launchOptions ?? {};
  browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...args, ...SOFTWARE_GPU],
  });
});

test.afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const where of ['page', 'worker'] as const) {
  test(`WebGPU gives in a ${where} what PyTorch gave for the golden tile`, async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}page/index.html`);
    await page.waitForFunction(() => typeof globalThis.checkWebgpu === 'function');
    const golden = await page.evaluate(([at, url]) => globalThis.checkWebgpu(at, url), [
      where,
      `${server.url}model`,
    ] as const);
    expect(golden, 'this Chromium has no WebGPU adapter, not even in software').not.toBeNull();
    expect(golden).toHaveLength(2);
    for (const check of golden!) {
      expect(check).toMatchObject({ backend: 'webgpu', labelAgreement: 1 });
      expect(check.maxAbsProbability).toBeLessThanOrEqual(1e-3);
    }
    await page.close();
  });
}
