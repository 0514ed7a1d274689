/** CRS of the Czech grid: all twelve tiles are read in zone 33, those east of 18 degrees too. */
export const CZECH_EPSG = 32633;

/** Side of a Sentinel-2 tile, metres: the 100 km square and the overlap with its neighbours. */
export const TILE_METRES = 109_800;

/** A Sentinel-2 tile by its lower left corner, metres in UTM 33N. */
interface Tile {
  /** MGRS name without the leading T. */
  readonly name: string;
  readonly xMin: number;
  readonly yMin: number;
}

/** The tiles over Czechia in the order of the cell index (reference spec, section 1.3). */
export const TILES: readonly Tile[] = [
  { name: '33UUQ', xMin: 300_000, yMin: 5_390_220 },
  { name: '33UUR', xMin: 300_000, yMin: 5_490_240 },
  { name: '33UVQ', xMin: 399_960, yMin: 5_390_220 },
  { name: '33UVR', xMin: 399_960, yMin: 5_490_240 },
  { name: '33UVS', xMin: 399_960, yMin: 5_590_200 },
  { name: '33UWQ', xMin: 499_980, yMin: 5_390_220 },
  { name: '33UWR', xMin: 499_980, yMin: 5_490_240 },
  { name: '33UWS', xMin: 499_980, yMin: 5_590_200 },
  { name: '33UXQ', xMin: 600_000, yMin: 5_390_220 },
  { name: '33UXR', xMin: 600_000, yMin: 5_490_240 },
  { name: '33UYQ', xMin: 699_960, yMin: 5_390_220 },
  { name: '33UYR', xMin: 699_960, yMin: 5_490_240 },
];
