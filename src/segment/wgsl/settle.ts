import { binding, QUAD, quadsOf, SIZES } from './source';

/** Invocations that share the tiles of a group. */
const THREADS = 64;

/**
 * GroupNorm's scale and shift of each channel from the moments that tiles of `rows` x `columns` pixels left. Bindings:
 * sizes, moments, gamma and beta, then scales and shifts: of each quad its scales, then its shifts. One workgroup a group.
 *
 * Means and spreads are joined two and two (Chan, Golub, LeVeque 1983), which keeps all digits.
 */
export function settleShader(of: {
  readonly channels: number;
  readonly groups: number;
  readonly epsilon: number;
  readonly rows: number;
  readonly columns: number;
}): string {
  const { channels, groups, rows, columns } = of;
  const each = channels / groups;
  const quads = quadsOf(channels);
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
  let down = (sizes.outRows + ${rows - 1}u) / ${rows}u;
  let across = (sizes.outColumns + ${columns - 1}u) / ${columns}u;
  var mine = Spread(0.0, 0.0, 0.0);
  for (var at = me; at < down * across * ${each}u; at += ${THREADS}u) {
    let tile = at / ${each}u;
    let first = tile * ${quads * 2 * QUAD}u + place(group.x * ${each}u + at % ${each}u);
    let height = min(${rows}u, sizes.outRows - tile / across * ${rows}u);
    let width = min(${columns}u, sizes.outColumns - tile % across * ${columns}u);
    mine = join(mine, Spread(f32(height * width), moments[first], moments[first + ${QUAD}u]));
  }
  spreads[me] = mine;
  for (var half = ${THREADS / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (me < half) { spreads[me] = join(spreads[me], spreads[me + half]); }
  }
  workgroupBarrier();
  let all = spreads[0];
  let inverse = inverseSqrt(all.squares / all.count + ${of.epsilon.toExponential()});
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
