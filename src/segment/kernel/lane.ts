import { compileKernels } from './compile';
import { createKernelEncoder, fitsKernels, type KernelEncoder } from './encoder';
import { planEncoder } from './encoder-plan';

/** One encoder of our own, in this thread or in a worker. */
export interface EncoderLane {
  /** Takes the encoder of an ONNX file; false where it is of a make that the kernels do not run. */
  open(file: Uint8Array, signal: AbortSignal): Promise<boolean>;
  /** Planes [bands, rows, columns], which are given away, to features [pixels, channels]. */
  encode(planes: Float32Array, rows: number, columns: number, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
  dispose(): Promise<void>;
}

/** Whether the kernels can run the encoder of an ONNX file. */
export function runsOnKernels(file: Uint8Array): boolean {
  const steps = planEncoder(file);
  return steps !== null && fitsKernels(steps);
}

/** A lane in this thread, which it blocks while it works. */
export function createEncoderLane(): EncoderLane {
  let encoder: KernelEncoder | null = null;
  return {
    async open(file, signal) {
      const steps = planEncoder(file);
      if (steps === null || !fitsKernels(steps)) return false;
      const module = await compileKernels();
      signal.throwIfAborted();
      encoder = await createKernelEncoder(module, steps);
      return true;
    },
    async encode(planes, rows, columns, signal) {
      signal.throwIfAborted();
      if (encoder === null) throw new TypeError('The lane has not been opened.');
      return encoder.encode(planes, rows, columns);
    },
    async dispose() {
      encoder = null;
    },
  };
}
