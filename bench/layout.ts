/** One file in the layout that Earth Search gives its Sentinel-2 bands; sizes in pixels. */
export interface Layout {
  readonly name: string;
  readonly side: number;
  readonly pixelMetres: number;
  readonly block: number;
  readonly overviewBlock: number;
  readonly bits: 8 | 16;
}

/** Layouts read from files of the bucket sentinel-cogs; B11 alone among the 20 m bands has blocks of 1024. */
export const LAYOUTS: readonly Layout[] = [
  { name: 'ten', side: 10980, pixelMetres: 10, block: 1024, overviewBlock: 512, bits: 16 },
  { name: 'twenty', side: 5490, pixelMetres: 20, block: 512, overviewBlock: 256, bits: 16 },
  { name: 'swir', side: 5490, pixelMetres: 20, block: 1024, overviewBlock: 512, bits: 16 },
  { name: 'classes', side: 5490, pixelMetres: 20, block: 512, overviewBlock: 256, bits: 8 },
];

/** Which file stands for which asset: bands of one resolution have one layout, so one file serves them all. */
export const ASSET_FILES: Readonly<Record<string, string>> = {
  B02: 'ten',
  B03: 'ten',
  B04: 'ten',
  B08: 'ten',
  B05: 'twenty',
  B06: 'twenty',
  B07: 'twenty',
  B8A: 'twenty',
  B12: 'twenty',
  B11: 'swir',
  SCL: 'classes',
};

/** Top left corner of tile 33UVR, metres in EPSG:32633. */
export const TILE_CORNER = { epsg: 32633, xMin: 399960, yMax: 5600040 } as const;
