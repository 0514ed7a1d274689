import { appendFile, open, rename, rm, writeFile } from 'node:fs/promises';
import { CropError } from '../src/errors';
import type { PlaceRow } from '../src/job';
import { TABLE_COLUMNS } from './table-row';

/** How rows are written: a kind of file, or the members of a JSON array. */
export type TableKind = 'csv' | 'parquet' | 'json';

/** A long table that grows on the disk, not in memory. */
export interface TableFile {
  add(rows: readonly PlaceRow[]): Promise<void>;
  /** Puts the whole table where it belongs. */
  keep(path: string): Promise<void>;
  /** Hands the text on piece by piece; not for Parquet. */
  pour(out: (text: string) => void): Promise<void>;
  /** Removes what was not kept. */
  discard(): Promise<void>;
  rows(): number;
}

interface Body {
  add(rows: readonly PlaceRow[], first: boolean): Promise<void>;
  end(): Promise<void>;
}

/** Read back at once, bytes. */
const PIECE_BYTES = 256 * 1024;

const LINE_END = '\r\n';

/**
 * Begins a table in a file of its own, under a temporary name.
 * @throws CropError `cli/unwritable-output`, from all methods too
 */
export async function createTableFile(kind: TableKind, temporary: string): Promise<TableFile> {
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new CropError('cli/unwritable-output', { path: temporary, reason: (error as Error).message }, error);
    }
  };
  const body = await guarded(() => (kind === 'parquet' ? parquetBody(temporary) : textBody(kind, temporary)));
  let rows = 0;
  let ended: Promise<void> | null = null;
  const end = (): Promise<void> => (ended ??= body.end());

  return {
    add: (some) =>
      guarded(async () => {
        if (some.length > 0) await body.add(some, rows === 0);
        rows += some.length;
      }),
    keep: (path) =>
      guarded(async () => {
        await end();
        await rename(temporary, path);
      }),
    pour: (out) => guarded(() => end().then(() => pour(temporary, out))),
    discard: () => rm(temporary, { force: true }),
    rows: () => rows,
  };
}

async function textBody(kind: 'csv' | 'json', path: string): Promise<Body> {
  await writeFile(path, kind === 'csv' ? `${TABLE_COLUMNS.map(({ name }) => name).join(',')}${LINE_END}` : '');
  const csvLine = (row: PlaceRow): string => `${TABLE_COLUMNS.map(({ of }) => field(of(row))).join(',')}${LINE_END}`;
  const json = (row: PlaceRow): string =>
    JSON.stringify(Object.fromEntries(TABLE_COLUMNS.map(({ name, of }) => [name, of(row)])));
  return {
    add: (rows, first) =>
      appendFile(path, kind === 'csv' ? rows.map(csvLine).join('') : (first ? '' : ',') + rows.map(json).join(',')),
    end: async () => undefined,
  };
}

function field(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A row group for each batch of rows. The writer is loaded only here. */
async function parquetBody(path: string): Promise<Body> {
  const { fileWriter, ParquetWriter } = await import('hyparquet-writer');
  const columnsOf = (rows: readonly PlaceRow[]) =>
    TABLE_COLUMNS.map(({ name, of }) => ({ name, data: rows.map((row) => of(row)) }));
  const schema = [
    { name: 'root', num_children: TABLE_COLUMNS.length },
    ...TABLE_COLUMNS.map(({ name, type }) => ({ name, repetition_type: 'OPTIONAL' as const, ...PARQUET_TYPES[type] })),
  ];
  const writer = new ParquetWriter({ writer: fileWriter(path), schema });
  return {
    add: async (rows) => {
      await writer.write({ columnData: columnsOf(rows), rowGroupSize: rows.length });
    },
    end: async () => {
      await writer.finish();
    },
  };
}

const PARQUET_TYPES = {
  STRING: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  INT32: { type: 'INT32' },
  DOUBLE: { type: 'DOUBLE' },
} as const;

async function pour(path: string, out: (text: string) => void): Promise<void> {
  const file = await open(path, 'r');
  try {
    const decoder = new TextDecoder();
    const piece = new Uint8Array(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) break;
      out(decoder.decode(piece.subarray(0, bytesRead), { stream: true }));
    }
  } finally {
    await file.close();
  }
}
