import type { OpenScratch, Scratch } from '../store';
import { blocksOf, joinBlocks, type Layout, spansOf } from './blocks';

/** A rectangle of a series in window pixels. */
export interface TileRect {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

/** What is kept of a date: `dn` is [bands, rows, columns], the others are [rows, columns]. */
export interface DatePixels {
  readonly dn: Uint16Array<ArrayBuffer>;
  /** Packed as in `PackedHistory`. */
  readonly ndvi: Uint8Array<ArrayBuffer>;
  readonly scl: Uint8Array<ArrayBuffer>;
}

/** Memory for one rectangle of one date after the other, instead of new memory for each. */
export interface Room {
  readonly spans: Uint16Array<ArrayBuffer>;
  readonly rect: Uint16Array<ArrayBuffer>;
}

/** The pixels of finished dates, read back in rectangles. */
export interface PixelStore {
  /** Takes a date over; its arrays may be kept. */
  put(date: string, pixels: DatePixels): Promise<void>;
  /** Memory for reading `rect` again and again. */
  roomFor(rect: TileRect): Room;
  /** DN, [bands, rect.rows, rect.columns]; where a room is given they lie there and last until it is used again. */
  read(date: string, rect: TileRect, room?: Room): Promise<Uint16Array>;
  /** SCL, [rect.rows, rect.columns]. */
  classes(date: string, rect: TileRect): Promise<Uint8Array<ArrayBuffer>>;
  /** NDVI and classes of `count` pixels from pixel `first` of the window on. Not to be written into. */
  history(date: string, first: number, count: number): Promise<Pick<DatePixels, 'ndvi' | 'scl'>>;
  /** Why dates lie in memory beyond its share; null as long as they do not. */
  complaint(): string | null;
  /** Frees memory and scratch. */
  dispose(): Promise<void>;
}

export interface PixelStoreOptions {
  readonly layout: Layout;
  /** Where dates go that memory has no room for; without it all stay in memory. */
  readonly openScratch?: OpenScratch;
  /** Bytes of dates kept in memory. */
  readonly memoryBytes?: number;
}

/**
 * Bytes of dates kept in memory, ten full cells. The rest of a run (two dates being read, tiles being cut, the packed
 * history at the end, 2.4 MB per date, the map, a network) then stays below 1.5 GB for as many dates as a season has.
 */
const SERIES_MEMORY_BYTES = 256 * 1024 * 1024;

const BYTES_PER_DN = 2;

/** Dates in memory up to a limit, the others in blocks in a scratch file: a tile then reads little but itself. */
export function createPixelStore({
  layout,
  openScratch,
  memoryBytes = SERIES_MEMORY_BYTES,
}: PixelStoreOptions): PixelStore {
  const { bands, grid } = layout;
  const size = grid.rows * grid.columns;
  const dnBytes = bands * size * BYTES_PER_DN;
  /** DN, then NDVI, then classes. */
  const bytesPerDate = dnBytes + 2 * size;
  const inMemory = new Map<string, DatePixels>();
  const inScratch = new Map<string, number>();
  let opened: Promise<Scratch | null> | null = null;
  let end = 0;
  let complaint: string | null = null;

  /** The scratch, or null where there is none; asked for once. */
  function scratch(): Promise<Scratch | null> {
    opened ??= openScratch === undefined ? Promise.resolve(null) : openScratch();
    return opened;
  }

  async function spill(date: string, { dn, ndvi, scl }: DatePixels): Promise<boolean> {
    try {
      const file = await scratch();
      if (file === null) {
        complaint ??= 'There is no scratch space: memory grows with the number of dates.';
        return false;
      }
      const at = end;
      // Taken at once, as two dates may be written at the same time.
      end += bytesPerDate;
      await file.write(at, blocksOf(layout, dn));
      await file.write(at + dnBytes, ndvi);
      await file.write(at + dnBytes + size, scl);
      inScratch.set(date, at);
      return true;
    } catch (error) {
      complaint ??= `The scratch space cannot be used (${(error as Error).message}): memory grows with the number of dates.`;
      return false;
    }
  }

  function roomFor(rect: TileRect): Room {
    const spans = spansOf(layout, rect).reduce((sum, { length }) => sum + length, 0);
    return { spans: new Uint16Array(spans), rect: new Uint16Array(bands * rect.rows * rect.columns) };
  }

  return {
    async put(date, pixels) {
      const full = (inMemory.size + 1) * bytesPerDate > memoryBytes;
      if (full && (await spill(date, pixels))) return;
      inMemory.set(date, pixels);
    },
    roomFor,
    async read(date, rect, room = roomFor(rect)) {
      const whole = inMemory.get(date);
      if (whole !== undefined) return cut(layout, whole.dn, rect, room.rect);
      const at = inScratch.get(date)!;
      const file = (await scratch())!;
      let used = 0;
      const spans = await Promise.all(
        spansOf(layout, rect).map(async (span) => {
          const dn = room.spans.subarray(used, (used += span.length));
          await file.read(at + span.start * BYTES_PER_DN, dn);
          return { ...span, dn };
        }),
      );
      return joinBlocks(layout, spans, rect, room.rect);
    },
    async classes(date, rect) {
      const known = inMemory.get(date);
      if (known !== undefined) return cutClasses(known.scl, grid.columns, rect);
      // Whole rows are one read, and little beside a date's bands.
      const rows = new Uint8Array(rect.rows * grid.columns);
      const at = inScratch.get(date)! + dnBytes + size + rect.row * grid.columns;
      await (await scratch())!.read(at, rows);
      return cutClasses(rows, grid.columns, { ...rect, row: 0 });
    },
    async history(date, first, count) {
      const whole = inMemory.get(date);
      if (whole !== undefined) {
        const part = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => bytes.subarray(first, first + count);
        return { ndvi: part(whole.ndvi), scl: part(whole.scl) };
      }
      const at = inScratch.get(date)! + dnBytes + first;
      const file = (await scratch())!;
      const [ndvi, scl] = [new Uint8Array(count), new Uint8Array(count)];
      await Promise.all([file.read(at, ndvi), file.read(at + size, scl)]);
      return { ndvi, scl };
    },
    complaint: () => complaint,
    async dispose() {
      inMemory.clear();
      inScratch.clear();
      const file = await opened?.catch(() => null);
      opened = null;
      await file?.close();
    },
  };
}

function cut({ bands, grid }: Layout, dn: Uint16Array, rect: TileRect, out: Uint16Array): Uint16Array {
  let to = 0;
  for (let band = 0; band < bands; band++) {
    for (let row = rect.row; row < rect.row + rect.rows; row++) {
      const from = (band * grid.rows + row) * grid.columns + rect.column;
      out.set(dn.subarray(from, from + rect.columns), to);
      to += rect.columns;
    }
  }
  return out;
}

function cutClasses(scl: Uint8Array, columns: number, rect: TileRect): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(rect.columns * rect.rows);
  for (let row = 0; row < rect.rows; row++) {
    const from = (rect.row + row) * columns + rect.column;
    out.set(scl.subarray(from, from + rect.columns), row * rect.columns);
  }
  return out;
}
