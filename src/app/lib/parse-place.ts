import { bboxWidth, CELL_COUNT, type BboxWgs84, type LonLat } from '../../geo';

/** What a person typed into the place field. */
export type TypedPlace =
  | { readonly kind: 'cell'; readonly index: number }
  | { readonly kind: 'point'; readonly lonLat: LonLat }
  | { readonly kind: 'box'; readonly bbox: BboxWgs84 }
  | { readonly kind: 'no-such-cell' }
  | { readonly kind: 'unreadable' };

const UNREADABLE: TypedPlace = { kind: 'unreadable' };

/**
 * Reads `355` as a cell, `50.09, 14.42` as latitude and longitude (the order people copy from other maps) and
 * `14.40, 50.05, 14.45, 50.10` as west, south, east, north (over 180, or west greater than east, across the 180th
 * meridian). Decimal commas are not read: they separate.
 */
export function parsePlace(text: string): TypedPlace {
  const parts = text
    .trim()
    .split(/[\s,;]+/)
    .filter((part) => part !== '');
  if (parts.length === 0 || !parts.every((part) => /^[+-]?\d+(\.\d+)?°?$/.test(part))) return UNREADABLE;
  const numbers = parts.map((part) => Number.parseFloat(part));
  switch (numbers.length) {
    case 1:
      return cellOf(numbers[0]!);
    case 2:
      return pointOf(numbers[0]!, numbers[1]!);
    case 4:
      return boxOf(numbers as [number, number, number, number]);
    default:
      return UNREADABLE;
  }
}

function cellOf(index: number): TypedPlace {
  if (!Number.isInteger(index)) return UNREADABLE;
  return index >= 0 && index < CELL_COUNT ? { kind: 'cell', index } : { kind: 'no-such-cell' };
}

function pointOf(latitude: number, longitude: number): TypedPlace {
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return UNREADABLE;
  return { kind: 'point', lonLat: [longitude, latitude] };
}

function boxOf([west, south, east, north]: [number, number, number, number]): TypedPlace {
  const bbox: BboxWgs84 = [west, south, east, north];
  if (Math.abs(west) > 360 || Math.abs(east) > 360 || south < -90 || north > 90 || south >= north) return UNREADABLE;
  // West is greater than east across the 180th meridian, and nowhere else.
  return west !== east && bboxWidth(bbox) < 180 ? { kind: 'box', bbox } : UNREADABLE;
}
