import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { FaultRule } from '../support/fault-server';
import { chooseCopy, editJson, expect, open, type Site, test } from './support';

/** More than a page accepts of a file whose server ignores ranges; added behind the pixels of a small one. */
const TOO_MUCH_BYTES = 1_000_000;

/** Chooses the sample's place with the spoilable copy of its catalogue and starts. */
async function runOnCopy(page: Page, site: Site): Promise<void> {
  await chooseCopy(page, site);
  await page.getByRole('button', { name: 'Make crop map' }).click();
}

/** The failure is named with its code and a next step, and the page can still be used. */
async function expectFailure(page: Page, code: RegExp, message: RegExp): Promise<void> {
  const alert = page.getByRole('alert').filter({ hasText: 'This did not work' });
  await expect(alert).toBeVisible({ timeout: 60_000 });
  await expect(alert).toContainText(message);
  await expect(alert.getByText('What to do')).toBeVisible();
  await alert.getByText('Technical details').click();
  await expect(alert).toContainText(code);
  await alert.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByRole('button', { name: 'Make crop map' })).toBeEnabled();
}

const BROKEN: [name: string, rule: FaultRule, code: RegExp, message: RegExp][] = [
  [
    'a file that is not there (404)',
    { path: /copy\/S2.*B05\.tif$/, fault: { kind: 'status', status: 404 } },
    /net\/not-found/,
    /B05\.tif is not there \(404\)/,
  ],
  [
    'a server that fails (500)',
    { path: /copy\/S2.*B04\.tif$/, fault: { kind: 'status', status: 500 } },
    /net\/status/,
    /answered 500/,
  ],
  [
    'a corrupt tile',
    { path: /copy\/S2.*B03\.tif$/, fault: { kind: 'corrupt', offset: 4000, length: 2000 } },
    /raster\/corrupt-tile/,
    /B03\.tif/,
  ],
];

test.describe('when a source fails', () => {
  for (const [name, rule, code, message] of BROKEN) {
    test(`${name} is named`, async ({ page, site }) => {
      site.server.inject(rule);
      await open(page, site);
      await runOnCopy(page, site);
      await expectFailure(page, code, message);
    });
  }

  test('a server that ignores ranges is named', async ({ page, site }) => {
    const large = readdirSync(site.copy.folder).filter((name) => name.startsWith('S2'));
    for (const scene of large) appendFileSync(join(site.copy.folder, scene, 'SCL.tif'), Buffer.alloc(TOO_MUCH_BYTES));
    site.server.inject({ path: /SCL\.tif$/, fault: { kind: 'ignore-range' } });
    await open(page, site);
    await runOnCopy(page, site);
    await expectFailure(page, /net\/no-ranges/, /ignores range requests/);
  });

  test('the map is made without a date that fails, which is said', async ({ page, site }) => {
    const [scene] = readdirSync(site.copy.folder).filter((name) => /_2019\d{4}_/.test(name));
    site.server.inject({ path: new RegExp(`copy/${scene}/B05`), fault: { kind: 'status', status: 404 } });
    await open(page, site);
    await runOnCopy(page, site);
    await expect(page.getByText(/dates read.*1 could not be read/)).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole('heading', { name: 'Area per class' })).toBeVisible({ timeout: 120_000 });
    await expect(page.getByRole('button', { name: 'Try again to read the missing date' })).toBeVisible();
  });

  test('a scene without one of its files is left out and the reason kept', async ({ page, site }) => {
    editJson(site, 'items.json', (json) => {
      for (const item of json.features as { assets: Record<string, unknown> }[]) delete item.assets.rededge1;
    });
    await open(page, site);
    await runOnCopy(page, site);
    await expectFailure(page, /job\/no-scenes/, /B05/);
  });

  test('a catalogue that is not STAC is named', async ({ page, site }) => {
    // Without its list a folder is read by its collection, so both must be wrong.
    for (const file of ['items.json', 'collection.json']) {
      editJson(site, file, (json) => {
        delete json.features;
        delete json.links;
        json.type = 'Nothing';
      });
    }
    await open(page, site);
    await runOnCopy(page, site);
    await expectFailure(page, /catalog\/not-stac/, /STAC/);
  });
});

test.describe('when the model is not what its card says', () => {
  test('a wrong hash stops the run before anything is computed', async ({ page, site }) => {
    site.server.inject({
      path: /models\/timeunet-lite\/encoder.*\.onnx$/,
      fault: { kind: 'corrupt', offset: 500, length: 8 },
    });
    await open(page, site);
    await page.getByRole('button', { name: 'Use simulated sample' }).click();
    await page.getByRole('button', { name: 'Make crop map' }).click();
    await expectFailure(page, /segment\/wrong-hash/, /encoder/);
  });
});
