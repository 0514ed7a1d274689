import { type Field, fieldsOf, varint } from './protobuf';

/** The little of an ONNX file that the networks' stages consist of: nodes with their attributes, constants, inputs, outputs. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxConstant>;
  readonly inputs: readonly OnnxInput[];
  /** Names. */
  readonly outputs: readonly string[];
}

export interface OnnxInput {
  readonly name: string;
  /** 0 for a size that is free. */
  readonly shape: readonly number[];
}

export interface OnnxNode {
  readonly kind: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** Of its three values the one that belongs to the attribute's type is set. */
export interface OnnxAttribute {
  readonly number: number;
  readonly integers: readonly number[];
  readonly text: string;
}

export interface OnnxConstant {
  readonly shape: readonly number[];
  /** Null for other types than float32. */
  readonly values: Float32Array | null;
  /** Null for other types than int64. */
  readonly integers: readonly number[] | null;
}

/** Field numbers of onnx.proto3. */
export const MODEL = { graph: 7 };
export const GRAPH = { node: 1, constant: 5, input: 11, output: 12 };
const NODE = { input: 1, output: 2, kind: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, float: 2, integer: 3, text: 4, integers: 8 };
const TENSOR = { shape: 1, type: 2, floats: 4, name: 8, raw: 9 };
const VALUE = { name: 1, type: 2 };
const TYPE = { tensor: 1 };
const TENSOR_TYPE = { shape: 2 };
const SHAPE = { dimension: 1 };
const DIMENSION = { size: 1 };
const FLOAT32 = 1;
const INT64 = 7;

/** @throws RangeError where the bytes are no Protocol Buffers message */
export function parseOnnx(model: Uint8Array): OnnxGraph {
  const graph = fieldsOf(model).find(({ number }) => number === MODEL.graph);
  const fields = graph === undefined ? [] : fieldsOf(graph.bytes);
  const all = <T>(wanted: number, read: (bytes: Uint8Array) => T): T[] =>
    fields.filter(({ number }) => number === wanted).map(({ bytes }) => read(bytes));
  return {
    nodes: all(GRAPH.node, nodeOf),
    constants: new Map(all(GRAPH.constant, constantOf)),
    inputs: all(GRAPH.input, inputOf),
    outputs: all(GRAPH.output, (bytes) => inputOf(bytes).name),
  };
}

function nodeOf(bytes: Uint8Array): OnnxNode {
  const fields = fieldsOf(bytes);
  const texts = (wanted: number): string[] => fields.filter(({ number }) => number === wanted).map(textOf);
  const attributes = fields.filter(({ number }) => number === NODE.attribute).map((field) => attributeOf(field.bytes));
  return {
    kind: texts(NODE.kind)[0] ?? '',
    inputs: texts(NODE.input),
    outputs: texts(NODE.output),
    attributes: new Map(attributes),
  };
}

function attributeOf(bytes: Uint8Array): [string, OnnxAttribute] {
  const fields = fieldsOf(bytes);
  const one = (wanted: number): Field | undefined => fields.find(({ number }) => number === wanted);
  const float = one(ATTRIBUTE.float);
  const number = float === undefined ? (one(ATTRIBUTE.integer)?.value ?? 0) : floatOfBits(float.value);
  const text = one(ATTRIBUTE.text);
  const name = one(ATTRIBUTE.name);
  const integers = integersOf(fields, ATTRIBUTE.integers);
  return [name === undefined ? '' : textOf(name), { number, integers, text: text === undefined ? '' : textOf(text) }];
}

function constantOf(bytes: Uint8Array): [string, OnnxConstant] {
  const fields = fieldsOf(bytes);
  const one = (wanted: number): Field | undefined => fields.find(({ number }) => number === wanted);
  const shape = integersOf(fields, TENSOR.shape);
  const name = one(TENSOR.name);
  const stored = (one(TENSOR.raw) ?? one(TENSOR.floats))?.bytes;
  const type = one(TENSOR.type)?.value;
  // Both forms are little-endian numbers in a row; the copy aligns them.
  const raw = new Uint8Array(stored ?? []).buffer;
  const values = type === FLOAT32 ? new Float32Array(raw) : null;
  const integers = type === INT64 ? Array.from(new BigInt64Array(raw), Number) : null;
  return [name === undefined ? '' : textOf(name), { shape, values, integers }];
}

function inputOf(bytes: Uint8Array): OnnxInput {
  const inside = (of: Uint8Array, wanted: number): Field[] => fieldsOf(of).filter(({ number }) => number === wanted);
  const types = inside(bytes, VALUE.type).flatMap((type) => inside(type.bytes, TYPE.tensor));
  const shapes = types.flatMap((type) => inside(type.bytes, TENSOR_TYPE.shape));
  const dimensions = shapes.flatMap((shape) => inside(shape.bytes, SHAPE.dimension));
  const shape = dimensions.map((dimension) => inside(dimension.bytes, DIMENSION.size)[0]?.value ?? 0);
  const [name] = inside(bytes, VALUE.name);
  return { name: name === undefined ? '' : textOf(name), shape };
}

/** A repeated integer, packed into one field or not. */
function integersOf(fields: readonly Field[], wanted: number): number[] {
  return fields
    .filter(({ number }) => number === wanted)
    .flatMap(({ value, bytes }) => {
      if (bytes.length === 0) return [value];
      const integers: number[] = [];
      for (let at = 0; at < bytes.length;) {
        const [integer, next] = varint(bytes, at);
        integers.push(integer);
        at = next;
      }
      return integers;
    });
}

function textOf({ bytes }: Field): string {
  return new TextDecoder().decode(bytes);
}

function floatOfBits(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}
