import { CropError } from '../errors';
import type { Backend, StageName, Tensors } from './types';

/** Runs a stage, unless aborted before; what it gives is dropped where it was aborted meanwhile. */
export async function runStage(
  backend: Backend,
  stage: StageName,
  inputs: Tensors,
  signal: AbortSignal,
): Promise<Tensors> {
  signal.throwIfAborted();
  const outputs = await backend.run(stage, inputs, signal);
  signal.throwIfAborted();
  return outputs;
}

/** An output, held to the shape that the model format promises. @throws CropError `segment/runtime-failed` */
export function takeOutput<T extends { readonly shape: readonly number[] }>(
  outputs: Readonly<Record<string, T>>,
  stage: StageName,
  name: string,
  expected: readonly number[],
): T {
  const output = outputs[name];
  if (output?.shape.join() === expected.join()) return output;
  const is = output === undefined ? 'missing' : `[${output.shape.join(', ')}]`;
  const reason = `its output ${name} is ${is}, expected [${expected.join(', ')}].`;
  throw new CropError('segment/runtime-failed', { stage, reason });
}
