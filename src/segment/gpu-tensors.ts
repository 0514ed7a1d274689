import type * as Ort from 'onnxruntime-web/wasm';
import type { OrtRuntime } from './ort-sessions';
import type { HeldPart, HeldTensor, ResidentStages } from './resident-types';
import type { FloatTensor } from './types';

/** A tensor of the runtime in a buffer of the card. */
export interface GpuTensor extends HeldTensor {
  readonly tensor: Ort.Tensor;
}

/** `GPUBufferUsage.STORAGE`, `COPY_SRC` and `COPY_DST` (the WebGPU standard): used by the runtime, read, and filled. */
const USAGE = 0x80 | 0x04 | 0x08;

/** `GPUBufferUsage.MAP_READ` and `COPY_DST`: the way back into memory. */
const MAP_READ = 0x01;
const STAGING_USAGE = MAP_READ | 0x08;

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Tensors in buffers of a device that the runtime shares. `device` is asked for when it is needed. */
export function gpuTensors(
  runtime: OrtRuntime,
  device: () => GPUDevice,
): Pick<ResidentStages, 'mostValues' | 'join' | 'hold' | 'read'> & {
  readonly own: (tensor: Ort.Tensor) => GpuTensor;
  readonly wrap: (buffer: GPUBuffer, shape: readonly number[]) => GpuTensor;
} {
  /** An output of the runtime: its buffer goes back to the runtime. */
  function own(tensor: Ort.Tensor): GpuTensor {
    return { shape: tensor.dims, tensor, dispose: () => tensor.dispose() };
  }

  /** A buffer of our own as a tensor. */
  function wrap(buffer: GPUBuffer, shape: readonly number[]): GpuTensor {
    const tensor = runtime.Tensor.fromGpuBuffer(buffer as Ort.Tensor.GpuBufferType, {
      dataType: 'float32',
      dims: [...shape],
    });
    return {
      shape,
      tensor,
      dispose() {
        tensor.dispose();
        buffer.destroy();
      },
    };
  }

  const bufferOf = (tensor: HeldTensor): GPUBuffer => (tensor as GpuTensor).tensor.gpuBuffer as GPUBuffer;

  function newBuffer(shape: readonly number[]): GPUBuffer {
    const size = shape.reduce((values, length) => values * length, BYTES);
    return device().createBuffer({ size, usage: USAGE });
  }

  return {
    own,
    wrap,
    mostValues() {
      const { maxBufferSize, maxStorageBufferBindingSize } = device().limits;
      return Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize) / BYTES);
    },
    join(parts: readonly HeldPart[], shape) {
      const joined = newBuffer(shape);
      const encoder = device().createCommandEncoder();
      let at = 0;
      for (const { tensor, from, count } of parts) {
        encoder.copyBufferToBuffer(bufferOf(tensor), from * BYTES, joined, at * BYTES, count * BYTES);
        at += count;
      }
      device().queue.submit([encoder.finish()]);
      return wrap(joined, shape);
    },
    hold({ data, shape }: FloatTensor) {
      const buffer = newBuffer(shape);
      device().queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
      return wrap(buffer, shape);
    },
    async read(held) {
      const size = held.shape.reduce((values, length) => values * length, BYTES);
      const card = device();
      const staging = card.createBuffer({ size, usage: STAGING_USAGE });
      try {
        const encoder = card.createCommandEncoder();
        encoder.copyBufferToBuffer(bufferOf(held), 0, staging, 0, size);
        card.queue.submit([encoder.finish()]);
        await staging.mapAsync(MAP_READ);
        return { data: new Float32Array(staging.getMappedRange().slice(0)), shape: held.shape };
      } finally {
        staging.destroy();
      }
    },
  };
}
