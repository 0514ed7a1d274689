import { createHttpTransport, type HttpOptions } from '../../src/net';
import { createHeaderCache, openRaster, readGrid } from '../../src/raster';
import { cellAssets, cellGrid, MIDDLE_CELL } from '../cell.ts';
import type { ReadTask } from '../wire.ts';

/** Cell-dates read at once, as the series stage does. */
const AT_ONCE = 2;

/** Reads cell-dates to the 10 m grid, the 20 m bands enlarged by the cubic; keeps nothing. */
export async function readOurs(
  { root, cells = [MIDDLE_CELL], dates = 1 }: ReadTask,
  options: HttpOptions = {},
): Promise<void> {
  const transport = createHttpTransport(options);
  const headers = createHeaderCache();
  const left = cells.flatMap((cell) => Array.from({ length: dates }, (_, date) => ({ grid: cellGrid(cell), date })));

  async function work(): Promise<void> {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { grid, date } = next;
      await Promise.all(
        cellAssets(root, grid, date).map(async ({ url, resampling }) => {
          const { signal } = new AbortController();
          const raster = await openRaster(url, transport, signal, headers);
          await readGrid(raster, grid, { resampling, signal });
        }),
      );
    }
  }

  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
