import axe, { type AxeResults } from 'axe-core';
import type { Locator, Page } from '@playwright/test';
import { expect, open, type Site, test } from './support';

async function makeSample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Make crop map' }).click();
  // The map of the run before goes with the start of the next.
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Area per class' })).toBeVisible({ timeout: 200_000 });
}

function sceneRequests(site: Site): string[] {
  return site.server.traffic().paths.filter((path) => path.endsWith('.tif'));
}

/** Cells of one kind: items, size, share. */
function rowOf(dialog: Locator, kind: string): Locator {
  return dialog.getByRole('row', { name: new RegExp(`^${kind}`) }).getByRole('cell');
}

test.describe('what is kept on the device', () => {
  test('spares the second run all scenes, is shown by kind, and can be deleted', async ({ page, site, complaints }) => {
    // Two whole maps.
    test.setTimeout(480_000);
    await open(page, site);
    await page.getByRole('button', { name: 'Use simulated sample' }).click();
    await makeSample(page);
    expect(sceneRequests(site).length).toBeGreaterThan(100);
    site.server.reset();
    await makeSample(page);
    expect(sceneRequests(site)).toEqual([]);

    await page.getByRole('button', { name: 'Storage' }).click();
    const dialog = page.getByRole('dialog', { name: 'Storage on this device' });
    await expect(rowOf(dialog, 'Finished dates').nth(0)).toHaveText(/^[1-9]\d*$/);
    await expect(rowOf(dialog, 'Finished dates').nth(1)).toHaveText(/^[\d.]*[1-9][\d.]*\s[kM]B$/);
    await expect(rowOf(dialog, 'Finished maps').nth(0)).toHaveText('2');
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);

    await dialog.getByRole('checkbox', { name: 'Finished dates' }).check();
    await dialog.getByRole('button', { name: /^Delete selected/ }).click();
    // Escape takes the question back first, and closes only then.
    await page.keyboard.press('Escape');
    await expect(dialog.getByRole('button', { name: 'Delete for good' })).toHaveCount(0);
    await dialog.getByRole('button', { name: /^Delete selected/ }).click();
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await expect(dialog.getByText(/ deleted\.$/)).toBeFocused();
    await expect(rowOf(dialog, 'Finished dates').nth(0)).toHaveText('0');
    await expect(rowOf(dialog, 'Finished maps').nth(0)).toHaveText('2');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Storage' })).toBeFocused();
    expect(complaints).toEqual([]);
  });

  test('has room for what a person allows, also after a reload', async ({ page, site, complaints }) => {
    await open(page, site);
    await page.getByRole('button', { name: 'Storage' }).click();
    const slider = page.getByRole('dialog').getByRole('slider', { name: 'Room for kept data' });
    await expect(slider).toHaveAttribute('aria-valuetext', /^3\.0\sGB$/);
    await slider.press('Home');
    await expect(slider).toHaveAttribute('aria-valuetext', /^100\sMB$/);
    await expect(page.getByRole('dialog').locator('output')).toHaveAttribute('aria-busy', 'false');
    await page.reload();
    await page.getByRole('button', { name: 'Storage' }).click();
    await expect(slider).toHaveAttribute('aria-valuetext', /^100\sMB$/);
    expect(complaints).toEqual([]);
  });
});
