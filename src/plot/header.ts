import type { Role, SceneNode } from './scene.js';
import { fitText, textWidth } from './text-width.js';
import { rectPath } from './scene.js';

export interface LegendEntry {
  readonly label: string;
  readonly role: Role;
}

interface Header {
  readonly title: string;
  readonly hint: string;
  readonly legend: readonly LegendEntry[];
}

const GAP = 14;
const SWATCH = 10;

interface Placed {
  readonly x: number;
  readonly row: number;
  readonly text: string;
  readonly role: Role | null;
  readonly bold: boolean;
}

/** Title, legend, hint from left to right; what does not fit any more goes to the next row. */
function place({ title, hint, legend }: Header, most: number, size: number): Placed[] {
  const placed: Placed[] = [];
  let x = 0;
  let row = 0;
  const add = (wanted: string, role: Role | null, bold: boolean): void => {
    const text = fitText(wanted, size, most - (role === null ? 0 : SWATCH + 4), bold);
    const width = textWidth(text, size, bold) + (role === null ? 0 : SWATCH + 4);
    if (x > 0 && x + width > most) {
      x = 0;
      row++;
    }
    placed.push({ x, row, text, role, bold });
    x += width + GAP;
  };
  if (title !== '') add(title, null, true);
  for (const { label, role } of legend) add(label, role, false);
  if (hint !== '') add(hint, null, false);
  return placed;
}

export function headerHeight(header: Header, most: number, size: number): number {
  const rows = (place(header, most, size).at(-1)?.row ?? -1) + 1;
  return rows * size * 1.5 + size * 0.8;
}

export function drawHeader(
  header: Header,
  left: number,
  top: number,
  most: number,
  size: number,
): SceneNode[] {
  return place(header, most, size).flatMap(({ x, row, text, role, bold }): SceneNode[] => {
    const y = top + size * 1.45 + row * size * 1.5;
    const at = left + x + (role === null ? 0 : SWATCH + 4);
    const ink = bold || role !== null ? 'ink' : 'soft';
    return [
      ...(role === null
        ? []
        : [{ kind: 'path' as const, d: rectPath(left + x, y - SWATCH + 1, SWATCH, SWATCH), fill: role }]),
      { kind: 'text', x: at, y, text, anchor: 'start', role: ink, size, ...(bold && { bold }) },
    ];
  });
}
