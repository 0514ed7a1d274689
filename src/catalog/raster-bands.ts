import * as v from 'valibot';
import { NAME_FIELDS } from './band-names';
import { maybe } from './maybe';

/** A value of STAC that may be a number or its text; `nan` and `inf` are none that whole pixels could hold. */
const NUMBER = maybe(v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.finite()));

const PIXELS = { nodata: NUMBER, scale: NUMBER, offset: NUMBER, 'raster:scale': NUMBER, 'raster:offset': NUMBER };

const BAND = v.object({ ...PIXELS, ...NAME_FIELDS });

/** What assets say of their pixels: `raster:bands` of STAC 1.0, `bands` or the asset itself in 1.1. */
export const PIXEL_FIELDS = {
  ...PIXELS,
  'raster:bands': maybe(v.array(maybe(BAND))),
  bands: maybe(v.array(maybe(BAND))),
};

export type RawPixels = {
  readonly [Field in keyof typeof PIXEL_FIELDS]: v.InferOutput<(typeof PIXEL_FIELDS)[Field]>;
};

/** What a band's asset declares of its pixels. */
export interface DeclaredPixels {
  readonly nodata: number | null;
  /** Added to a DN to make it reflectance x 10 000: offset / scale. */
  readonly offsetDn: number | null;
}

export function declaredPixels(asset: RawPixels): DeclaredPixels {
  const places = [asset['raster:bands']?.[0], asset.bands?.[0], asset].filter(
    (place) => place !== null && place !== undefined,
  );
  const first = (...names: readonly (keyof typeof PIXELS)[]): number | null =>
    places.flatMap((place) => names.map((name) => place[name])).find((value) => value !== null) ?? null;
  const scale = first('raster:scale', 'scale');
  const offset = first('raster:offset', 'offset');
  return {
    nodata: first('nodata'),
    offsetDn: offset === null || scale === null || scale === 0 ? null : Math.round(offset / scale),
  };
}
