import type { OpenScratch, Scratch } from '../store';
import { blocksOf, joinBlocks, type Layout, spansOf } from './blocks';

/** A rectangle of a series in window pixels. */
export interface TileRect {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

/** The pixels of finished dates, each [bands, rows, columns], read back in rectangles. */
export interface PixelStore {
  /** Takes a date over; `dn` may be kept. */
  put(date: string, dn: Uint16Array<ArrayBuffer>): Promise<void>;
  /** [bands, rect.rows, rect.columns] */
  read(date: string, rect: TileRect): Promise<Uint16Array>;
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
 * Bytes of dates kept in memory, about 20 full cells: with the classes and NDVI of 60 dates (145 MB), two dates being
 * read (100 MB), a network and a map, a run stays far below 1.5 GB however many dates it has.
 */
export const SERIES_MEMORY_BYTES = 512 * 1024 * 1024;

const BYTES_PER_DN = 2;

/** Dates in memory up to a limit, the others in blocks in a scratch file: a tile then reads little but itself. */
export function createPixelStore({
  layout,
  openScratch,
  memoryBytes = SERIES_MEMORY_BYTES,
}: PixelStoreOptions): PixelStore {
  const { bands, grid } = layout;
  const bytesPerDate = bands * grid.rows * grid.columns * BYTES_PER_DN;
  const inMemory = new Map<string, Uint16Array>();
  const inScratch = new Map<string, number>();
  let opened: Promise<Scratch | null> | null = null;
  let end = 0;
  let complaint: string | null = null;

  /** The scratch, or null where there is none; asked for once. */
  function scratch(): Promise<Scratch | null> {
    opened ??= openScratch === undefined ? Promise.resolve(null) : openScratch();
    return opened;
  }

  async function spill(date: string, dn: Uint16Array): Promise<boolean> {
    try {
      const file = await scratch();
      if (file === null) {
        complaint ??= 'There is no scratch space: memory grows with the number of dates.';
        return false;
      }
      const at = end;
      // Taken at once, as two dates may be written at the same time.
      end += bytesPerDate;
      await file.write(at, bytesOf(blocksOf(layout, dn)));
      inScratch.set(date, at);
      return true;
    } catch (error) {
      complaint ??= `The scratch space cannot be used (${(error as Error).message}): memory grows with the number of dates.`;
      return false;
    }
  }

  return {
    async put(date, dn) {
      const full = (inMemory.size + 1) * bytesPerDate > memoryBytes;
      if (full && (await spill(date, dn))) return;
      inMemory.set(date, dn);
    },
    async read(date, rect) {
      const whole = inMemory.get(date);
      if (whole !== undefined) return cut(layout, whole, rect);
      const at = inScratch.get(date)!;
      const file = (await scratch())!;
      const spans = await Promise.all(
        spansOf(layout, rect).map(async (span) => {
          const bytes = await file.read(at + span.start * BYTES_PER_DN, span.length * BYTES_PER_DN);
          return { ...span, dn: new Uint16Array(bytes.buffer, bytes.byteOffset, span.length) };
        }),
      );
      return joinBlocks(layout, spans, rect);
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

function cut({ bands, grid }: Layout, dn: Uint16Array, rect: TileRect): Uint16Array {
  const out = new Uint16Array(bands * rect.rows * rect.columns);
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

function bytesOf(dn: Uint16Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(dn.buffer, dn.byteOffset, dn.byteLength);
}
