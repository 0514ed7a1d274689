import { GRAPH, MODEL } from './onnx';
import { type Field, fieldsOf, join, message, text, VARINT } from './protobuf';

/** Field numbers of onnx.proto3 for the inputs of a graph. */
const VALUE = { name: 1, type: 2 };
const TYPE = { tensor: 1 };
const TENSOR_TYPE = { element: 1, shape: 2 };
const SHAPE = { dimension: 1 };
const DIMENSION = { name: 2 };
const FLOAT32 = 1;

/**
 * A model without its first `count` nodes, whose inputs are tensors that those gave: [1, channels, rows, columns],
 * float32, all sizes free. Constants of the nodes that are gone stay; nobody asks for them.
 */
export function withoutFirstNodes(
  model: Uint8Array,
  count: number,
  inputs: readonly string[],
): Uint8Array<ArrayBuffer> {
  const rewritten = fieldsOf(model).map((field) =>
    field.number === MODEL.graph ? message(MODEL.graph, restOfGraph(field.bytes, count, inputs)) : field.raw,
  );
  return join(rewritten);
}

function restOfGraph(graph: Uint8Array, count: number, inputs: readonly string[]): Uint8Array<ArrayBuffer> {
  let nodes = 0;
  const isKept = ({ number }: Field): boolean => (number === GRAPH.node ? ++nodes > count : number !== GRAPH.input);
  const kept = fieldsOf(graph)
    .filter(isKept)
    .map(({ raw }) => raw);
  return join([...kept, ...inputs.map((input) => message(GRAPH.input, imageInput(input)))]);
}

function imageInput(name: string): Uint8Array<ArrayBuffer> {
  const sizes = ['one', 'channels', 'rows', 'columns'].map((size) =>
    message(SHAPE.dimension, message(DIMENSION.name, text(`${name}_${size}`))),
  );
  const element = join([Uint8Array.of(TENSOR_TYPE.element * 8 + VARINT, FLOAT32)]);
  const tensor = join([element, message(TENSOR_TYPE.shape, join(sizes))]);
  return join([message(VALUE.name, text(name)), message(VALUE.type, message(TYPE.tensor, tensor))]);
}
