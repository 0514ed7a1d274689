import { binding, bindingsOf, declareSource, MIRROR, QUAD, quadsOf, type Source, SIZES } from './source';
import { type DenseShape, PIXELS_EACH, QUADS_EACH, tilingOf } from './tiling';

export interface DenseKernel extends DenseShape {
  readonly source: Source;
  /** What is left of each sum: all, or what is above 0; and whether mean and spread of each tile are handed on. */
  readonly relu: boolean;
  readonly moments: boolean;
}

const LANES = ['x', 'y', 'z', 'w'] as const;
const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const lines = (parts: readonly string[]): string => parts.join('\n');

/**
 * A convolution. Bindings: sizes, source, weights (`layDense`), bias, picture, and the moments where they are wanted: for
 * each tile and quad its mean and its sum of squares about that mean.
 *
 * A workgroup makes a tile of pixels of some channels. It brings a quad of the channels in, and the weights for it, into
 * shared memory, and each invocation adds their products to its 4 pixels x 8 channels in registers: 30 vectors read for
 * 384 products a row of the kernel. Its workgroups are (columns, rows, blocks of channels).
 */
export function denseShader(kernel: DenseKernel): string {
  const { source, channels, side, stride } = kernel;
  const tiling = tilingOf(kernel);
  const { block, threads, heldRows, heldColumns, pixelRoom, weightRoom, depth, chunks, kernelRows } = tiling;
  const next = 1 + bindingsOf(source);
  const outQuads = quadsOf(block);
  const across = outQuads / QUADS_EACH;
  const ring = side === 1 ? 0 : 1;
  const piece = kernelRows * side * depth * block;
  const pieces = side / kernelRows;
  const held = heldRows * heldColumns;
  const isWhole = quadsOf(source.channels) % depth === 0;
  const bring = `load_source(mirror(top + i32(spot / ${heldColumns}u), sizes.rows), mirror(left + i32(spot % ${heldColumns}u), sizes.columns), quad)`;
  return `${SIZES}${declareSource('source', source, 1)}${binding(next, 'weights')}${binding(next + 1, 'bias')}${binding(next + 2, 'picture', 'read_write')}${kernel.moments ? binding(next + 3, 'moments', 'read_write') : ''}${MIRROR}
var<workgroup> room: array<vec4f, ${pixelRoom + weightRoom}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) tile: vec3u, @builtin(num_workgroups) tiles: vec3u, @builtin(local_invocation_index) me: u32) {
  let across = me % ${across}u;
  let spotOfMine = me / ${across}u;
  let row = spotOfMine / ${tiling.columns / PIXELS_EACH}u;
  let column = (spotOfMine % ${tiling.columns / PIXELS_EACH}u) * ${PIXELS_EACH}u;
  let top = i32(tile.y * ${tiling.rows * stride}u) - ${ring};
  let left = i32(tile.x * ${tiling.columns * stride}u) - ${ring};
  let firstQuad = tile.z * ${outQuads}u;
${lines(sumNames().map((name, at) => `  var ${name} = bias[firstQuad + across + ${Math.floor(at / PIXELS_EACH) * across}u];`))}
  for (var chunk = 0u; chunk < ${chunks}u; chunk++) {
    workgroupBarrier();
    for (var at = me; at < ${pixelRoom}u; at += ${threads}u) {
      let spot = at % ${held}u;
      let quad = chunk * ${depth}u + at / ${held}u;
      ${isWhole ? `room[at] = ${bring};` : `if (quad < ${quadsOf(source.channels)}u) { room[at] = ${bring}; } else { room[at] = vec4f(); }`}
    }
    for (var part = 0u; part < ${pieces}u; part++) {
      ${pieces > 1 ? 'workgroupBarrier();' : ''}
      let first = ((tile.z * ${chunks}u + chunk) * ${pieces}u + part) * ${piece}u;
      for (var at = me; at < ${piece}u; at += ${threads}u) { room[${pixelRoom}u + at] = weights[first + at]; }
      workgroupBarrier();
      for (var down = 0u; down < ${kernelRows}u; down++) {
        for (var quad = 0u; quad < ${depth}u; quad++) {
          let pixels = quad * ${held}u + (row * ${stride}u + part * ${kernelRows}u + down) * ${heldColumns}u + column * ${stride}u;
          var at = ${pixelRoom}u + (down * ${side * depth}u + quad) * ${block}u + across;
${products(side, stride, depth, block, across)}
        }
      }
    }
  }
${kernel.relu ? lines(sumNames().map((name) => `  ${name} = max(${name}, vec4f());`)) : ''}
  let outRow = tile.y * ${tiling.rows}u + row;
  let outColumn = tile.x * ${tiling.columns}u + column;
  let inRows = outRow < sizes.outRows;
${lines(range(QUADS_EACH).map((quad) => store(quad, across, quadsOf(channels))))}
${kernel.moments ? momentsOf(outQuads, across, threads / across, quadsOf(channels), tiling) : ''}
}
`;
}

