import { binding, bindingsOf, declareSource, MIRROR, QUAD, quadsOf, type Source, SIZES } from './source';

/** Kernels whose invocations have a pixel and a quad of channels each; `columns * quads` and rows of them. */
export const THREADS_BY_PIXEL = 64;

/** Sets `row`, `column` and `quad` of an invocation, and ends those that have none. */
function mainOf(quads: number, body: string): string {
  return `
@compute @workgroup_size(${THREADS_BY_PIXEL})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let column = id.x / ${quads}u;
  let quad = id.x % ${quads}u;
  if (column >= sizes.outColumns) { return; }
${body}
}
`;
}

/** One 3 x 3 or, of stride 2, 4 x 4 kernel per channel. Bindings: sizes, source, weights (`layFilter`), picture. */
export function filterShader({ source, side }: { readonly source: Source; readonly side: number }): string {
  const next = 1 + bindingsOf(source);
  const quads = quadsOf(source.channels);
  const stride = side === 4 ? 2 : 1;
  return `${SIZES}${declareSource('source', source, 1)}${binding(next, 'weights')}${binding(next + 1, 'picture', 'read_write')}${MIRROR}${mainOf(
    quads,
    `  var sum = vec4f();
  for (var down = 0u; down < ${side}u; down++) {
    let line = mirror(i32(row * ${stride}u + down) - 1, sizes.rows);
    for (var across = 0u; across < ${side}u; across++) {
      let value = load_source(line, mirror(i32(column * ${stride}u + across) - 1, sizes.columns), quad);
      sum += value * weights[(down * ${side}u + across) * ${quads}u + quad];
    }
  }
  picture[(row * sizes.outColumns + column) * ${quads}u + quad] = sum;`,
  )}`;
}

/** A kernel [channels, 1, side, side] pixel by pixel. */
export function layFilter(kernel: Float32Array, channels: number, side: number): Float32Array<ArrayBuffer> {
  const width = quadsOf(channels) * QUAD;
  const laid = new Float32Array(side * side * width);
  kernel.forEach((value, at) => {
    laid[(at % (side * side)) * width + Math.floor(at / (side * side))] = value;
  });
  return laid;
}

/** The sum of two pictures. Bindings: sizes, both sources, picture. */
export function addShader(one: Source, other: Source): string {
  const [second, third] = [1 + bindingsOf(one), 1 + bindingsOf(one) + bindingsOf(other)];
  const quads = quadsOf(one.channels);
  return `${SIZES}${declareSource('one', one, 1)}${declareSource('other', other, second)}${binding(third, 'picture', 'read_write')}${mainOf(
    quads,
    `  let sum = load_one(row, column, quad) + load_other(row, column, quad);
  picture[(row * sizes.outColumns + column) * ${quads}u + quad] = sum;`,
  )}`;
}

/**
 * A picture as the next stage takes it, [pixels, channels] or [channels, rows, columns], without the zeros that fill up
 * its last quad. Bindings: sizes, source, output.
 */
export function outputShader(source: Source, layout: 'planes' | 'pixels'): string {
  const { channels } = source;
  const next = 1 + bindingsOf(source);
  const pixel = 'row * sizes.outColumns + column';
  const whole = layout === 'pixels' && channels % QUAD === 0;
  const place = (lane: number): string =>
    layout === 'pixels'
      ? `(${pixel}) * ${channels}u + quad * ${QUAD}u + ${lane}u`
      : `(quad * ${QUAD}u + ${lane}u) * sizes.outRows * sizes.outColumns + ${pixel}`;
  const one = (lane: number): string =>
    `  if (quad * ${QUAD}u + ${lane}u < ${channels}u) { output[${place(lane)}] = value[${lane}]; }`;
  const write = whole ? `  output[(${pixel}) * ${channels / QUAD}u + quad] = value;` : [0, 1, 2, 3].map(one).join('\n');
  return `${SIZES}${declareSource('source', source, 1)}${binding(next, 'output', 'read_write', whole ? 'vec4f' : 'f32')}${mainOf(
    quadsOf(channels),
    `  let value = load_source(row, column, quad);
${write}`,
  )}`;
}
