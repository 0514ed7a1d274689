import { type CloudLimit, MAX_NODATA_PERCENT, MAX_SNOW_PERCENT } from './cloud-limits';
import { seenPercent } from './parts';
import type { Scene } from './types';

/**
 * Why a scene is not worth reading, in a sentence; null where it is. The tile is seen as far as all parts together show
 * it; cloud and snow count by what is less, their share of the scene or of all parts together.
 * @param parts the scenes of its acquisition in its processing, itself too
 */
export function unfitness(
  scene: Scene,
  parts: readonly Scene[],
  limit: CloudLimit,
  table: Exclude<keyof CloudLimit, 'month'>,
): string | null {
  const seen = sum(parts.map(seenPercent));
  const snow = least(
    scene.snowPercent,
    mean(parts, ({ snowPercent }) => snowPercent),
  );
  const cloud = least(
    scene.cloudPercent,
    mean(parts, ({ cloudPercent }) => cloudPercent),
  );
  if (seen !== null && seen < 100 - MAX_NODATA_PERCENT) {
    return `Only ${percent(seen)} of the tile was seen.`;
  }
  if (snow !== null && snow > MAX_SNOW_PERCENT) {
    return `Snow on ${percent(snow)} of the scene; at most ${MAX_SNOW_PERCENT} % is allowed.`;
  }
  if (cloud !== null && cloud > limit[table]) {
    return `Clouds over ${percent(cloud)} of the scene; at most ${limit[table]} % is allowed in ${limit.month}.`;
  }
  return null;
}

/** Null where one of them is not known. */
function sum(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : values.reduce<number>((total, value) => total + value!, 0);
}

/** A share of all parts together, each by what it shows of the tile; null where one does not tell it. */
function mean(parts: readonly Scene[], share: (scene: Scene) => number | null): number | null {
  const weights = parts.map((part) => seenPercent(part) ?? 100);
  const total = sum(weights)!;
  const weighted = sum(parts.map((part, at) => (share(part) === null ? null : share(part)! * weights[at]!)));
  return weighted === null || total === 0 ? null : weighted / total;
}

/** The smaller of two shares; that of the scene itself counts alone where it is not known for all. */
function least(own: number | null, ofAll: number | null): number | null {
  return own === null || ofAll === null ? own : Math.min(own, ofAll);
}

/** Small shares keep a digit, so that 0.4 % is not read as nothing. */
function percent(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}
