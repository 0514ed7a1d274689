import type { ModelCard } from '../../../../src/segment';
import type { SeriesTile } from '../../../../src/series';
import { mulberry32 } from '../../../support/random';

/** One date of a painted landscape: normalised [bands, rows, columns]. */
export interface Landscape {
  readonly rows: number;
  readonly columns: number;
  readonly days: readonly number[];
  readonly pixels: readonly Float32Array<ArrayBuffer>[];
}

/** Reflectance x 10 000 of bare soil and of dense green crop in the ten bands, rounded from published spectra. */
const SOIL = [900, 1200, 1600, 1800, 2000, 2200, 2400, 2500, 3200, 2800];
const CROP = [300, 600, 350, 900, 2800, 3600, 3900, 4000, 1900, 900];
/** When a field greens up and is harvested, days since 1 September: winter crop, rapeseed, summer crop, grass. */
const SEASONS = [
  [170, 300],
  [130, 285],
  [265, 390],
  [60, 420],
] as const;
/** Mean distance of field centres, in pixels of 10 m: fields of 6 to 9 hectares. */
const FIELD_PIXELS = 28;
/** Noise within a field, as a share of the reflectance. */
const NOISE = 0.02;

/** Fields of four kinds, each greening up and ripening as its kind does; the same for the same seed. */
export function paintLandscape(
  input: ModelCard['input'],
  rows: number,
  columns: number,
  days: readonly number[],
  seed: number,
): Landscape {
  const random = mulberry32(seed);
  const count = Math.ceil((rows * columns) / FIELD_PIXELS ** 2);
  const centres = Array.from({ length: count }, () => [random() * columns, random() * rows] as const);
  const fieldOf = Uint16Array.from({ length: rows * columns }, (_, at) => {
    const distance = centres.map(([x, y]) => (x - (at % columns)) ** 2 + (y - Math.floor(at / columns)) ** 2);
    return distance.indexOf(Math.min(...distance));
  });
  const shifts = centres.map(() => (random() - 0.5) * 16);
  const pixels = days.map((day) => {
    const green = centres.map((_, field) => greenness(day - shifts[field]!, SEASONS[field % SEASONS.length]!));
    const values = new Float32Array(input.bands.length * rows * columns);
    for (let at = 0; at < values.length; at++) {
      const band = Math.floor(at / (rows * columns));
      const share = green[fieldOf[at % (rows * columns)]!]!;
      const dn = (SOIL[band]! * (1 - share) + CROP[band]! * share) * (1 + (random() - 0.5) * 2 * NOISE);
      values[at] = (Math.round(dn) - input.mean[band]!) / input.std[band]!;
    }
    return values;
  });
  return { rows, columns, days, pixels };
}

/** A rectangle of a landscape. */
export function cutTile(
  land: Landscape,
  rect: { readonly column: number; readonly row: number; readonly columns: number; readonly rows: number },
): SeriesTile {
  const plane = land.rows * land.columns;
  const pixels = land.pixels.map((ofDate) => {
    const bands = ofDate.length / plane;
    const cut = new Float32Array(bands * rect.rows * rect.columns);
    for (let line = 0; line < bands * rect.rows; line++) {
      const from = Math.floor(line / rect.rows) * plane + (rect.row + (line % rect.rows)) * land.columns + rect.column;
      cut.set(ofDate.subarray(from, from + rect.columns), line * rect.columns);
    }
    return cut;
  });
  return { rows: rect.rows, columns: rect.columns, days: land.days, pixels };
}

/** 0 for soil to 1 for a closed crop: two logistic slopes of about three weeks. */
function greenness(day: number, [greenUp, harvest]: readonly [number, number]): number {
  const slope = (at: number) => 1 / (1 + Math.exp(-(day - at) / 8));
  return slope(greenUp) * (1 - slope(harvest));
}
