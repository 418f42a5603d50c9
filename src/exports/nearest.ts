/** More suggestions than this are no help. */
const LISTED = 5;

/** Names that contain the text, or differ from it by few letters: the best first, at most five. */
export function nearest(text: string, names: readonly string[]): string[] {
  const wanted = text.toLowerCase();
  const most = Math.max(2, Math.floor(wanted.length / 3));
  return names
    .map((name, order) => {
      const lower = name.toLowerCase();
      const isPart = wanted.length > 2 && lower.includes(wanted);
      return { name, order, distance: isPart ? 0.5 : editDistance(wanted, lower) };
    })
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance || a.order - b.order)
    .slice(0, LISTED)
    .map(({ name }) => name);
}

/** Fewest insertions, deletions and replacements of a letter (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
