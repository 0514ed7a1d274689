import type { Level } from './overviews';

/** Side of a written tile, pixels: GDAL's usual size, small enough to fetch one. */
export const TILE_SIDE = 256;

/** Deflated tiles of a level, row by row, band after band. Tiles at the edge are filled up with `fill`. */
export async function deflateTiles(level: Level, fill: number, signal?: AbortSignal): Promise<Uint8Array[]> {
  const tiles: Uint8Array[] = [];
  for (const band of level.bands) {
    for (let top = 0; top < level.rows; top += TILE_SIDE) {
      for (let left = 0; left < level.columns; left += TILE_SIDE) {
        signal?.throwIfAborted();
        tiles.push(await deflate(cut(band, level, left, top, fill)));
      }
    }
  }
  return tiles;
}

function cut(band: Uint8Array, level: Level, left: number, top: number, fill: number): Uint8Array<ArrayBuffer> {
  const tile = new Uint8Array(TILE_SIDE * TILE_SIDE).fill(fill);
  const width = Math.min(TILE_SIDE, level.columns - left);
  const height = Math.min(TILE_SIDE, level.rows - top);
  for (let row = 0; row < height; row++) {
    const from = (top + row) * level.columns + left;
    tile.set(band.subarray(from, from + width), row * TILE_SIDE);
  }
  return tile;
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
