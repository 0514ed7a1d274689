import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CropError } from '../src/errors';
import type { Place } from '../src/job';
import type { OptionValues } from './parse';
import { placesOfGeoJson } from './places-geojson';
import { pointsOfCsv } from './points-csv';
import type { CommandContext } from './terminal';
import { badValue } from './values';

const WGS84 = 4326;

/**
 * The places that `--points` or `--parcels` names; null where neither is given.
 * @throws cli/usage-bad-value, cli/no-such-file, cli/unreadable-file, cli/bad-places, cli/no-places
 */
export async function placesOf(values: OptionValues, { terminal, signal }: CommandContext): Promise<Place[] | null> {
  const epsg = crsOf(values);
  const points = values.get('points');
  const path = points ?? values.get('parcels');
  if (path === undefined) return null;
  const text = await read(path, resolve(terminal.workingFolder, path), signal);
  // Files are known by what is in them: names end in .json, .geojson, .txt and .csv alike.
  const isJson = /^\s*\{/.test(text);
  if (points === undefined) return placesOfGeoJson(text, path, 'parcels');
  return isJson ? placesOfGeoJson(text, path, 'points') : pointsOfCsv(text, path, epsg);
}

function crsOf(values: OptionValues): number {
  const value = values.get('crs');
  if (value === undefined) return WGS84;
  const match = /^(?:EPSG:)?(\d{4,5})$/i.exec(value);
  if (match === null) throw badValue('crs', value, 'it is no EPSG code', 'a code such as EPSG:32633');
  return Number(match[1]);
}

async function read(path: string, absolute: string, signal: AbortSignal): Promise<string> {
  try {
    return await readFile(absolute, { encoding: 'utf8', signal });
  } catch (error) {
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new CropError('cli/no-such-file', { path }, error);
    throw new CropError('cli/unreadable-file', { path, reason: (error as Error).message }, error);
  }
}
