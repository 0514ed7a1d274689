import { VECTORS_OF_ROW } from './masked';
import { binding, QUAD, quadsOf, SIZES } from './source';

/** Invocations that share the tiles of a group. */
const THREADS = 64;

/** What moments were taken of: tiles of so many pixels, or of the valid pixels of rows (`measureShader`). */
type Parts = { readonly rows: number; readonly columns: number } | 'valid rows';

/** Of a part of the picture how many pixels were counted, and where its moments lie. */
function readPart(parts: Parts, quads: number): { readonly count: string; readonly read: string } {
  if (parts === 'valid rows') {
    const stride = VECTORS_OF_ROW * QUAD;
    return {
      count: 'sizes.outRows',
      read: `    let first = part * ${quads * stride}u + channel / ${QUAD}u * ${stride}u + channel % ${QUAD}u;
    let count = moments[first + ${2 * QUAD}u];`,
    };
  }
  const { rows, columns } = parts;
  return {
    count: `((sizes.outRows + ${rows - 1}u) / ${rows}u) * across`,
    read: `    let first = part * ${quads * 2 * QUAD}u + place(channel);
    let height = min(${rows}u, sizes.outRows - part / across * ${rows}u);
    let width = min(${columns}u, sizes.outColumns - part % across * ${columns}u);
    let count = f32(height * width);`,
  };
}

/**
 * GroupNorm's scale and shift of each channel from the moments that parts of the picture left. Bindings:
 * sizes, moments, gamma and beta, then scales and shifts: of each quad its scales, then its shifts. One workgroup a group.
 *
 * Means and spreads are joined two and two (Chan, Golub, LeVeque 1983), which keeps all digits.
 */
export function settleShader(of: {
  readonly channels: number;
  readonly groups: number;
  readonly epsilon: number;
  readonly parts: Parts;
}): string {
  const { channels, groups, parts } = of;
  const each = channels / groups;
  const { count, read } = readPart(parts, quadsOf(channels));
  const across =
    parts === 'valid rows' ? '' : `  let across = (sizes.outColumns + ${parts.columns - 1}u) / ${parts.columns}u;\n`;
  return `${SIZES}${binding(1, 'moments', 'read', 'f32')}${binding(2, 'affine', 'read', 'f32')}${binding(3, 'norm', 'read_write', 'f32')}
struct Spread { count: f32, mean: f32, squares: f32 }
var<workgroup> spreads: array<Spread, ${THREADS}>;

fn join(a: Spread, b: Spread) -> Spread {
  let count = a.count + b.count;
  if (count == 0.0) { return a; }
  let apart = b.mean - a.mean;
  let share = b.count / count;
  return Spread(count, a.mean + apart * share, a.squares + b.squares + apart * apart * a.count * share);
}

fn place(channel: u32) -> u32 {
  return channel / ${QUAD}u * ${2 * QUAD}u + channel % ${QUAD}u;
}

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) me: u32) {
${across}  var mine = Spread(0.0, 0.0, 0.0);
  for (var at = me; at < ${count} * ${each}u; at += ${THREADS}u) {
    let part = at / ${each}u;
    let channel = group.x * ${each}u + at % ${each}u;
${read}
    mine = join(mine, Spread(count, moments[first], moments[first + ${QUAD}u]));
  }
  spreads[me] = mine;
  for (var half = ${THREADS / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (me < half) { spreads[me] = join(spreads[me], spreads[me + half]); }
  }
  workgroupBarrier();
  let all = spreads[0];
  let inverse = inverseSqrt(all.squares / max(all.count, 1.0) + ${of.epsilon.toExponential()});
  for (var at = me; at < ${each}u; at += ${THREADS}u) {
    let to = place(group.x * ${each}u + at);
    let scale = affine[to] * inverse;
    norm[to] = scale;
    norm[to + ${QUAD}u] = affine[to + ${QUAD}u] - all.mean * scale;
  }
}
`;
}

/** Gamma and beta as `settleShader` takes them: of each quad its gammas, then its betas. */
export function layAffine(gamma: Float32Array, beta: Float32Array): Float32Array<ArrayBuffer> {
  const laid = new Float32Array(quadsOf(gamma.length) * 2 * QUAD);
  gamma.forEach((value, channel) => {
    const at = Math.floor(channel / QUAD) * 2 * QUAD + (channel % QUAD);
    laid[at] = value;
    laid[at + QUAD] = beta[channel]!;
  });
  return laid;
}
