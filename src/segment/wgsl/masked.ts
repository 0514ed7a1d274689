import { binding, quadsOf, SIZES } from './source';

/** Invocations of a group; each has a row of a quad of channels, or a pixel. */
export const THREADS_BY_ROW = 64;

/** Vectors that a row of a quad leaves: mean, squares about it, and how many pixels were counted. */
export const VECTORS_OF_ROW = 3;

/**
 * Of each row and quad what the valid pixels' mean is, and their sum of squares about it. Bindings: sizes, picture,
 * validity of its pixels, moments. Its workgroups are `rows x quads / THREADS_BY_ROW`.
 */
export function measureShader(channels: number): string {
  const quads = quadsOf(channels);
  return `${SIZES}${binding(1, 'picture')}${binding(2, 'valid', 'read', 'f32')}${binding(3, 'moments', 'read_write')}
@compute @workgroup_size(${THREADS_BY_ROW})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x / ${quads}u;
  let quad = id.x % ${quads}u;
  if (row >= sizes.outRows) { return; }
  let first = row * sizes.outColumns;
  var total = vec4f();
  var count = 0.0;
  for (var at = first; at < first + sizes.outColumns; at++) {
    total += picture[at * ${quads}u + quad] * valid[at];
    count += valid[at];
  }
  let mean = total / max(count, 1.0);
  var squares = vec4f();
  for (var at = first; at < first + sizes.outColumns; at++) {
    let apart = (picture[at * ${quads}u + quad] - mean) * valid[at];
    squares += apart * apart;
  }
  let place = id.x * ${VECTORS_OF_ROW}u;
  moments[place] = mean;
  moments[place + 1u] = squares;
  moments[place + 2u] = vec4f(count);
}
`;
}

/** Validity at half the scale: a pixel is valid where any of its four is. Bindings: sizes, validity, the halved one. */
export function halveValidityShader(): string {
  return `${SIZES}${binding(1, 'valid', 'read', 'f32')}${binding(2, 'halved', 'read_write', 'f32')}
@compute @workgroup_size(${THREADS_BY_ROW})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x / sizes.outColumns;
  let column = id.x % sizes.outColumns;
  if (row >= sizes.outRows) { return; }
  let at = row * 2u * sizes.columns + column * 2u;
  halved[id.x] = max(max(valid[at], valid[at + 1u]), max(valid[at + sizes.columns], valid[at + sizes.columns + 1u]));
}
`;
}
