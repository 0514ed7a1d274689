/** What the compiled kernels export (wasm/*.c). Addresses are bytes, sizes are counts. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly __heap_base: WebAssembly.Global<'i32'>;
  readonly convolve: PictureKernel;
  readonly halve: PictureKernel;
  readonly enlarge: PictureKernel;
  mix(
    ...args: [
      ...input: [at: number, depth: number, kernels: number, bias: number, floor: number],
      ...output: [at: number, channels: number, pixels: number, room: number, totals: number],
    ]
  ): void;
  filter(
    ...args: [
      ...input: [at: number, channels: number, kernels: number, side: number, stride: number],
      ...output: [at: number, rows: number, columns: number],
    ]
  ): void;
  interleave(planes: number, bands: number, pixels: number, out: number, channels: number): void;
  separate(data: number, channels: number, pixels: number, out: number, planes: number): void;
  place(data: number, step: number, count: number, pixels: number, out: number, outStep: number, to: number): void;
  add(one: number, other: number, count: number, out: number): void;
  normalise(
    ...args: [
      ...picture: [at: number, pixels: number, channels: number, groups: number, width: number],
      ...norm: [gamma: number, beta: number, epsilon: number, totals: number, room: number, valid: number],
    ]
  ): void;
  pack(values: number, count: number, steps: number, scales: number): void;
  weigh(
    ...args: [
      ...packed: [steps: number, scales: number],
      ...weights: [at: number, heads: number, rows: number, columns: number],
      ...map: [channels: number, rows: number, columns: number, from: number, to: number],
      ...output: [sum: number, room: number, valid: number, shares: number],
    ]
  ): void;
  divide_sums(sum: number, shares: number, pixels: number, channels: number, heads: number): void;
  attend(
    ...args: [
      ...packed: [attention: number, steps: number, stepsOfDate: number, scales: number, scalesOfDate: number],
      ...output: [pixels: number, room: number, embedding: number, weights: number, valid: number],
    ]
  ): void;
}

type PictureKernel = (
  ...args: [
    ...input: [at: number, depth: number, kernels: number, bias: number, floor: number],
    ...output: [at: number, channels: number],
    ...size: [rows: number, columns: number],
    ...work: [room: number, totals: number],
  ]
) => void;

const PAGE_BYTES = 65536;
export const BYTES_PER_FLOAT = 4;
/** A vector. */
const ALIGNMENT = 16;

/** An instance of the compiled kernels: constants at the bottom of its memory, scratch above them. */
export interface Kernels {
  readonly run: KernelExports;
  /** Puts constants where they stay. Whatever lies in scratch is lost. */
  keep(values: Float32Array): number;
  /** Scratch anew: what lay in it before is lost. */
  scratch(): Scratch;
  /** A view, good until something is kept or taken. */
  floats(at: number, count: number): Float32Array<ArrayBuffer>;
  steps(at: number, count: number): Int16Array<ArrayBuffer>;
  integers(at: number, count: number): Int32Array<ArrayBuffer>;
  bytes(at: number, count: number): Uint8Array<ArrayBuffer>;
}

export interface Scratch {
  /** Address of so many bytes, in which anything may lie. */
  take(bytes: number): number;
  /** Lets others take what begins at an address. */
  free(at: number): void;
}

/** A fresh instance of the compiled kernels. */
export async function openKernels(module: WebAssembly.Module): Promise<Kernels> {
  const run = (await WebAssembly.instantiate(module)).exports as unknown as KernelExports;
  const memory = (): ArrayBuffer => run.memory.buffer as ArrayBuffer;
  let kept = align(run.__heap_base.value);

  function reach(end: number): void {
    const missing = end - memory().byteLength;
    if (missing > 0) run.memory.grow(Math.ceil(missing / PAGE_BYTES));
  }

  return {
    run,
    keep(values) {
      const at = kept;
      kept = align(at + values.byteLength);
      reach(kept);
      new Float32Array(memory(), at, values.length).set(values);
      return at;
    },
    scratch() {
      let end = kept;
      const taken = new Map<number, number>();
      const free = new Map<number, number>();
      return {
        take(bytes) {
          const needed = align(bytes);
          const fitting = [...free].filter(([, size]) => size >= needed).sort(([, a], [, b]) => a - b)[0];
          const at = fitting?.[0] ?? end;
          if (fitting === undefined) {
            end += needed;
            reach(end);
          }
          free.delete(at);
          taken.set(at, fitting?.[1] ?? needed);
          return at;
        },
        free(at) {
          const size = taken.get(at);
          if (size !== undefined) free.set(at, size);
          taken.delete(at);
        },
      };
    },
    floats: (at, count) => new Float32Array(memory(), at, count),
    steps: (at, count) => new Int16Array(memory(), at, count),
    integers: (at, count) => new Int32Array(memory(), at, count),
    bytes: (at, count) => new Uint8Array(memory(), at, count),
  };
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
