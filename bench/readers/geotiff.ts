import { fromUrl } from 'geotiff';
import { cellAssets, cellGrid, MIDDLE_CELL } from '../cell.ts';
import type { ReadTask } from '../wire.ts';

/** Reads one cell-date with geotiff.js as its README says, each file in its own pixels. */
export async function readGeotiff({ root, cells: [cell = MIDDLE_CELL] = [] }: ReadTask): Promise<void> {
  await Promise.all(
    cellAssets(root, cellGrid(cell)).map(async ({ url, rect: { column, row, columns, rows } }) => {
      const tiff = await fromUrl(url);
      const image = await tiff.getImage();
      await image.readRasters({ window: [column, row, column + columns, row + rows] });
    }),
  );
}
