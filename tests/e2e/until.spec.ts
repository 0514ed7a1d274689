import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import type { JobReport } from '../../src/job';
import { BOX, chooseCopy, expect, open, type Site, test } from './support';

async function makeMap(page: Page, site: Site, lastMonth: string): Promise<void> {
  await chooseCopy(page, site, BOX);
  await page.getByRole('combobox', { name: 'To', exact: true }).selectOption({ label: lastMonth });
  await page.getByRole('button', { name: 'Make crop map' }).click();
  await expect(page.getByRole('heading', { name: 'Area per class' })).toBeVisible({ timeout: 200_000 });
}

async function reportOf(page: Page): Promise<JobReport> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /Report/ }).click(),
  ]);
  return JSON.parse(readFileSync(await download.path(), 'utf8')) as JobReport;
}

test('what was encoded is encoded once: a longer season adds its dates, an earlier day needs none', async ({
  page,
  site,
  complaints,
}) => {
  await open(page, site);
  await makeMap(page, site, 'Jul 2019');
  const first = await reportOf(page);
  const tiles = first.encodings!.encoded / first.dates.length;
  expect(Number.isInteger(tiles) && tiles > 0).toBe(true);
  expect(first.encodings!.kept).toBe(0);

  await page.reload();
  await makeMap(page, site, 'Oct 2019');
  const second = await reportOf(page);
  const more = second.dates.length - first.dates.length;
  expect(more).toBeGreaterThan(0);
  expect(second.encodings).toEqual({ encoded: more * tiles, kept: first.dates.length * tiles });

  // Back to the last day of the first season, by keyboard.
  const slider = page.getByRole('slider', { name: 'Map as of' });
  await slider.focus();
  for (let step = 0; step < more; step += 1) await page.keyboard.press('ArrowLeft');
  await expect(page.getByText(`the first ${first.dates.length} of ${second.dates.length} dates`)).toBeVisible();
  await expect(page.getByRole('progressbar', { name: 'Drawing the map of that day' })).toBeVisible();
  await expect(page.getByRole('progressbar', { name: 'Drawing the map of that day' })).toBeHidden({ timeout: 60_000 });
  const early = await reportOf(page);
  expect(early.until).toBe(first.dates.at(-1)!.date);
  expect(early.encodings).toEqual({ encoded: 0, kept: first.dates.length * tiles });
  expect(early.areas).toEqual(first.areas);

  // All dates again, at once.
  await slider.press('End');
  expect((await reportOf(page)).areas).toEqual(second.areas);

  // What is kept is told, and can be given back; the day is then drawn all the same.
  await page.getByRole('button', { name: 'Close map' }).click();
  await page.getByRole('button', { name: 'Storage', exact: true }).click();
  const row = page.getByRole('row', { name: /Encoded dates/ });
  await expect(row).toContainText(String(second.dates.length * tiles));
  await row.getByRole('checkbox').check();
  await page.getByRole('button', { name: /^Delete selected/ }).click();
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await expect(row).not.toContainText(String(second.dates.length * tiles));
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page
    .getByRole('button', { name: /^Open Area/ })
    .first()
    .click();
  await slider.press('Home');
  await expect(page.getByText(`the first 1 of ${second.dates.length} dates`)).toBeVisible();
  await expect(page.getByRole('progressbar', { name: 'Drawing the map of that day' })).toBeHidden({ timeout: 60_000 });
  const again = await reportOf(page);
  expect(again.until).toBe(second.dates[0]!.date);
  expect(again.encodings!.encoded).toBe(tiles);
  expect(complaints).toEqual([]);
});
