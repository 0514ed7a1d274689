/** A one-strip, uncompressed GeoTIFF for tests: small enough to check by eye, no writer of ours involved. */
export interface TinyTiff {
  readonly epsg: number;
  readonly xMin: number;
  readonly yMax: number;
  readonly pixelMetres: number;
  readonly columns: number;
  readonly rows: number;
  readonly pixels: Uint8Array | Uint16Array;
  /** 0 where left out, none where null. */
  readonly nodata?: number | null;
}

const SHORT = 3;
const LONG = 4;
const ASCII = 2;
const DOUBLE = 12;
const BYTES_OF_TYPE = new Map([
  [ASCII, 1],
  [SHORT, 2],
  [LONG, 4],
  [DOUBLE, 8],
]);
const HEADER_BYTES = 8;
const ENTRY_BYTES = 12;

type Entry = readonly [tag: number, type: number, values: readonly number[]];

/** The file's bytes: header, one IFD, values that do not fit into it, pixels. Little endian. */
export function tinyTiff(image: TinyTiff): Uint8Array<ArrayBuffer> {
  const { epsg, xMin, yMax, pixelMetres, columns, rows, pixels, nodata = 0 } = image;
  const nodataText = [...String(nodata)].map((letter) => letter.charCodeAt(0));
  const entries = (strip: number): Entry[] => [
    [256, LONG, [columns]],
    [257, LONG, [rows]],
    [258, SHORT, [pixels.BYTES_PER_ELEMENT * 8]],
    [259, SHORT, [1]],
    [262, SHORT, [1]],
    [273, LONG, [strip]],
    [277, SHORT, [1]],
    [278, LONG, [rows]],
    [279, LONG, [pixels.byteLength]],
    [33550, DOUBLE, [pixelMetres, pixelMetres, 0]],
    [33922, DOUBLE, [0, 0, 0, xMin, yMax, 0]],
    [34735, SHORT, [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, epsg]],
    ...(nodata === null ? [] : [[42113, ASCII, [...nodataText, 0]] as const]),
  ];
  const directory = entries(0);
  const directoryEnd = HEADER_BYTES + 2 + directory.length * ENTRY_BYTES + 4;
  const outside = directory.reduce((sum, [, type, values]) => sum + outsideBytes(type, values.length), 0);
  const bytes = new Uint8Array(directoryEnd + outside + pixels.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x4949);
  view.setUint16(2, 42, true);
  view.setUint32(4, HEADER_BYTES, true);
  view.setUint16(HEADER_BYTES, directory.length, true);
  let free = directoryEnd;
  entries(directoryEnd + outside).forEach(([tag, type, values], index) => {
    const at = HEADER_BYTES + 2 + index * ENTRY_BYTES;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, values.length, true);
    const size = outsideBytes(type, values.length);
    if (size > 0) view.setUint32(at + 8, free, true);
    put(view, size > 0 ? free : at + 8, type, values);
    free += size;
  });
  bytes.set(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength), directoryEnd + outside);
  return bytes;
}

function outsideBytes(type: number, count: number): number {
  const size = BYTES_OF_TYPE.get(type)! * count;
  return size > 4 ? size + (size % 2) : 0;
}

function put(view: DataView, at: number, type: number, values: readonly number[]): void {
  values.forEach((value, index) => {
    if (type === ASCII) view.setUint8(at + index, value);
    else if (type === SHORT) view.setUint16(at + index * 2, value, true);
    else if (type === LONG) view.setUint32(at + index * 4, value, true);
    else view.setFloat64(at + index * 8, value, true);
  });
}
