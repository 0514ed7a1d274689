import type { ConvStep } from './encoder-plan';
import { LANES, transformKernels } from './winograd';

/** What the compiled kernels export (kernels/*.c). Addresses are bytes, sizes are counts. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly __heap_base: WebAssembly.Global<'i32'>;
  interleave(planes: number, bands: number, pixels: number, out: number, channels: number): void;
  separate(data: number, channels: number, pixels: number, planes: number): void;
  convolve(
    input: number,
    depth: number,
    kernels: number,
    bias: number,
    out: number,
    channels: number,
    rows: number,
    columns: number,
    room: number,
    totals: number,
  ): void;
  normalise(
    data: number,
    pixels: number,
    channels: number,
    groups: number,
    gamma: number,
    beta: number,
    epsilon: number,
    totals: number,
    room: number,
  ): void;
}

/** An encoder in memory of its own. */
export interface KernelEncoder {
  /** Planes [bands, rows, columns] to features, [pixels, channels] or, where asked for, [channels, pixels]. */
  encode(planes: Float32Array, rows: number, columns: number, asPlanes?: boolean): Float32Array<ArrayBuffer>;
  /** Bytes of the memory, which only grows. */
  bytes(): number;
}

const PAGE_BYTES = 65536;
const BYTES_PER_FLOAT = 4;
const BYTES_PER_DOUBLE = 8;
/** Kernels load four floats at a time. */
const DEPTH_MULTIPLE = 4;
/** Tiles that `convolve` works on at once, and products per tile. */
const ROOM_PER_CHANNEL = 24 * 36;

interface PlacedStep extends ConvStep {
  readonly depth: number;
  readonly at: { readonly kernels: number; readonly bias: number; readonly gamma: number; readonly beta: number };
}

/** Whether the kernels can run these steps: they write whole lanes of channels. */
export function fitsKernels(steps: readonly ConvStep[]): boolean {
  return steps.every(({ channels }) => channels % LANES === 0);
}

/** Puts an encoder's steps into a fresh instance of the compiled kernels. */
export async function createKernelEncoder(
  module: WebAssembly.Module,
  steps: readonly ConvStep[],
): Promise<KernelEncoder> {
  const kernels = (await WebAssembly.instantiate(module)).exports as unknown as KernelExports;
  let end = align(kernels.__heap_base.value);

  function reserve(bytes: number): number {
    const at = end;
    end = align(end + bytes);
    const missing = end - kernels.memory.buffer.byteLength;
    if (missing > 0) kernels.memory.grow(Math.ceil(missing / PAGE_BYTES));
    return at;
  }

  function place(values: Float32Array): number {
    const at = reserve(values.byteLength);
    new Float32Array(kernels.memory.buffer, at, values.length).set(values);
    return at;
  }

  const placed = steps.map((step): PlacedStep => {
    const depth = Math.ceil(step.bands / DEPTH_MULTIPLE) * DEPTH_MULTIPLE;
    const at = {
      kernels: place(transformKernels(step.kernel, { bands: step.bands, channels: step.channels, depth })),
      bias: place(step.bias),
      gamma: place(step.gamma),
      beta: place(step.beta),
    };
    return { ...step, depth, at };
  });
  const widest = Math.max(...placed.flatMap(({ depth, channels }) => [depth, channels]));
  const totals = reserve(2 * widest * BYTES_PER_DOUBLE);
  const room = reserve((ROOM_PER_CHANNEL * 2 + 2) * widest * BYTES_PER_FLOAT);
  const pictures = end;

  return {
    encode(planes, rows, columns, asPlanes = false) {
      const pixels = rows * columns;
      end = pictures;
      let from = reserve(pixels * widest * BYTES_PER_FLOAT);
      let to = reserve(pixels * widest * BYTES_PER_FLOAT);
      const [first] = placed as [PlacedStep, ...PlacedStep[]];
      new Float32Array(kernels.memory.buffer, to, planes.length).set(planes);
      kernels.interleave(to, first.bands, pixels, from, first.depth);
      for (const { depth, channels, groups, epsilon, at } of placed) {
        kernels.convolve(from, depth, at.kernels, at.bias, to, channels, rows, columns, room, totals);
        kernels.normalise(to, pixels, channels, groups, at.gamma, at.beta, epsilon, totals, room);
        [from, to] = [to, from];
      }
      const { channels } = placed.at(-1)!;
      if (asPlanes) kernels.separate(from, channels, pixels, to);
      return new Float32Array(kernels.memory.buffer, asPlanes ? to : from, pixels * channels).slice();
    },
    bytes: () => kernels.memory.buffer.byteLength,
  };
}

/** To whole vectors of 16 bytes. */
function align(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
