/** One class of the nomenclature (reference spec, section 4.3). */
export interface CropClass {
  readonly code: number;
  readonly name: string;
  /** Label for legends and tables. */
  readonly short: string;
  /** CSS hex colour, `#rrggbb`. */
  readonly color: string;
}

/** The class that training and evaluation ignore. */
export const NOT_CLASSIFIED = 14;

/** Written where a map has no data. */
export const NODATA_LABEL = 255;

/** Codes 1 to 13 are crops; 0 is everything else on the ground. */
export function isCrop(code: number): boolean {
  return code >= 1 && code <= 13;
}

/** The fifteen classes in the order of the network's outputs. */
export const CROP_CLASSES: readonly CropClass[] = [
  { code: 0, name: 'Background', short: 'Background', color: '#000000' },
  { code: 1, name: 'Permanent grassland', short: 'Grassland', color: '#a0db8e' },
  { code: 2, name: 'Annual fruit and vegetable', short: 'Fruit/vegetable', color: '#cc5500' },
  { code: 3, name: 'Summer cereals', short: 'Summer cereals', color: '#e9de89' },
  { code: 4, name: 'Winter cereals', short: 'Winter cereals', color: '#f4ecb1' },
  { code: 5, name: 'Rapeseed', short: 'Rapeseed', color: '#dec928' },
  { code: 6, name: 'Maize', short: 'Maize', color: '#f0a274' },
  { code: 7, name: 'Annual forage crops', short: 'Forage crops', color: '#556b2f' },
  { code: 8, name: 'Sugar beet', short: 'Sugar beet', color: '#94861b' },
  { code: 9, name: 'Flax and hemp', short: 'Flax/Hemp', color: '#767ee1' },
  { code: 10, name: 'Permanent fruit', short: 'Permanent fruit', color: '#7d0015' },
  { code: 11, name: 'Hopyards', short: 'Hopyards', color: '#9299a9' },
  { code: 12, name: 'Vineyards', short: 'Vineyards', color: '#dea7b0' },
  { code: 13, name: 'Other crops', short: 'Other crops', color: '#ff0093' },
  { code: 14, name: 'Not classified', short: 'Not classified', color: '#c0d8ed' },
];

/** Red, green, blue of a `#rrggbb` colour, 0 to 255 each. */
export function rgbOfHex(color: string): [number, number, number] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as [number, number, number];
}
