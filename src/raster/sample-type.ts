import { CropError } from '../errors';
import type { PixelType } from './pixel-types';
import { LOW_BITS_FIRST, SAMPLE_FORMAT } from './tiff-codes';
import { numbersOf, type Directory } from './tiff-directories';

export interface SampleType {
  readonly bitsPerSample: number;
  /** What the pixels become in memory; those of less than 8 bits become bytes. */
  readonly pixelType: PixelType;
}

const FORMATS: Readonly<Record<number, string>> = {
  [SAMPLE_FORMAT.unsigned]: 'unsigned',
  [SAMPLE_FORMAT.signed]: 'signed',
  [SAMPLE_FORMAT.float]: 'floating point',
  [SAMPLE_FORMAT.unknown]: 'unsigned',
  5: 'complex whole',
  6: 'complex',
};

const TYPES: Readonly<Record<string, PixelType>> = {
  'unsigned 1': 'uint8',
  'unsigned 2': 'uint8',
  'unsigned 4': 'uint8',
  'unsigned 8': 'uint8',
  'unsigned 16': 'uint16',
  'unsigned 32': 'uint32',
  'signed 8': 'int8',
  'signed 16': 'int16',
  'signed 32': 'int32',
  'floating point 32': 'float32',
  'floating point 64': 'float64',
};

const BYTE_BITS = 8;

/** The pixels of all bands of an image. Throws `raster/unsupported` where they differ or are of a kind not read here. */
export function sampleTypeOf(url: string, directory: Directory): SampleType {
  const bits = Array.from(numbersOf(directory, 'BitsPerSample') ?? [1]);
  const formats = Array.from(numbersOf(directory, 'SampleFormat') ?? [SAMPLE_FORMAT.unsigned]);
  const unsupported = (what: string) => new CropError('raster/unsupported', { url, what });
  const [first = 1] = bits;
  const [format = SAMPLE_FORMAT.unsigned] = formats;
  if (bits.some((value) => value !== first) || formats.some((value) => value !== format)) {
    throw unsupported('its bands have pixels of different types');
  }
  const name = `${FORMATS[format] ?? `format ${format}`} ${first}`;
  const pixelType = TYPES[name];
  if (pixelType === undefined) throw unsupported(`its pixels are ${name} bit`);
  if (first < BYTE_BITS && numbersOf(directory, 'FillOrder')?.[0] === LOW_BITS_FIRST) {
    throw unsupported('its pixels are stored lowest bit first');
  }
  return { bitsPerSample: first, pixelType };
}
