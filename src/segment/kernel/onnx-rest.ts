import { type Field, fieldsOf, GRAPH, MODEL } from './onnx';

/** Field numbers of onnx.proto3 for the input of a graph. */
const GRAPH_INPUT = 11;
const VALUE = { name: 1, type: 2 };
const TYPE = { tensor: 1 };
const TENSOR_TYPE = { element: 1, shape: 2 };
const SHAPE = { dimension: 1 };
const DIMENSION = { name: 2 };
const FLOAT32 = 1;

const VARINT = 0;
const LENGTH = 2;

/**
 * A model without its first `count` nodes, whose input is the tensor that the last of them gave: [1, channels, rows,
 * columns], float32, all sizes free. Constants of the nodes that are gone stay; nobody asks for them.
 */
export function withoutFirstNodes(model: Uint8Array, count: number, input: string): Uint8Array<ArrayBuffer> {
  const rewritten = fieldsOf(model).map((field) =>
    field.number === MODEL.graph ? message(MODEL.graph, restOfGraph(field.bytes, count, input)) : field.raw,
  );
  return join(rewritten);
}

function restOfGraph(graph: Uint8Array, count: number, input: string): Uint8Array<ArrayBuffer> {
  let nodes = 0;
  const isKept = ({ number }: Field): boolean => (number === GRAPH.node ? ++nodes > count : number !== GRAPH_INPUT);
  const kept = fieldsOf(graph)
    .filter(isKept)
    .map(({ raw }) => raw);
  return join([...kept, message(GRAPH_INPUT, imageInput(input))]);
}

function imageInput(name: string): Uint8Array<ArrayBuffer> {
  const sizes = ['one', 'channels', 'rows', 'columns'].map((size) =>
    message(SHAPE.dimension, message(DIMENSION.name, text(`${name}_${size}`))),
  );
  const element = join([Uint8Array.of(TENSOR_TYPE.element * 8 + VARINT, FLOAT32)]);
  const tensor = join([element, message(TENSOR_TYPE.shape, join(sizes))]);
  return join([message(VALUE.name, text(name)), message(VALUE.type, message(TYPE.tensor, tensor))]);
}

/** A field that holds bytes, with its key and length. */
function message(number: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return join([Uint8Array.of(number * 8 + LENGTH), varint(bytes.length), bytes]);
}

function varint(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left = Math.floor(left / 0x80)) bytes.push((left & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, left]);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
