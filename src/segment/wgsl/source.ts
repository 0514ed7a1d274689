/** Channels that lie side by side in one vector. */
export const QUAD = 4;

/**
 * A picture that a kernel reads. On the card pictures are [rows, columns, quads of channels], the last quad filled up
 * with zeros, and lie there as the convolution left them: who reads one does its GroupNorm and ReLU on the way, which
 * saves writing and reading it once more. `planes` is [channels, rows, columns], as pixels come.
 */
export interface Source {
  readonly channels: number;
  readonly form: 'planes' | 'quads';
  /** Whether each channel is to be scaled, shifted and cut off below 0. */
  readonly normed: boolean;
  /** Whether pixels that are not valid are then 0. */
  readonly masked: boolean;
}

export function quadsOf(channels: number): number {
  return Math.ceil(channels / QUAD);
}

/** Sizes of the picture that is read and of the one that is made; the first binding of every kernel. */
export const SIZES = `
struct Sizes { rows: u32, columns: u32, outRows: u32, outColumns: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
`;

/** A buffer of vectors, or of single numbers. */
export function binding(
  at: number,
  name: string,
  access: 'read' | 'read_write' = 'read',
  of: 'vec4f' | 'f32' = 'vec4f',
): string {
  return `@group(0) @binding(${at}) var<storage, ${access}> ${name}: array<${of}>;\n`;
}

/** Bindings that a source takes. */
export function bindingsOf({ normed, masked }: Source): number {
  return 1 + (normed ? 1 : 0) + (masked ? 1 : 0);
}

/** Declares a source's bindings from `at` on, and `load_<name>(row, column, quad)`, which gives four of its channels. */
export function declareSource(name: string, source: Source, at: number): string {
  const { channels, form, normed, masked } = source;
  const quads = quadsOf(channels);
  const bindings =
    binding(at, name, 'read', form === 'planes' ? 'f32' : 'vec4f') +
    (normed ? binding(at + 1, `${name}_norm`) : '') +
    (masked ? binding(at + bindingsOf(source) - 1, `${name}_valid`, 'read', 'f32') : '');
  const lanes = ['x', 'y', 'z', 'w'];
  const value =
    form === 'quads'
      ? `  let value = ${name}[(row * sizes.columns + column) * ${quads}u + quad];`
      : [
          '  let plane = sizes.rows * sizes.columns;',
          `  let at = quad * ${QUAD}u * plane + row * sizes.columns + column;`,
          '  var value = vec4f();',
          ...lanes.map(
            (lane, of) =>
              `  if (quad * ${QUAD}u + ${of}u < ${channels}u) { value.${lane} = ${name}[at + ${of}u * plane]; }`,
          ),
        ].join('\n');
  const answer = normed ? `max(value * ${name}_norm[quad * 2u] + ${name}_norm[quad * 2u + 1u], vec4f())` : 'value';
  return `${bindings}
fn load_${name}(row: u32, column: u32, quad: u32) -> vec4f {
${value}
  return ${answer}${masked ? ` * ${name}_valid[row * sizes.columns + column]` : ''};
}
`;
}

/**
 * `mirror(at, length)`: a place beyond the edge as the one that it mirrors, the edge itself not repeated. Places further
 * out, which only results that nobody keeps are made from, are the last ones.
 */
export const MIRROR = `
fn mirror(at: i32, length: u32) -> u32 {
  let last = i32(length) - 1;
  let inside = abs(at);
  return u32(clamp(select(inside, 2 * last - inside, inside > last), 0, last));
}
`;
