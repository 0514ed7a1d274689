import type { Directory } from './tiff-directories';

/**
 * UTM zones on datums that follow WGS84 within two metres, a fifth of a pixel: EPSG codes from first to last, and the
 * WGS84 / UTM code of the first. Older datums (ED50, NAD27) lie a hundred metres off and are not among them.
 */
const ALIKE: readonly (readonly [first: number, last: number, wgs84: number])[] = [
  [25828, 25838, 32628], // ETRS89 / UTM 28N to 38N
  [3038, 3051, 32626], // ETRS89 / TM26 to TM39, the same with the axes named northing first
  [26901, 26923, 32601], // NAD83 / UTM 1N to 23N
  [31965, 31976, 32611], // SIRGAS 2000 / UTM 11N to 22N
  [31977, 31985, 32717], // SIRGAS 2000 / UTM 17S to 25S
  [28348, 28358, 32748], // GDA94 / MGA 48 to 58
  [7846, 7859, 32746], // GDA2020 / MGA 46 to 59
  [6688, 6692, 32651], // JGD2011 / UTM 51N to 55N
];

/** The WGS84 / UTM code whose coordinates are the same within two metres; any other code as it is. */
export function asWgs84Utm(epsg: number): number {
  const range = ALIKE.find(([first, last]) => epsg >= first && epsg <= last);
  return range === undefined ? epsg : range[2] + epsg - range[0];
}

/** Values of GeoTIFF keys (GeoTIFF 1.1, annex B) and of UTM. */
const TRANSVERSE_MERCATOR = 1;
const METRE = 9001;
const DATUMS_LIKE_WGS84: ReadonlySet<unknown> = new Set([4326, 4258, 4269]);
const UTM = { scale: 0.9996, easting: 500_000, southNorthing: 10_000_000, zones: 60, degrees: 6, west: -183 };
const NORTH_CODE = 32_600;
const SOUTH_CODE = 32_700;
/** Codes of ProjectionGeoKey: 16001 to 16060 are the northern zones, 16101 to 16160 the southern. */
const NORTH_PROJECTION = 16_000;
const SOUTH_PROJECTION = 16_100;

/** The WGS84 / UTM code of a CRS that is spelt out by its parameters instead of named, or null. */
export function utmByParameters({ geoKeys }: Pick<Directory, 'geoKeys'>): number | null {
  if (!DATUMS_LIKE_WGS84.has(geoKeys['GeographicTypeGeoKey'])) return null;
  if ((geoKeys['ProjLinearUnitsGeoKey'] ?? METRE) !== METRE) return null;
  const projection = Number(geoKeys['ProjectionGeoKey']);
  if (isZone(projection - NORTH_PROJECTION)) return NORTH_CODE + projection - NORTH_PROJECTION;
  if (isZone(projection - SOUTH_PROJECTION)) return SOUTH_CODE + projection - SOUTH_PROJECTION;
  if (geoKeys['ProjCoordTransGeoKey'] !== TRANSVERSE_MERCATOR) return null;
  const zone = (Number(geoKeys['ProjNatOriginLongGeoKey']) - UTM.west) / UTM.degrees;
  const northing = geoKeys['ProjFalseNorthingGeoKey'];
  const isUtm =
    isZone(zone) &&
    geoKeys['ProjNatOriginLatGeoKey'] === 0 &&
    geoKeys['ProjScaleAtNatOriginGeoKey'] === UTM.scale &&
    geoKeys['ProjFalseEastingGeoKey'] === UTM.easting;
  if (!isUtm) return null;
  return northing === 0 ? NORTH_CODE + zone : northing === UTM.southNorthing ? SOUTH_CODE + zone : null;
}

function isZone(zone: number): boolean {
  return Number.isInteger(zone) && zone >= 1 && zone <= UTM.zones;
}
