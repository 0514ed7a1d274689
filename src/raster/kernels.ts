import type { PixelRect } from './types';
import { KERNELS_BASE64 } from './wasm/binary';

/** The functions of src/raster/wasm, with the memory they work in. */
export interface Kernels {
  /**
   * Inflates the zlib stream at the beginning of `bytes` into a view of the kernels' own memory, which holds until the
   * next call. Throws a plain Error that says what is wrong where the stream is damaged or has another length.
   */
  inflate(bytes: Uint8Array, expected: number): Uint8Array<ArrayBuffer>;
  /**
   * Undoes the horizontal predictor in place: sums up the first `columns` pixels of each of `rows` rows, which begin
   * every `rowLength` pixels. False, and nothing done, where `pixels` lie elsewhere than in the kernels' own memory.
   */
  addUp(pixels: Uint16Array<ArrayBuffer>, rowLength: number, columns: number, rows: number): boolean;
  /**
   * The pixels `target` of a raster enlarged by 2 with GDAL's cubic, as `enlargeCubic` makes them. `pixels` are those of
   * `rect`, which must hold all that `target` stands on and lie inside the raster. What would be less than `least`
   * becomes that.
   */
  enlargeTwice(pixels: Uint16Array, rect: PixelRect, target: PixelRect, least: number): Uint16Array<ArrayBuffer>;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly __heap_base: { readonly value: number };
  inflate(from: number, length: number, to: number, expected: number): number;
  add_up(pixels: number, rowLength: number, columns: number, rows: number): void;
  enlarge_twice(
    source: number,
    sourceRow: number,
    sourceColumn: number,
    sourceColumns: number,
    row: number,
    column: number,
    rows: number,
    columns: number,
    lines: number,
    out: number,
    least: number,
  ): void;
}

const PAGE_BYTES = 65_536;
/** Vectors are read and written faster where they begin on such an address. */
const ALIGNMENT = 64;
/** How far the kernels may read past their input and write past their output, bytes (see inflate.c). */
const INPUT_SLACK = 32;
const OUTPUT_SLACK = 512;
/** Lines of 32-bit numbers that the enlargement works on, and what each is longer than a row (see enlarge.c). */
const LINES = 4;
const LINE_SLACK = 16;

let loading: Promise<Kernels | null> | null = null;

/** The kernels, or null where this engine has no WebAssembly with SIMD or a policy forbids it. */
export function loadKernels(): Promise<Kernels | null> {
  loading ??= instantiate().catch(() => null);
  return loading;
}

async function instantiate(): Promise<Kernels> {
  const code = Uint8Array.from(atob(KERNELS_BASE64.replaceAll('\n', '')), (character) => character.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(code);
  const exports = instance.exports as unknown as Exports;
  const from = align(exports.__heap_base.value);

  function reserve(end: number): Uint8Array<ArrayBuffer> {
    const missing = end - exports.memory.buffer.byteLength;
    if (missing > 0) exports.memory.grow(Math.ceil(missing / PAGE_BYTES));
    return new Uint8Array(exports.memory.buffer);
  }

  return {
    inflate(bytes, expected) {
      const to = from + align(bytes.length + INPUT_SLACK);
      const memory = reserve(to + expected + OUTPUT_SLACK);
      memory.set(bytes, from);
      // What a longer stream left behind must not be taken for the end of a shorter one.
      memory.fill(0, from + bytes.length, to);
      const length = exports.inflate(from, bytes.length, to, expected);
      if (length < 0) throw new Error('its deflate stream is damaged');
      if (length > expected) throw new Error(`it holds more than ${expected} bytes`);
      if (length < expected) throw new Error(`it holds ${length} of ${expected} bytes`);
      return memory.subarray(to, to + expected);
    },
    addUp(pixels, rowLength, columns, rows) {
      if (pixels.buffer !== exports.memory.buffer) return false;
      exports.add_up(pixels.byteOffset, rowLength, columns, rows);
      return true;
    },
    enlargeTwice(pixels, rect, target, least) {
      const { row, column, rows, columns } = target;
      const lines = from + align(pixels.byteLength + INPUT_SLACK);
      const out = lines + align(LINES * (columns + LINE_SLACK) * Int32Array.BYTES_PER_ELEMENT);
      const memory = reserve(out + rows * columns * Uint16Array.BYTES_PER_ELEMENT + OUTPUT_SLACK);
      new Uint16Array(memory.buffer, from, pixels.length).set(pixels);
      exports.enlarge_twice(from, rect.row, rect.column, rect.columns, row, column, rows, columns, lines, out, least);
      return new Uint16Array(memory.buffer, out, rows * columns).slice();
    },
  };
}

function align(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}
