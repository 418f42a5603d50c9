/**
 * Compares two texts by their UTF-8 bytes, the order of keys in an S3 listing. JavaScript's own `<` compares
 * UTF-16 units and puts surrogate pairs (above U+FFFF) before U+E000 … U+FFFF; UTF-8 puts them after.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Moves surrogates behind all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
