/**
 * Text on a terminal, measured in cells: letters of Chinese, Japanese and Korean take two, combining marks none.
 */

const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1b000, 0x1b2ff],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function cellsOf(letter: string): number {
  const point = letter.codePointAt(0)!;
  if (point < 0x300) return 1;
  if (ZERO_WIDTH.test(letter)) return 0;
  return WIDE.some(([from, to]) => point >= from && point <= to) ? 2 : 1;
}

/** Colours take no cells. */
// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** Cells that a line takes on a terminal. */
export function displayWidth(text: string): number {
  let cells = 0;
  for (const letter of text.replace(ESCAPES, '')) cells += cellsOf(letter);
  return cells;
}

/**
 * What comes from elsewhere (messages of servers, names of files) as one line that cannot steer the terminal: without
 * control characters, nor marks that reverse the direction of writing.
 */
export function plain(text: string): string {
  return text
    .replace(/[\s]+/g, ' ')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
}

/** The first letters that fit into so many cells. */
function head(text: string, cells: number): string {
  let [taken, used] = ['', 0];
  for (const letter of text) {
    used += cellsOf(letter);
    if (used > cells) break;
    taken += letter;
  }
  return taken;
}

/**
 * The text if it fits, else as much of it as does, with a mark where something is left out.
 * @param where what is left out: ids differ at their ends, so these stay
 */
export function fit(text: string, cells: number, mark = '…', where: 'end' | 'middle' = 'end'): string {
  if (displayWidth(text) <= cells) return text;
  const room = cells - displayWidth(mark);
  if (room <= 0) return head(mark, cells);
  if (where === 'end') return head(text, room).trimEnd() + mark;
  const tail = reversed(head(reversed(text), Math.floor(room / 2)));
  return head(text, room - displayWidth(tail)) + mark + tail;
}

const reversed = (text: string): string => Array.from(text).reverse().join('');

export function pad(text: string, cells: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, cells - displayWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** Lines of at most so many cells, broken between words where possible. */
export function wrap(text: string, cells: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    const joined = line === '' ? rest : `${line} ${rest}`;
    if (displayWidth(joined) <= cells) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    while (displayWidth(rest) > cells) {
      // At least one letter a line, however wide.
      const part = head(rest, cells) || Array.from(rest)[0]!;
      lines.push(part);
      rest = rest.slice(part.length);
    }
    line = rest;
  }
  if (line !== '') lines.push(line);
  return lines;
}
