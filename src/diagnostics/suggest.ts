/** "Did you mean …?" by edit distance. */
import { distance } from "fastest-levenshtein";

/** The candidate nearest to `word`, or null where none is near. Swapped neighbours count once, case hardly at all. */
export function suggest(word: string, candidates: Iterable<string>): string | null {
  const limit = word.length <= 3 ? 1 : word.length <= 7 ? 2 : 3;
  let best: string | null = null;
  let least = limit + 1;
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - word.length) > limit) continue;
    const apart = edits(word.toLowerCase(), candidate.toLowerCase());
    if (apart < least && apart < Math.max(word.length, candidate.length)) {
      best = candidate;
      least = apart;
    }
  }
  return best;
}

function edits(a: string, b: string): number {
  if (a === b) return 0.25;
  let i = 0;
  while (a[i] === b[i]) i++;
  const swapped = a.slice(0, i) + (a[i + 1] ?? "") + (a[i] ?? "") + a.slice(i + 2);
  return swapped === b ? 1 : distance(a, b);
}
