import type { FactorTable } from '../factors/index.js';
import { formatUtcSeconds } from '../time/index.js';

/** Header line of a factor CSV: `minute` and the names of the table, in order. */
export function csvHeader(names: readonly string[]): string {
  return `minute,${names.join(',')}\n`;
}

/**
 * Rows of a factor table as CSV lines, without a header. `minute` is printed as pandas prints a UTC timestamp;
 * numbers are the shortest decimals that read back to the same double, integers without a point; null is an
 * empty cell. Very small and very large numbers have an exponent (`1e-7`), which every CSV reader takes.
 */
export function csvRows(table: FactorTable): string {
  const columns = table.names.map((name) => table.columns[name]!);
  const lines: string[] = [];
  for (let row = 0; row < table.length; row++) {
    let line = formatUtcSeconds(table.minute[row]!);
    for (const column of columns) {
      const value = column[row]!;
      line += Number.isNaN(value) ? ',' : `,${value}`;
    }
    lines.push(line, '\n');
  }
  return lines.join('');
}
