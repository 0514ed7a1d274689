import type { Scene } from '../catalog';
import { isObscured, NO_DATA } from './clarity';

/** Parts of a pass are at most this far apart, two orbits that see the same place 100 minutes. */
const SAME_PASS_MS = 30 * 60_000;

/** Pixels of a scene over the window; `dn` is [bands, rows, columns], `scl` is [rows, columns]. */
interface Layer {
  readonly scl: Uint8Array<ArrayBuffer>;
  /** Left out where only the classification is known. */
  readonly dn?: Uint16Array<ArrayBuffer>;
}

/**
 * What the scenes of a day have shown so far. Of each pixel the first scene counts that has seen it; one that is cloudy
 * there is replaced by a clear one of another pass. Scenes of the same pass show the same cloud, so they only fill.
 */
export interface Mosaic extends Layer {
  /** Number of the scene that each pixel comes from, as given to `lay`. */
  readonly scene: Uint16Array;
  /** Number of the pass that each pixel comes from. */
  readonly pass: Uint16Array;
}

/** A mosaic of classes only that nothing was laid on. */
export function emptyMosaic(size: number): Mosaic {
  return { scl: new Uint8Array(size), scene: new Uint16Array(size), pass: new Uint16Array(size) };
}

/** A mosaic of one scene, whose arrays it takes over. */
export function mosaicOf(layer: Layer, scene: number, pass: number): Mosaic {
  const size = layer.scl.length;
  return { ...layer, scene: new Uint16Array(size).fill(scene), pass: new Uint16Array(size).fill(pass) };
}

/** Whether a scene of this pass, not looked at yet, might add pixels. */
export function mayGain({ scl, pass: passes }: Mosaic, pass: number): boolean {
  for (let pixel = 0; pixel < scl.length; pixel++) {
    const own = scl[pixel]!;
    if (own === NO_DATA || (isObscured(own) && passes[pixel] !== pass)) return true;
  }
  return false;
}

/** Whether a scene of this pass and classification adds pixels. */
export function gains(mosaic: Mosaic, scl: Uint8Array, pass: number): boolean {
  for (let pixel = 0; pixel < scl.length; pixel++) if (isBetter(mosaic, pixel, scl[pixel]!, pass)) return true;
  return false;
}

/** Lays a scene on, in place; whether it has added pixels. */
export function lay(mosaic: Mosaic, layer: Layer, scene: number, pass: number): boolean {
  const size = mosaic.scl.length;
  const { dn } = mosaic;
  let added = false;
  for (let pixel = 0; pixel < size; pixel++) {
    const code = layer.scl[pixel]!;
    if (!isBetter(mosaic, pixel, code, pass)) continue;
    mosaic.scl[pixel] = code;
    mosaic.scene[pixel] = scene;
    mosaic.pass[pixel] = pass;
    if (dn) for (let at = pixel; at < dn.length; at += size) dn[at] = layer.dn![at]!;
    added = true;
  }
  return added;
}

function isBetter({ scl, pass: passes }: Mosaic, pixel: number, code: number, pass: number): boolean {
  if (code === NO_DATA) return false;
  const own = scl[pixel]!;
  return own === NO_DATA || (passes[pixel] !== pass && isObscured(own) && !isObscured(code));
}

/** Numbers of the passes that scenes of one day belong to, in the order of the scenes. */
export function passesOf(scenes: readonly Scene[]): number[] {
  const firsts: Scene[] = [];
  return scenes.map((scene) => {
    const known = firsts.findIndex((first) => isSamePass(first, scene));
    return known >= 0 ? known : firsts.push(scene) - 1;
  });
}

function isSamePass(a: Scene, b: Scene): boolean {
  if (a.datatake !== undefined && b.datatake !== undefined && a.datatake !== b.datatake) return false;
  const platforms = [a, b].map(({ platform }) => platform?.toLowerCase() ?? null);
  const same = platforms.includes(null) || platforms[0] === platforms[1];
  return same && Math.abs(Date.parse(a.datetime) - Date.parse(b.datetime)) <= SAME_PASS_MS;
}
