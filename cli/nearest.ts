/** A name is suggested when at most this share of its letters differs: typing errors, not other words. */
const MAX_DIFFERENT_SHARE = 0.5;

/** The candidate with the fewest edits to `word`, or null where none resembles it. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let bestEdits = Infinity;
  for (const candidate of candidates) {
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < bestEdits && edits <= candidate.length * MAX_DIFFERENT_SHARE) {
      best = candidate;
      bestEdits = edits;
    }
  }
  return best;
}

/** Edits between two words: letters put in, left out, replaced, or two neighbours swapped (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const edits = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    edits.push([i]);
    for (let j = 1; j <= b.length; j++) {
      const replaced = edits[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = swap ? edits[i - 2][j - 2] + 1 : Infinity;
      edits[i].push(Math.min(edits[i - 1][j] + 1, edits[i][j - 1] + 1, replaced, swapped));
    }
  }
  return edits[a.length][b.length];
}

/** `Did you mean --season? ` or nothing: a sentence to put before a next step. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const name = nearest(word, candidates);
  return name === null ? '' : `Did you mean ${name}? `;
}
