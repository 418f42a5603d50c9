import type { FactorTable } from '../../src/factors/index.js';
import type { Bar, Table } from './reference.js';

/** Where a table differs from the reference by more than 1e-9 relative; at most ten places. */
export function differences(got: FactorTable, bars: readonly Bar[], want: Table): string[] {
  const wrong: string[] = [];
  const missing = [...want.keys()].filter((name) => !got.names.includes(name));
  const surplus = got.names.filter((name) => !want.has(name));
  if (missing.length > 0) wrong.push(`missing: ${missing.join(', ')}`);
  if (surplus.length > 0) wrong.push(`surplus: ${surplus.join(', ')}`);
  const minutes = bars.map((bar) => bar.startUs / 1000);
  if (minutes.join() !== got.minute.join()) wrong.push(`minutes ${got.minute.join()}, not ${minutes.join()}`);
  for (const [name, { cells, sizes }] of want) {
    const column = got.columns[name];
    if (!column || wrong.length >= 10) continue;
    cells.forEach((cell, row) => {
      if (cell === undefined) return;
      const value = column[row]!;
      const same =
        cell === null
          ? Number.isNaN(value)
          : Math.abs(value - cell) <= 1e-9 * Math.max(Math.abs(cell), sizes[row]!);
      if (!same) wrong.push(`${name}[${row}]: ${value} instead of ${cell}`);
    });
  }
  return wrong.slice(0, 10);
}

/** The first cell in which the first `rows` rows differ in as much as a bit; null when none does. */
export function firstDifference(a: FactorTable, b: FactorTable, rows: number, offset = 0): string | null {
  if (a.names.join() !== b.names.join()) return 'names';
  for (let row = 0; row < rows; row++) {
    if (a.minute[row + offset] !== b.minute[row]) return `minute[${row}]`;
    for (const name of a.names) {
      const [x, y] = [a.columns[name]![row + offset]!, b.columns[name]![row]!];
      if (!Object.is(x, y)) return `${name}[${row}]: ${x} and ${y}`;
    }
  }
  return null;
}
