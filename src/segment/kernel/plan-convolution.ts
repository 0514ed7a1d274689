import type { OnnxConstant, OnnxNode } from './onnx';
import type { Convolution, Movement } from './picture-plan';

type Shape = readonly [channels: number, bands: number, side: number];

/** What an operator says of itself, and the movement that it is then. */
interface Form {
  readonly movement: Movement;
  readonly side: number;
  readonly stride: number;
  readonly pad: number;
  readonly mirrored: boolean;
}

/** Convolutions that the kernels do. */
const FORMS: readonly Form[] = [
  { movement: 'same', side: 3, stride: 1, pad: 0, mirrored: true },
  { movement: 'halve', side: 4, stride: 2, pad: 0, mirrored: true },
  { movement: 'mix', side: 1, stride: 1, pad: 0, mirrored: false },
];

const KNOWN = new Set(['strides', 'pads', 'group', 'kernel_shape', 'dilations']);

/**
 * A `Conv` or `ConvTranspose` over a picture of `bands` channels, whose edges have been mirrored by one pixel or not; null
 * where the kernels do not do it.
 */
export function convolutionOf(
  node: OnnxNode,
  constants: ReadonlyMap<string, OnnxConstant>,
  from: { readonly picture: string; readonly bands: number; readonly mirrored: boolean },
): Convolution | null {
  const kernel = constants.get(node.inputs[1] ?? '');
  const shape = shapeOf(node, kernel);
  if (!kernel?.values || shape === null || !isPlain(node, shape[2])) return null;
  const [channels, bands, side] = shape;
  const movement = movementOf(node, shape, from.mirrored);
  if (movement === null || (movement === 'filter' ? channels : bands) !== from.bands) return null;
  const biasName = node.inputs[2] ?? '';
  const bias = biasName === '' ? new Float32Array(channels) : constants.get(biasName)?.values;
  // The kernel that filters adds no bias.
  if (bias?.length !== channels || (movement === 'filter' && biasName !== '')) return null;
  const what = { movement, bands: from.bands, channels, side, kernel: kernel.values, bias };
  return { kind: 'convolution', from: from.picture, to: node.outputs[0]!, ...what, relu: false, norm: null };
}

function shapeOf({ kind }: OnnxNode, kernel: OnnxConstant | undefined): Shape | null {
  const [first, second, side, other] = kernel?.shape ?? [];
  if (first === undefined || second === undefined || side === undefined || side !== other) return null;
  return kind === 'ConvTranspose' ? [second, first, side] : [first, second, side];
}

/** Whether an operator has no attributes that would make it another one. */
function isPlain({ attributes }: OnnxNode, side: number): boolean {
  const all = (name: string, value: number): boolean =>
    (attributes.get(name)?.integers ?? []).every((entry) => entry === value);
  return [...attributes.keys()].every((name) => KNOWN.has(name)) && all('dilations', 1) && all('kernel_shape', side);
}

function movementOf(
  { kind, attributes }: OnnxNode,
  [channels, bands, side]: Shape,
  mirrored: boolean,
): Movement | null {
  const every = (name: string, usual: number): number | null => {
    const given = attributes.get(name)?.integers ?? [];
    return given.every((value) => value === given[0]) ? (given[0] ?? usual) : null;
  };
  const [stride, pad, groups] = [every('strides', 1), every('pads', 0), attributes.get('group')?.number ?? 1];
  if (kind === 'ConvTranspose') {
    return side === 4 && stride === 2 && pad === 1 && groups === 1 && !mirrored ? 'enlarge' : null;
  }
  const form = FORMS.find(
    (known) => known.side === side && known.stride === stride && known.pad === pad && known.mirrored === mirrored,
  );
  if (form === undefined) return null;
  if (groups === 1) return form.movement;
  return groups === channels && bands === 1 && form.movement !== 'mix' ? 'filter' : null;
}
