import type { ErrorEntry } from '../entry';

/** Places: boxes, cells, coordinate systems. */
export const GEO_ERRORS = {
  'geo/bad-bbox': {
    message: 'The box {bbox} cannot be used: {reason}.',
    nextStep: 'Give west, south, east, north in degrees, such as 14.3,50.0,14.4,50.1.',
  },
  'geo/beyond-utm': {
    message:
      'The area reaches to latitude {latitude}; Sentinel-2 tiles and maps end with UTM at {south} and {north} degrees.',
    nextStep: 'Choose an area between 80 degrees south and 84 degrees north.',
  },
  'geo/area-too-large': {
    message: 'The area is {width} x {height} km; at most {most} km on a side can be mapped at once.',
    nextStep: 'Choose a smaller area, or map it in parts.',
  },
  'geo/no-such-cell': {
    message: 'There is no cell {index}.',
    nextStep: 'Cells of the Czech grid are numbered from 0 to {last}.',
  },
  'geo/unknown-crs': {
    message: 'The coordinate system EPSG:{epsg} is not known here.',
    nextStep: 'Use a UTM zone on WGS84 (EPSG:32601 to 32660, 32701 to 32760), EPSG:4326, 3857 or 5514.',
  },
} as const satisfies Record<string, ErrorEntry>;
