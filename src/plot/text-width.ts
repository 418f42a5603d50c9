/**
 * Widths of DejaVu Sans in thousandths of the font size, for laying out where nothing can measure. Verdana, which
 * stands in for it in browsers, has nearly the same.
 */
const NARROW: Readonly<Record<string, number>> = {
  ' ': 318,
  '.': 318,
  ',': 318,
  ':': 337,
  i: 278,
  j: 278,
  l: 278,
  I: 295,
  '|': 337,
  "'": 275,
  '(': 390,
  ')': 390,
  '-': 361,
  '/': 337,
  f: 352,
  t: 392,
  r: 411,
  s: 521,
  '%': 950,
  '−': 838,
  '+': 838,
  m: 974,
  w: 818,
  M: 863,
  W: 989,
};
const DIGIT_OR_SMALL = 634;
const CAPITAL = 720;
const BOLD = 1.12;

/** Width of a line of text, px; at most a few per cent off. */
export function textWidth(text: string, size: number, bold = false): number {
  let sum = 0;
  for (const character of text) {
    sum += NARROW[character] ?? (/[A-Z]|[^\u0020-\u024f]/u.test(character) ? CAPITAL : DIGIT_OR_SMALL);
  }
  return (sum / 1000) * size * (bold ? BOLD : 1);
}

/** The text, cut with … where it would be wider than `most` px. */
export function fitText(text: string, size: number, most: number, bold = false): string {
  if (textWidth(text, size, bold) <= most) return text;
  const characters = Array.from(text);
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size, bold) > most) characters.pop();
  return characters.length === 0 ? '' : `${characters.join('').trimEnd()}…`;
}
