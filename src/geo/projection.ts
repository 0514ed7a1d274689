import proj4, { type Converter } from 'proj4';
import { CropError } from '../errors';
import type { LonLat } from './types';

/**
 * S-JTSK / Krovak East North with the seven parameters of EPSG:5239 (good to 1 m). The usual default with three
 * parameters is off by up to 16.6 m, more than a pixel.
 */
const KROVAK =
  '+proj=krovak +lat_0=49.5 +lon_0=24.8333333333333 +alpha=30.2881397527778 +k=0.9999 +x_0=0 +y_0=0 +ellps=bessel ' +
  '+towgs84=572.213,85.334,461.94,4.9732,1.529,5.2484,3.5378 +units=m +no_defs';

const WEB_MERCATOR =
  '+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +no_defs';

const WGS84 = '+proj=longlat +datum=WGS84 +no_defs';

const converters = new Map<number, Converter>();

/**
 * Degrees to a CRS: metres, or degrees for 4326.
 * @param epsg a UTM zone on WGS84 (32601 to 32660, 32701 to 32760), 4326, 3857 or 5514
 * @throws CropError `geo/unknown-crs`
 */
export function project(epsg: number, [longitude, latitude]: LonLat): [x: number, y: number] {
  const [x, y] = converter(epsg).forward([longitude, latitude]) as [number, number];
  return [x, y];
}

/**
 * A CRS to degrees; the inverse of `project`.
 * @throws CropError `geo/unknown-crs`
 */
export function unproject(epsg: number, x: number, y: number): LonLat {
  const [longitude, latitude] = converter(epsg).inverse([x, y]) as [number, number];
  return [longitude, latitude];
}

function converter(epsg: number): Converter {
  let known = converters.get(epsg);
  if (known === undefined) {
    known = proj4(WGS84, definition(epsg));
    converters.set(epsg, known);
  }
  return known;
}

function definition(epsg: number): string {
  if (epsg === 4326) return WGS84;
  if (epsg === 3857) return WEB_MERCATOR;
  if (epsg === 5514) return KROVAK;
  const zone = epsg % 100;
  const hemisphere = { 326: '', 327: ' +south' }[Math.floor(epsg / 100)];
  if (!Number.isInteger(epsg) || hemisphere === undefined || zone < 1 || zone > 60) {
    throw new CropError('geo/unknown-crs', { epsg });
  }
  return `+proj=utm +zone=${zone}${hemisphere} +datum=WGS84 +units=m +no_defs`;
}
