import { breathe } from './breathe';
import { levelsOf } from './carried-sums';
import { inLanes } from './in-lanes';
import { BLOCK } from './pack';
import type {
  Backend,
  DateFeatures,
  FloatTensor,
  MapRows,
  PackedStages,
  PackedTensor,
  Tensors,
  TileSize,
} from './types';
import { coarserValidity, validityStrip } from './validity';

/** Values x dates that are added up in one call: 8 MB, small enough to be copied to a lane while others work. */
const STRIP_VALUES = 4_000_000;

/**
 * The dates' packed maps, [rows, columns, channels], added up with the attention's weights, in strips of rows.
 * @param weights of each date, [1, heads, rows, columns] of the attended scale
 * @returns `total0`, `total1`, ... for the decoder, [rows, columns, channels]
 */
export async function aggregatePacked(
  backend: Backend,
  addUp: NonNullable<PackedStages['aggregate']>,
  dates: readonly DateFeatures[],
  weights: readonly FloatTensor[],
  tile: TileSize,
  signal: AbortSignal,
): Promise<Tensors> {
  const [, heads = 1, coarseRows = 1, coarseColumns = 1] = weights[0]!.shape;
  const byPixel = headsInnermost(weights, heads);
  const totals: Record<string, FloatTensor> = {};
  for (const level of levelsOf(dates[0]!.tensors)) {
    const maps = dates.map(({ tensors }) => tensors[`skip${level}`] as PackedTensor);
    const { shape } = maps[0]!;
    const [rows, columns, channels] = shape as [number, number, number];
    const height = rowsOfStrip(rows, columns * channels, dates.length);
    const valid = dates.map((date) => coarserValidity(date.valid, tile, tile.rows / rows));
    const total = { data: new Float32Array(rows * columns * channels), shape };
    await inLanes(Math.ceil(rows / height), backend.lanes ?? 1, async (at) => {
      await breathe();
      signal.throwIfAborted();
      const [from, to] = [at * height, Math.min(rows, (at + 1) * height)];
      const place: MapRows = { rows, columns, channels, from, to, heads, coarseRows, coarseColumns };
      const part = { tensors: maps, from: from * columns * channels, count: (to - from) * columns * channels };
      const seen = validityStrip(valid, from * columns, (to - from) * columns);
      total.data.set(await addUp(part, byPixel, place, seen, signal), from * columns * channels);
    });
    signal.throwIfAborted();
    totals[`total${level}`] = total;
  }
  return totals;
}

/** [dates, coarse pixels, heads] of [heads, coarse pixels] for each date. */
function headsInnermost(weights: readonly FloatTensor[], heads: number): Float32Array<ArrayBuffer> {
  const pixels = weights[0]!.data.length / heads;
  const turned = new Float32Array(weights.length * heads * pixels);
  weights.forEach(({ data }, date) => {
    for (let at = 0; at < data.length; at += 1) {
      turned[(date * pixels + (at % pixels)) * heads + Math.floor(at / pixels)] = data[at]!;
    }
  });
  return turned;
}

/** Rows of one strip, which begins where a packed block does; all where no smaller number does. */
function rowsOfStrip(rows: number, valuesOfRow: number, dates: number): number {
  const most = Math.max(1, Math.floor(STRIP_VALUES / dates / valuesOfRow));
  for (let height = Math.min(rows, most); height > 0; height -= 1) {
    if ((height * valuesOfRow) % BLOCK === 0) return height;
  }
  return rows;
}
