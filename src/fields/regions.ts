import type { RegionMap } from './types';

/**
 * Numbers the 4-connected patches of equal labels: two passes with union-find, so time is linear in the pixels and no
 * stack grows with the patches.
 *
 * @param labels class code per pixel, [rows, columns]
 */
export function labelRegions(labels: Uint8Array, columns: number, rows: number): RegionMap {
  const parents = new Int32Array(columns * rows);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const joinsLeft = column > 0 && labels[at] === labels[at - 1];
      const joinsUp = row > 0 && labels[at] === labels[at - columns];
      parents[at] = joinsLeft ? parents[at - 1] : joinsUp ? parents[at - columns] : at;
      if (joinsLeft && joinsUp) join(parents, at, at - columns);
    }
  }
  return numberRoots(labels, parents, columns, rows);
}

/** The smallest pixel of a patch becomes its root, so roots are met first when read row by row. */
function join(parents: Int32Array, a: number, b: number): void {
  const rootA = rootOf(parents, a);
  const rootB = rootOf(parents, b);
  if (rootA < rootB) parents[rootB] = rootA;
  else parents[rootA] = rootB;
}

/** Halves the path while it walks up, which keeps trees flat. */
function rootOf(parents: Int32Array, pixel: number): number {
  let at = pixel;
  let parent = parents[at];
  while (parent !== at) {
    const grandparent = parents[parent];
    parents[at] = grandparent;
    at = grandparent;
    parent = parents[at];
  }
  return at;
}

function numberRoots(labels: Uint8Array, parents: Int32Array, columns: number, rows: number): RegionMap {
  const regions = new Int32Array(parents.length);
  const rootLabels: number[] = [];
  const sizes: number[] = [];
  for (let at = 0; at < parents.length; at++) {
    const root = rootOf(parents, at);
    if (root === at) {
      regions[at] = sizes.length;
      rootLabels.push(labels[at]);
      sizes.push(0);
    } else {
      regions[at] = regions[root];
    }
    const region = regions[at];
    sizes[region]++;
  }
  return {
    columns,
    rows,
    regions,
    count: sizes.length,
    labels: Uint8Array.from(rootLabels),
    pixels: Int32Array.from(sizes),
  };
}
