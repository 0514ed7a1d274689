import { compileKernels } from './compile';
import { createKernelEncoder, fitsKernels, type KernelEncoder } from './encoder';
import { type EncoderPlan, planEncoder } from './encoder-plan';

/** One encoder of our own, in this thread or in a worker. */
export interface EncoderLane {
  /** Takes the encoder of an ONNX file; false where it is of a make that the kernels do not run. */
  open(file: Uint8Array, signal: AbortSignal): Promise<boolean>;
  /**
   * Planes [bands, rows, columns], which are given away, to features [pixels, channels], or to [channels, pixels] where
   * the runtime has the rest of the encoder to do.
   */
  encode(planes: Float32Array, rows: number, columns: number, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
  dispose(): Promise<void>;
}

/** What the kernels do of the encoder of an ONNX file; null where that is nothing. */
export function kernelPlan(file: Uint8Array): EncoderPlan | null {
  const plan = planEncoder(file);
  return plan !== null && fitsKernels(plan.steps) ? plan : null;
}

/** A lane in this thread, which it blocks while it works. */
export function createEncoderLane(): EncoderLane {
  let encoder: KernelEncoder | null = null;
  let asPlanes = false;
  return {
    async open(file, signal) {
      const plan = kernelPlan(file);
      if (plan === null) return false;
      const module = await compileKernels();
      signal.throwIfAborted();
      encoder = await createKernelEncoder(module, plan.steps);
      asPlanes = plan.rest !== null;
      return true;
    },
    async encode(planes, rows, columns, signal) {
      signal.throwIfAborted();
      if (encoder === null) throw new TypeError('The lane has not been opened.');
      return encoder.encode(planes, rows, columns, asPlanes);
    },
    async dispose() {
      encoder = null;
    },
  };
}
