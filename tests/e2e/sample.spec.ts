import { readFileSync } from 'node:fs';
import { expect, open, test } from './support';

/** The map itself; other regions have `map` in their names. */
const MAP = { name: 'Map', exact: true };

test.describe('the offline sample', () => {
  test('becomes a crop map with one button, explains itself, and survives a reload', async ({
    page,
    site,
    complaints,
  }) => {
    await open(page, site);
    await page.getByRole('button', { name: 'Use simulated sample' }).click();
    await expect(page.getByText('Simulated scenes').first()).toBeVisible();
    await page.getByRole('button', { name: 'Make crop map' }).click();

    const setup = page.getByRole('region', { name: 'New crop map' });
    await expect(setup.getByText(/\d+ scenes chosen, \d+ left out/)).toBeVisible();
    await expect(setup.getByText(/Time-Unet lite ready on WASM, (own kernels|\d+ thread)/)).toBeVisible({
      timeout: 60_000,
    });
    await expect(setup.getByText(/\d+ of \d+ dates read/)).toBeVisible({ timeout: 60_000 });

    const result = page.getByRole('region', { name: 'Crop map', exact: true });
    await expect(result.getByRole('heading', { name: 'Area per class' })).toBeVisible({ timeout: 200_000 });
    await expect(result.getByText('Simulated scenes').first()).toBeVisible();

    // 256 x 256 pixels of 10 m are 655.36 ha: the classes must add up to that.
    const total = result.getByRole('row', { name: /^Total/ });
    await expect(total).toContainText('655');
    await expect(total).toContainText('100');
    expect(await result.getByRole('checkbox', { name: /^Show / }).count()).toBeGreaterThan(2);

    // A pixel of the map: its class, probabilities and season.
    await page.getByRole('button', { name: 'Inspect pixel' }).click();
    const inspector = page.getByRole('region', { name: 'Pixel' });
    await expect(inspector.getByText('Likeliest classes')).toBeVisible();
    await expect(inspector.getByText(/\d+ ?%/).first()).toBeVisible();
    await expect(inspector.locator('canvas, svg').first()).toBeVisible();
    const before = await inspector.textContent();
    await page.getByRole('region', MAP).press('ArrowRight');
    await expect.poll(() => inspector.textContent()).not.toBe(before);
    await inspector.getByText('Show as a table').click();
    expect(await inspector.getByRole('row').count()).toBeGreaterThan(15);

    // What is downloaded says how it came to be.
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      result.getByRole('button', { name: /Report/ }).click(),
    ]);
    const report = JSON.parse(readFileSync(await download.path(), 'utf8')) as {
      simulatedScenes: boolean;
      areas: { hectares: number }[];
      dates: unknown[];
    };
    expect(report.simulatedScenes).toBe(true);
    expect(report.dates.length).toBeGreaterThan(15);
    expect(report.areas.reduce((sum, area) => sum + area.hectares, 0)).toBeCloseTo(655.36, 2);

    // Everything came from this server.
    const hosts = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin),
    );
    expect(new Set(hosts)).toEqual(new Set([new URL(site.page).origin]));

    await page.reload();
    await page.getByRole('button', { name: /^Open Simulated sample/ }).click();
    await expect(page.getByRole('heading', { name: 'Area per class' })).toBeVisible();
    expect(complaints).toEqual([]);
  });

  test('can be cancelled in the middle and run again', async ({ page, site, complaints }) => {
    await open(page, site);
    await page.getByRole('button', { name: 'Use simulated sample' }).click();
    await page.getByRole('button', { name: 'Make crop map' }).click();
    const setup = page.getByRole('region', { name: 'New crop map' });
    // Dates are encoded while others are read: both workers are busy now.
    await expect(setup.getByText(/[1-9]\d* of \d+ dates read/)).toBeVisible({ timeout: 120_000 });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('Cancelled. No map was made')).toBeVisible();
    // Ended, not idling: only that gives their memory back. A busy one takes the browser a moment.
    const workers = (): number => page.workers().filter((worker) => /series|segment/.test(worker.url())).length;
    await expect.poll(workers).toBe(0);

    await page.getByRole('button', { name: 'Make crop map' }).click();
    await expect(setup.getByText(/\d+ of \d+ dates read/)).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole('heading', { name: 'Area per class' })).toBeVisible({ timeout: 200_000 });
    expect(complaints).toEqual([]);
  });
});
