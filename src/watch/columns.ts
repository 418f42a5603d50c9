import type { Style, Tone } from './style.js';
import { displayWidth, fit, pad } from './text.js';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  /** Painted already, and as wide as `text`: a bar. */
  readonly painted?: string;
}

export interface Column {
  readonly align?: 'left' | 'right';
  /** May be cut down to so many cells. */
  readonly min?: number;
  readonly cut?: 'end' | 'middle';
  /** Left out where there is no room, the highest number first; never without one. */
  readonly drop?: number;
}

const GAP = 2;

/** Rows as lines of at most `width` cells; columns are cut or left out as they allow. */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  style: Style,
  indent = 0,
): string[] {
  if (rows.length === 0) return [];
  const room = width - indent;
  const natural = columns.map((_, i) => Math.max(...rows.map((row) => displayWidth(row[i]?.text ?? ''))));
  const shown = columns.map((_, i) => natural[i]! > 0);
  const least = (i: number): number => Math.min(natural[i]!, columns[i]!.min ?? Infinity);
  const total = (size: (i: number) => number): number => {
    const sizes = columns.flatMap((_, i) => (shown[i] ? [size(i)] : []));
    return sizes.reduce((sum, cells) => sum + cells, 0) + GAP * Math.max(0, sizes.length - 1);
  };
  while (total(least) > room) {
    const droppable = columns
      .map((column, i) => ({ i, drop: column.drop ?? 0 }))
      .filter(({ i, drop }) => shown[i] && drop > 0)
      .sort((a, b) => b.drop - a.drop);
    if (!droppable[0]) break;
    shown[droppable[0].i] = false;
  }
  const widths = [...natural];
  for (let over = total((i) => widths[i]!) - room; over > 0; over--) {
    // From the one that has the most to give, so that no column suffers alone.
    const at = columns.reduce(
      (best, _, i) =>
        shown[i] && widths[i]! - least(i) > (best < 0 ? 0 : widths[best]! - least(best)) ? i : best,
      -1,
    );
    if (at < 0) break;
    widths[at]!--;
  }
  return rows.map((row) => {
    const cells: string[] = [];
    let used = indent;
    columns.forEach((column, i) => {
      if (!shown[i]) return;
      const gap = cells.length === 0 ? 0 : GAP;
      // What even the least does not fit into is cut at the edge.
      const cellWidth = Math.max(0, Math.min(widths[i]!, width - used - gap));
      const { text = '', tone = 'plain', painted } = row[i] ?? {};
      const cut = fit(text, cellWidth, style.more, column.cut);
      const space = pad('', cellWidth - displayWidth(cut));
      const ink = painted !== undefined && cut === text ? painted : style.paint(cut, tone);
      cells.push(' '.repeat(gap) + (column.align === 'right' ? space + ink : ink + space));
      used += gap + cellWidth;
    });
    return trimEnd(' '.repeat(indent) + cells.join(''));
  });
}

/** Of a line in which what is painted ends before the spaces. */
function trimEnd(line: string): string {
  return line.replace(/ +$/, '');
}
