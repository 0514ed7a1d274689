import { NODATA_LABEL, rgbOfHex } from '../../crops';
import type { CropMap, MapPreview } from '../../job';
import { PROBABILITY_SCALE } from '../../segment';

/** Red, green, blue, alpha per pixel, row-major: what a canvas takes. */
export interface Picture {
  readonly columns: number;
  readonly rows: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** Light to dark, so that certainty reads as weight; every step also differs in lightness for colour-blind eyes. */
export const CONFIDENCE_RAMP = ['#fff4d6', '#fdc979', '#f0876a', '#b5488c', '#4b2a85'] as const;
/** Below this the network has said next to nothing: with 15 classes, chance is 0.07. */
export const CONFIDENCE_FLOOR = 0.2;

const OPAQUE = 255;
const NODATA_PROBABILITY = 255;

/** Class colours; no data and hidden classes stay transparent. */
export function paintCrops(map: MapPreview, hidden: ReadonlySet<number>): Picture {
  const palette = new Uint8ClampedArray(256 * 4);
  for (const { code, color } of map.card.classes) {
    if (hidden.has(code) || code === NODATA_LABEL) continue;
    palette.set([...rgbOfHex(color), OPAQUE], code * 4);
  }
  return lookUp(map, palette, map.labels);
}

/** Probability of the likeliest class on a ramp; hidden classes stay transparent. */
export function paintConfidence(map: CropMap, hidden: ReadonlySet<number>): Picture {
  const palette = new Uint8ClampedArray(256 * 4);
  for (let stored = 0; stored <= PROBABILITY_SCALE; stored += 1) {
    palette.set([...rampColour(stored / PROBABILITY_SCALE), OPAQUE], stored * 4);
  }
  return lookUp(map, palette, confidenceOf(map, hidden));
}

/** Stored probability of the likeliest class per pixel; 255 where there is none or its class is hidden. */
function confidenceOf(map: CropMap, hidden: ReadonlySet<number>): Uint8Array {
  const pixels = map.labels.length;
  const best = new Uint8Array(pixels);
  for (let index = 0; index < map.card.classes.length; index += 1) {
    const band = map.probabilities.subarray(index * pixels, (index + 1) * pixels);
    for (let at = 0; at < pixels; at += 1) {
      if (band[at]! > best[at]!) best[at] = band[at]!;
    }
  }
  for (let at = 0; at < pixels; at += 1) {
    if (map.labels[at] === NODATA_LABEL || hidden.has(map.labels[at]!)) best[at] = NODATA_PROBABILITY;
  }
  return best;
}

function lookUp(map: Pick<MapPreview, 'grid'>, palette: Uint8ClampedArray, values: Uint8Array): Picture {
  const { columns, rows } = map.grid;
  const rgba = new Uint8ClampedArray(columns * rows * 4);
  for (let at = 0; at < values.length; at += 1) {
    const entry = values[at]! * 4;
    for (let channel = 0; channel < 4; channel += 1) rgba[at * 4 + channel] = palette[entry + channel]!;
  }
  return { columns, rows, rgba };
}

/** Colour of a probability between the floor and 1, linear between the ramp's stops. */
function rampColour(probability: number): [number, number, number] {
  const position = Math.min(Math.max((probability - CONFIDENCE_FLOOR) / (1 - CONFIDENCE_FLOOR), 0), 1);
  const scaled = position * (CONFIDENCE_RAMP.length - 1);
  const at = Math.min(Math.floor(scaled), CONFIDENCE_RAMP.length - 2);
  const low = rgbOfHex(CONFIDENCE_RAMP[at]!);
  const high = rgbOfHex(CONFIDENCE_RAMP[at + 1]!);
  return [0, 1, 2].map((c) => Math.round(low[c]! + (high[c]! - low[c]!) * (scaled - at))) as [number, number, number];
}
