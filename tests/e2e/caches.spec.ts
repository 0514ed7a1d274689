import type { Page } from '@playwright/test';
import { BOX, chooseCopy, expect, open, type Site, test } from './support';

/** Paths of what a run reads; the page itself is not counted. */
function dataPaths(site: Site): string[] {
  return site.server.traffic().paths.filter((path) => /^\/copy\/|\.(onnx|bin)$/.test(path));
}

/** Maps the box from the copy of the sample; resolves when so many maps are kept. */
async function makeMap(page: Page, site: Site, maps: number): Promise<void> {
  await chooseCopy(page, site, BOX);
  await page.getByRole('button', { name: 'Make crop map' }).click();
  await expect(page.getByRole('button', { name: /^Open Area/ })).toHaveCount(maps, { timeout: 200_000 });
}

test('a second run after a reload asks the server for nothing', async ({ page, site, complaints }) => {
  await open(page, site);
  await makeMap(page, site, 1);
  expect(dataPaths(site).length).toBeGreaterThan(50);

  await page.reload();
  site.server.reset();
  // Whatever were asked for would fail.
  site.server.inject({ path: /^\/copy\/|\.(onnx|bin)$/, fault: { kind: 'status', status: 404 } });
  await makeMap(page, site, 2);
  expect(dataPaths(site)).toEqual([]);
  expect(complaints).toEqual([]);
});
