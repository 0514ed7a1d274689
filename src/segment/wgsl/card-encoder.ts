import { CropError } from '../../errors';
import type { FloatTensor } from '../types';
import { type CardOutput, type CardPass, type CardPlan, halved, type Size } from './card-plan';

/** An output in a buffer of its own, which is whoever's asked for it. */
export interface CardTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly buffer: GPUBuffer;
}

/** An encoder on a card. */
export interface CardEncoder {
  /**
   * One date [1, bands, rows, columns], and of an encoder that masks which pixels are valid, [1, 1, rows, columns]; those
   * that are not are 0. Rejects with `segment/out-of-memory` and `segment/runtime-failed`.
   */
  run(pixels: FloatTensor, valid?: FloatTensor): Promise<readonly CardTensor[]>;
  dispose(): void;
}

/** Flags of `GPUBufferUsage` (the WebGPU standard); the object itself is not there in Node. */
const STORAGE = 0x80;
const UNIFORM = 0x40;
const COPY_DST = 0x08;
const COPY_SRC = 0x04;

const BYTES = Float32Array.BYTES_PER_ELEMENT;

type Buffers = ReadonlyMap<string, GPUBuffer>;

/** Buffers for pictures of one size, and what binds them: all but what ends in an output. */
interface Room {
  readonly input: Size;
  readonly buffers: Buffers;
  readonly sizes: readonly GPUBuffer[];
  readonly bound: readonly (GPUBindGroup | null)[];
}

/** Compiles a plan's kernels and brings its constants to the card. Rejects as `run` does, or with a `GPUPipelineError`. */
export async function createCardEncoder(device: GPUDevice, plan: CardPlan): Promise<CardEncoder> {
  const pipelines = await Promise.all(plan.passes.map(({ code }) => compile(device, code)));
  const constants = new Map<string, GPUBuffer>();
  const drop = (): void => {
    for (const buffer of constants.values()) buffer.destroy();
    constants.clear();
  };
  await watched(device, () => {
    for (const [name, values] of plan.constants) constants.set(name, filled(device, values, STORAGE));
  }).catch((error: unknown) => {
    drop();
    throw error;
  });
  const ends = new Map(plan.outputs.map((output) => [output.buffer, output]));
  let room: Room | null = null;

  function bind(pass: number, buffers: Buffers, sizes: GPUBuffer): GPUBindGroup {
    const all = [sizes, ...plan.passes[pass]!.buffers.map((name) => constants.get(name) ?? buffers.get(name)!)];
    return device.createBindGroup({
      layout: pipelines[pass]!.getBindGroupLayout(0),
      entries: all.map((buffer, at) => ({ binding: at, resource: { buffer } })),
    });
  }

  function free(): void {
    if (room === null) return;
    for (const buffer of [...room.buffers.values(), ...room.sizes]) buffer.destroy();
    room = null;
  }

  function roomFor(input: Size): Room {
    if (room !== null && room.input.join() === input.join()) return room;
    free();
    const floats = new Map([...plan.scratch].map(([name, values]) => [name, values(input)]));
    floats.set(plan.input.buffer, plan.input.channels * input[0] * input[1]);
    if (plan.valid !== null) floats.set(plan.valid, input[0] * input[1]);
    const buffers = new Map([...floats].map(([name, values]) => [name, empty(device, values, STORAGE | COPY_DST)]));
    const sizes = plan.passes.map(({ from, to }) => {
      const both = [...halved(input, from), ...halved(input, to)];
      return filled(device, Uint32Array.from(both), UNIFORM);
    });
    const isEnd = (pass: CardPass): boolean => pass.buffers.some((name) => ends.has(name));
    const bound = plan.passes.map((pass, at) => (isEnd(pass) ? null : bind(at, buffers, sizes[at]!)));
    room = { input, buffers, sizes, bound };
    return room;
  }

  function submit(
    input: Size,
    data: Float32Array<ArrayBuffer>,
    valid: Float32Array<ArrayBuffer> | undefined,
    outputs: ReadonlyMap<string, GPUBuffer>,
  ): void {
    const { buffers, sizes, bound } = roomFor(input);
    const commands = device.createCommandEncoder();
    const work = commands.beginComputePass();
    for (const [at, { to, workgroups }] of plan.passes.entries()) {
      work.setPipeline(pipelines[at]!);
      work.setBindGroup(0, bound[at] ?? bind(at, new Map([...buffers, ...outputs]), sizes[at]!));
      work.dispatchWorkgroups(...workgroups(halved(input, to)));
    }
    work.end();
    // What has been submitted before is done before: the pixels of the date before are no longer needed.
    device.queue.writeBuffer(buffers.get(plan.input.buffer)!, 0, data);
    if (plan.valid !== null && valid !== undefined) device.queue.writeBuffer(buffers.get(plan.valid)!, 0, valid);
    device.queue.submit([commands.finish()]);
  }

  return {
    async run({ data, shape }, valid) {
      const input: Size = [shape[2]!, shape[3]!];
      const made = new Map<string, GPUBuffer>();
      const shapeOf = ({ halvings, shape: of }: CardOutput): readonly number[] => of(halved(input, halvings));
      try {
        await watched(device, () => {
          for (const output of plan.outputs) {
            const values = shapeOf(output).reduce((count, length) => count * length, 1);
            made.set(output.buffer, empty(device, values, STORAGE | COPY_SRC | COPY_DST));
          }
          const mask = valid?.data as Float32Array<ArrayBuffer> | undefined;
          submit(input, data as Float32Array<ArrayBuffer>, mask, made);
        });
      } catch (error) {
        for (const buffer of made.values()) buffer.destroy();
        // What it had may be what there was no memory for.
        free();
        throw error;
      }
      return plan.outputs.map((output) => ({
        name: output.name,
        shape: shapeOf(output),
        buffer: made.get(output.buffer)!,
      }));
    },
    dispose() {
      free();
      drop();
    },
  };
}

function compile(device: GPUDevice, code: string): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ code });
  return device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'main' } });
}

function empty(device: GPUDevice, values: number, usage: number): GPUBuffer {
  return device.createBuffer({ size: values * BYTES, usage });
}

function filled(
  device: GPUDevice,
  values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
  usage: number,
): GPUBuffer {
  const buffer = empty(device, values.length, usage | COPY_DST);
  device.queue.writeBuffer(buffer, 0, values);
  return buffer;
}

/**
 * Does work on a card, and throws what the card says of it: without being asked it goes on with buffers that are not
 * there, and gives zeros.
 */
async function watched(device: GPUDevice, work: () => void): Promise<void> {
  device.pushErrorScope('validation');
  device.pushErrorScope('out-of-memory');
  let thrown: unknown = null;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  // Taken off before anybody else puts theirs on; the last one first.
  const [memory, fault] = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
  if (memory !== null) throw new CropError('segment/out-of-memory', { stage: 'encoder' }, memory);
  if (fault !== null) throw new CropError('segment/runtime-failed', { stage: 'encoder', reason: fault.message }, fault);
  if (thrown !== null) throw thrown;
}
