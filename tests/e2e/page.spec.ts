import axe, { type AxeResults } from 'axe-core';
import { expect, open, test } from './support';

test.describe('the page', () => {
  test('chooses a cell by keyboard alone', async ({ page, site, complaints }) => {
    await open(page, site);
    const field = page.getByRole('textbox', { name: 'Cell number or coordinates' });
    await field.focus();
    await page.keyboard.type('355');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Cell 355, tile 33UVR').first()).toBeVisible();
    await expect(page.getByText(/1[\s,\u202f]?098 × 1[\s,\u202f]?098 pixels/).first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Make crop map' })).toBeEnabled();
    expect(complaints).toEqual([]);
  });

  test('chooses a cell by clicking the map', async ({ page, site, complaints }) => {
    await open(page, site);
    // Coordinates bring the map there; clearing leaves the view where it is.
    await page.getByRole('textbox', { name: 'Cell number or coordinates' }).fill('815');
    await page.getByRole('button', { name: 'Go' }).click();
    await expect(page.getByText('Cell 815, tile 33UXQ').first()).toBeVisible();
    await page.getByRole('button', { name: 'Choose another place' }).click();
    await page.waitForTimeout(1500);
    const map = page.getByRole('region', { name: 'Map', exact: true });
    const box = (await map.boundingBox())!;
    await page.mouse.click(box.x + (box.width + 400) / 2, box.y + box.height / 2);
    await expect(page.getByText('Cell 815, tile 33UXQ').first()).toBeVisible();
    expect(complaints).toEqual([]);
  });

  test('chooses the sample by clicking it', async ({ page, site, complaints }) => {
    await open(page, site);
    await page.getByRole('button', { name: 'Use simulated sample' }).click();
    await page.getByRole('button', { name: 'Choose another place' }).click();
    await expect(page.getByRole('button', { name: 'Make crop map' })).toBeDisabled();
    // The view has moved there and stays; its middle is right of the panel.
    await page.waitForTimeout(1500);
    const box = (await page.getByRole('region', { name: 'Map', exact: true }).boundingBox())!;
    await page.mouse.click(box.x + (box.width + 400) / 2, box.y + box.height / 2);
    await expect(page.getByText('256 × 256 pixels of 10 m')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Make crop map' })).toBeEnabled();
    expect(complaints).toEqual([]);
  });

  test('says what is wrong with a place that does not exist', async ({ page, site }) => {
    await open(page, site);
    const field = page.getByRole('textbox', { name: 'Cell number or coordinates' });
    await field.fill('1200');
    await field.press('Enter');
    await expect(page.getByText('There is no cell with this number.')).toBeVisible();
    await field.fill('somewhere');
    await field.press('Enter');
    await expect(page.getByText(/neither a cell number/)).toBeVisible();
  });

  for (const [name, width, height] of [
    ['a desktop', 1440, 900],
    ['a phone', 390, 844],
  ] as const) {
    test(`has no accessibility faults on ${name}`, async ({ page, site, complaints }) => {
      await page.setViewportSize({ width, height });
      await open(page, site);
      await page.getByRole('button', { name: 'Use simulated sample' }).click();
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
      );
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(width);
      expect(complaints).toEqual([]);
    });
  }
});
