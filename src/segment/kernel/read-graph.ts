import { type OnnxGraph, parseOnnx } from './onnx';

/** A graph as the runtime would read it; null where this cannot read it, and the runtime will say what is wrong. */
export function readGraph(file: Uint8Array): OnnxGraph | null {
  try {
    return parseOnnx(file);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
