import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, open, test } from './support';

test.describe('the list of sources', () => {
  test('offers the archives, fills gaps only of live ones, and shows what is not there yet', async ({ page, site }) => {
    await open(page, site);
    const gaps = page.getByRole('checkbox', { name: /^Fill gaps from other archives/ });
    await expect(page.getByRole('radio', { name: /^Earth Search/ })).toBeChecked();
    await expect(gaps).toBeChecked();
    await page.getByRole('radio', { name: /^Planetary Computer/ }).check();
    await expect(gaps).toBeVisible();
    await expect(page.getByRole('radio', { name: /^Companion on this computer/ })).toBeDisabled();
    await page.getByRole('radio', { name: /^Simulated sample/ }).check();
    await expect(gaps).toHaveCount(0);
  });

  test('goes on without archives that do not answer, and says so without alarm', async ({ page, site }) => {
    await page.route(/element84|planetarycomputer/, (route) => route.abort());
    // A root that links a search, and a page of results, are all that an API has to answer with.
    renameSync(join(site.copy.folder, 'items.json'), join(site.copy.folder, 'search'));
    const landing = { type: 'Catalog', links: [{ rel: 'search', href: `${site.copy.url}/search` }] };
    await page.route(site.copy.url, (route) => route.fulfill({ json: landing }));
    await open(page, site);
    await page.getByRole('button', { name: 'Use simulated sample' }).click();
    await page.getByRole('radio', { name: /STAC API/ }).check();
    await page.getByRole('textbox', { name: 'Address of the folder or of the API' }).fill(site.copy.url);
    await expect(page.getByRole('textbox', { name: 'Collection' })).toHaveValue('sentinel-2-l2a');
    const gaps = page.getByRole('checkbox', { name: /^Fill gaps from other archives/ });
    await expect(gaps).not.toBeChecked();
    await gaps.check();
    await page.getByRole('button', { name: 'Make crop map' }).click();
    const told = page.getByRole('status').filter({ hasText: 'Good to know' });
    await expect(told).toContainText('Earth Search', { timeout: 60_000 });
    await expect(told).toContainText('Planetary Computer');
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect(page.getByText(/\d+ of \d+ dates read/)).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Cancel' }).click();
  });
});
