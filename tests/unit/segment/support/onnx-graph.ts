import { join, message, text, VARINT, writtenVarint } from '../../../../src/segment/kernel/protobuf';

/** Fields of onnx.proto3. */
const MODEL = { version: 1, graph: 7, operators: 8 };
const OPERATORS = { version: 2 };
const GRAPH = { node: 1, name: 2, constant: 5, input: 11, output: 12 };
const NODE = { input: 1, output: 2, kind: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, float: 2, integer: 3, text: 4, integers: 8, type: 20 };
const ATTRIBUTE_TYPE = { float: 1, integer: 2, text: 3, integers: 7 };
const TENSOR = { shape: 1, type: 2, name: 8, raw: 9 };
const VALUE = { name: 1, type: 2 };
const FLOAT32 = 1;
const INT64 = 7;
const FIXED32 = 5;

/** A number stands for a float where it is no integer. */
export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

/** A graph that is written step by step, as the exporter of models does it (`export/graph.py`). */
export interface GraphWriter {
  /** Names of free sizes are texts. */
  input(name: string, shape: readonly (number | string)[]): string;
  constant(values: Float32Array, ...shape: readonly number[]): string;
  sizes(...values: readonly number[]): string;
  /** The name of its output. */
  op(kind: string, inputs: readonly string[], attributes?: Attributes, output?: string): string;
  model(...outputs: readonly string[]): Uint8Array<ArrayBuffer>;
}

export function writeGraph(): GraphWriter {
  const parts: Uint8Array[] = [];
  let last = 0;
  const name = (): string => `t${(last += 1)}`;

  function tensor(shape: readonly number[], type: number, values: ArrayBufferView): string {
    const called = name();
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const dims = shape.map((size) => whole(TENSOR.shape, size));
    parts.push(
      message(
        GRAPH.constant,
        join([...dims, whole(TENSOR.type, type), string(TENSOR.name, called), message(TENSOR.raw, raw)]),
      ),
    );
    return called;
  }

  return {
    input(called, shape) {
      parts.push(message(GRAPH.input, valueInfo(called, shape)));
      return called;
    },
    constant: (values, ...shape) => tensor(shape, FLOAT32, values),
    sizes: (...values) => tensor([values.length], INT64, BigInt64Array.from(values, BigInt)),
    op(kind, inputs, attributes = {}, output = name()) {
      const said = Object.entries(attributes).map(([key, value]) => message(NODE.attribute, attribute(key, value)));
      const taken = inputs.map((input) => string(NODE.input, input));
      parts.push(message(GRAPH.node, join([...taken, string(NODE.output, output), string(NODE.kind, kind), ...said])));
      return output;
    },
    model(...outputs) {
      const ends = outputs.map((output) => message(GRAPH.output, valueInfo(output, null)));
      const graph = join([...parts, ...ends, string(GRAPH.name, 'test')]);
      const operators = message(MODEL.operators, whole(OPERATORS.version, 17));
      return join([whole(MODEL.version, 8), message(MODEL.graph, graph), operators]);
    },
  };
}

function valueInfo(name: string, shape: readonly (number | string)[] | null): Uint8Array {
  const sizes = shape?.map((size) => message(1, typeof size === 'number' ? whole(1, size) : string(2, size)));
  const type = join([whole(1, FLOAT32), ...(sizes === undefined ? [] : [message(2, join(sizes))])]);
  return join([string(VALUE.name, name), message(VALUE.type, message(1, type))]);
}

function attribute(name: string, value: number | string | readonly number[]): Uint8Array {
  const typed = (type: number, ...fields: readonly Uint8Array[]): Uint8Array =>
    join([string(ATTRIBUTE.name, name), ...fields, whole(ATTRIBUTE.type, type)]);
  if (typeof value === 'string') return typed(ATTRIBUTE_TYPE.text, string(ATTRIBUTE.text, value));
  if (typeof value === 'object') {
    return typed(ATTRIBUTE_TYPE.integers, ...value.map((entry) => whole(ATTRIBUTE.integers, entry)));
  }
  if (Number.isInteger(value)) return typed(ATTRIBUTE_TYPE.integer, whole(ATTRIBUTE.integer, value));
  const bits = new Uint8Array(Float32Array.of(value).buffer);
  return typed(ATTRIBUTE_TYPE.float, join([Uint8Array.of(ATTRIBUTE.float * 8 + FIXED32), bits]));
}

function whole(field: number, value: number): Uint8Array {
  return join([writtenVarint(field * 8 + VARINT), writtenVarint(value)]);
}

function string(field: number, value: string): Uint8Array {
  return message(field, text(value));
}
