import type { ErrorEntry } from '../entry';

/** Reading and writing GeoTIFF. */
export const RASTER_ERRORS = {
  'raster/corrupt': {
    message: '{url} is not a sound GeoTIFF: {what}.',
    nextStep: 'The file on the server is damaged or is not a TIFF; leave its scene out or choose another source.',
  },
  'raster/corrupt-tile': {
    message: 'Tile {tile} of {url} cannot be decoded: {what}.',
    nextStep:
      'Run again; if it stays, the file on the server is damaged: leave its scene out or choose another source.',
  },
  'raster/unsupported': {
    message: '{url} is a TIFF of a kind that is not read here: {what}.',
    nextStep: 'Rewrite it north-up as a Cloud Optimized GeoTIFF (gdalwarp -of COG -co COMPRESS=DEFLATE).',
  },
  'raster/nodata-outside-type': {
    message: 'The nodata value {value} of {url} does not fit its pixel type ({type}).',
    nextStep: 'Set the right nodata value (gdal_edit.py -a_nodata VALUE) or remove it (gdal_edit.py -unsetnodata).',
  },
  'raster/misaligned': {
    message: 'The pixels of {url} do not fit the grid asked for: {what}.',
    nextStep: 'Ask for a window in the CRS of the raster, with edges on its pixels.',
  },
  'raster/invalid-request': {
    message: 'This cannot be read or written as a raster: {what}.',
    nextStep: 'Choose a smaller or different window; if it was chosen by the program itself, report it.',
  },
} as const satisfies Record<string, ErrorEntry>;
