/**
 * Quantiles of sorted numbers, of which there is at least one: between two ranks linearly, as NumPy, R (type 7) and
 * spreadsheets do.
 * @param share 0 to 1
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const rank = share * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below]!;
  return low + (sorted[Math.min(below + 1, sorted.length - 1)]! - low) * (rank - below);
}
