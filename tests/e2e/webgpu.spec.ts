import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import { serveFolder } from '../../scripts/static-server.mjs';
import { bundleScript } from '../support/bundle';
import { BANDS, manyLayers, manyMaskedLayers, ODD_SIZE } from '../unit/segment/wgsl/many-layers';

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
  writeFileSync(join(folder, 'plain.onnx'), manyLayers());
  writeFileSync(join(folder, 'masked.onnx'), manyMaskedLayers());
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

async function openPage(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${server.url}page/index.html`);
  await page.waitForFunction(() => typeof globalThis.compareOnWebgpu === 'function');
  return page;
}

for (const where of ['page', 'worker'] as const) {
  test(`WebGPU gives in a ${where} what PyTorch gave for the golden tile`, async () => {
    const page = await openPage();
    const golden = await page.evaluate(([at, url]) => globalThis.checkWebgpu(at, url), [
      where,
      `${server.url}model`,
    ] as const);
    expect(golden, 'this Chromium has no WebGPU adapter, not even in software').not.toBeNull();
    expect(golden).toMatchObject([{ description: 'WebGPU, own encoder' }, { description: 'WebGPU' }]);
    for (const check of golden!) {
      expect(check).toMatchObject({ backend: 'webgpu', labelAgreement: 1 });
      expect(check.maxAbsProbability).toBeLessThanOrEqual(1e-3);
    }
    await page.close();
  });
}

for (const [kind, outputs] of [
  ['plain', ['features', 'skip0', 'skip1']],
  ['masked', ['features', 'skip0']],
] as const) {
  test(`our ${kind} encoder gives what the runtime gives, in sizes and widths that fill no vector and no tile`, async () => {
    const page = await openPage();
    const task = {
      encoderUrl: `${server.url}${kind}.onnx`,
      attentionUrl: `${server.url}model/attention.fp32.onnx`,
      shape: [1, BANDS, ...ODD_SIZE],
      masks: kind === 'masked',
      rounds: 0,
    };
    const compared = await page.evaluate((order) => globalThis.compareOnWebgpu(order), task);
    expect(Object.keys(compared?.differences ?? {}).sort()).toEqual(outputs);
    for (const difference of Object.values(compared!.differences)) expect(difference).toBeLessThanOrEqual(1e-4);
    await page.close();
  });
}
