/** The little of an ONNX file that an encoder consists of: nodes with their attributes, and float32 constants. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxConstant>;
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
}

/** Field numbers of onnx.proto3. */
export const MODEL = { graph: 7 };
export const GRAPH = { node: 1, constant: 5 };
const NODE = { input: 1, output: 2, kind: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, float: 2, integer: 3, text: 4, integers: 8 };
const TENSOR = { shape: 1, type: 2, floats: 4, name: 8, raw: 9 };
const FLOAT32 = 1;

/** Wire types of Protocol Buffers. */
const VARINT = 0;
const EIGHT_BYTES = 1;
const LENGTH = 2;
const FOUR_BYTES = 5;

export interface Field {
  readonly number: number;
  /** All of it, key and length included. */
  readonly raw: Uint8Array;
  /** Of a varint, or the bits of a fixed field. */
  readonly value: number;
  readonly bytes: Uint8Array;
}

/** @throws RangeError where the bytes are no Protocol Buffers message */
export function parseOnnx(model: Uint8Array): OnnxGraph {
  const graph = fieldsOf(model).find(({ number }) => number === MODEL.graph);
  const fields = graph === undefined ? [] : fieldsOf(graph.bytes);
  const constants = fields.filter(({ number }) => number === GRAPH.constant).map(({ bytes }) => constantOf(bytes));
  const nodes = fields.filter(({ number }) => number === GRAPH.node).map(({ bytes }) => nodeOf(bytes));
  return { nodes, constants: new Map(constants) };
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
  const isFloat = one(TENSOR.type)?.value === FLOAT32;
  // Both forms are little-endian floats in a row; the copy aligns them.
  const values = isFloat && stored !== undefined ? new Float32Array(new Uint8Array(stored).buffer) : null;
  return [name === undefined ? '' : textOf(name), { shape, values }];
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

/** The fields of a message in their order. @throws RangeError where it is none */
export function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const none = bytes.subarray(0, 0);
  for (let at = 0; at < bytes.length;) {
    const [key, start] = varint(bytes, at);
    const number = Math.floor(key / 8);
    const type = key % 8;
    if (type === VARINT) {
      const [value, next] = varint(bytes, start);
      fields.push({ number, value, bytes: none, raw: bytes.subarray(at, next) });
      at = next;
    } else if (type === LENGTH) {
      const [length, begin] = varint(bytes, start);
      if (begin + length > bytes.length) throw new RangeError('a field ends behind its message');
      const end = begin + length;
      fields.push({ number, value: 0, bytes: bytes.subarray(begin, end), raw: bytes.subarray(at, end) });
      at = begin + length;
    } else if (type === FOUR_BYTES) {
      const value = view.getUint32(start, true);
      fields.push({ number, value, bytes: none, raw: bytes.subarray(at, start + 4) });
      at = start + 4;
    } else if (type === EIGHT_BYTES) {
      fields.push({ number, value: 0, bytes: none, raw: bytes.subarray(at, start + 8) });
      at = start + 8;
    } else {
      throw new RangeError('a field has a type that Protocol Buffers do not have');
    }
  }
  return fields;
}

/** A varint and where it ends. Negative integers, which no encoder has, come out as large ones. */
function varint(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let place = 0; ; place += 1) {
    const byte = bytes[at + place];
    if (byte === undefined) throw new RangeError('a number ends behind its message');
    value += (byte & 0x7f) * 2 ** (7 * place);
    if (byte < 0x80) return [value, at + place + 1];
  }
}