/** One after the other the pixels of the first quad, then those of the second. */
function sumNames(): string[] {
  return range(QUADS_EACH).flatMap((quad) => range(PIXELS_EACH).map((pixel) => sumName(quad, pixel)));
}

function sumName(quad: number, pixel: number): string {
  return `sum${quad}_${pixel}`;
}

/** The products of one row of the kernel with one quad of channels. A piece of weights: a row's quads are `block` apart. */
function products(side: number, stride: number, depth: number, block: number, across: number): string {
  const outQuads = block / QUAD;
  const width = (PIXELS_EACH - 1) * stride + side;
  const pixels = range(width).map((at) => `let pixel${at} = room[pixels + ${at}u];`);
  const taps = range(side).flatMap((tap) => [
    ...LANES.flatMap((lane, of) => [
      '{',
      ...range(QUADS_EACH).map((quad) => `let weight${quad} = room[at + ${of * outQuads + quad * across}u];`),
      ...range(QUADS_EACH).flatMap((quad) =>
        range(PIXELS_EACH).map(
          (pixel) => `${sumName(quad, pixel)} += pixel${pixel * stride + tap}.${lane} * weight${quad};`,
        ),
      ),
      '}',
    ]),
    ...(tap === side - 1 ? [] : [`at += ${depth * block}u;`]),
  ]);
  return lines([...pixels, ...taps].map((line) => `          ${line}`));
}

function store(quad: number, across: number, quads: number): string {
  const own = `firstQuad + across + ${quad * across}u`;
  return lines([
    `  if (inRows && ${own} < ${quads}u) {`,
    ...range(PIXELS_EACH).map(
      (pixel) =>
        `    if (outColumn + ${pixel}u < sizes.outColumns) { picture[(outRow * sizes.outColumns + outColumn + ${pixel}u) * ${quads}u + ${own}] = ${sumName(quad, pixel)}; }`,
    ),
    '  }',
  ]);
}

/**
 * Mean of the tile's pixels, then squares about it: sums of squares alone would lose what is left of the spread where the
 * mean is far from 0.
 */
function momentsOf(
  outQuads: number,
  across: number,
  spots: number,
  quads: number,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): string {
  const counted = (of: (name: string) => string): string[] =>
    range(QUADS_EACH).flatMap((quad) => [
      `  var total${quad} = vec4f();`,
      ...range(PIXELS_EACH).map(
        (pixel) =>
          `  if (inRows && outColumn + ${pixel}u < sizes.outColumns) { total${quad} += ${of(sumName(quad, pixel)).replaceAll('?', String(quad))}; }`,
      ),
      `  room[spotOfMine * ${outQuads}u + across + ${quad * across}u] = total${quad};`,
    ]);
  const addUp = `    var total = vec4f();
    for (var spot = 0u; spot < ${spots}u; spot++) { total += room[spot * ${outQuads}u + me]; }`;
  return `  let count = f32(min(${rows}u, sizes.outRows - tile.y * ${rows}u) * min(${columns}u, sizes.outColumns - tile.x * ${columns}u));
  let place = ((tile.y * tiles.x + tile.x) * ${quads}u + firstQuad + me) * 2u;
  workgroupBarrier();
  {
${lines(counted((name) => name))}
  }
  workgroupBarrier();
  if (me < ${outQuads}u) {
${addUp}
    room[me] = total / count;
  }
  workgroupBarrier();
${lines(range(QUADS_EACH).map((quad) => `  let mean${quad} = room[across + ${quad * across}u];`))}
  let meanOfMine = room[min(me, ${outQuads - 1}u)];
  workgroupBarrier();
  {
${lines(counted((name) => `(${name} - mean?) * (${name} - mean?)`))}
  }
  workgroupBarrier();
  if (me < ${outQuads}u && firstQuad + me < ${quads}u) {
${addUp}
    moments[place] = meanOfMine;
    moments[place + 1u] = total;
  }`;
}
