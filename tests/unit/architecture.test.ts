import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** Ground first; a room imports only from lower floors (docs/house.md). */
const FLOORS = [
  ['crops', 'geo', 'errors', 'net', 'objects'],
  ['store'],
  ['catalog', 'raster'],
  ['series'],
  ['segment', 'fields', 'accuracy'],
  ['job'],
  ['app', 'widget'],
];
/** Errors are the one room that everybody on the ground may use. */
const EVERYBODYS = 'errors';

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? sourceFiles(path) : /\.(ts|svelte)$/.test(name) ? [path] : [];
  });
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** What of the other room is named: empty for its door. */
  readonly behind: string;
}

function importsBetweenRooms(): Import[] {
  return sourceFiles(SRC).flatMap((file) => {
    const from = relative(SRC, file).split(sep)[0]!;
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)]
      .map((match) => relative(SRC, resolve(file, '..', match[1]!)).split(sep))
      .filter(([to]) => to !== from && to !== '..')
      .map(([to, ...behind]) => ({ file: relative(SRC, file), from, to: to!, behind: behind.join('/') }));
  });
}

describe('the house', () => {
  const imports = importsBetweenRooms();

  it('is seen by this test', () => {
    expect(imports.length).toBeGreaterThan(20);
    expect(imports.map(({ from }) => floorOf(from))).not.toContain(-1);
  });

  it('lets data go one way: rooms import only from lower floors', () => {
    const upward = imports.filter(({ from, to }) => to !== EVERYBODYS && floorOf(to) >= floorOf(from));
    expect(upward).toEqual([]);
  });

  it('is entered by doors only', () => {
    expect(imports.filter(({ behind }) => behind !== '')).toEqual([]);
  });
});
