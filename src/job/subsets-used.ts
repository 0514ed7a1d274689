/** Of the numbers of subsets that tiles were made from (0 = the tile has no date), each once, ascending. */
export function subsetsUsed(ofTiles: Iterable<number>): readonly number[] {
  return [...new Set(ofTiles)].filter((subsets) => subsets > 0).sort((a, b) => a - b);
}
