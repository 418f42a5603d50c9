import { WIDE_FAMILIES } from '../dataset/index.js';
import type { SymbolRecord } from './record.js';
import type { TableColumn } from './schema.js';

/** Shares have six decimals, and only 1 is 1. */
const SHARE_STEPS = 1e6;

/** Share of the cells of each family that are not null, in the order of the columns; NaN without rows. */
export function familyShares(
  columns: readonly TableColumn[],
  filled: readonly number[],
  rows: number,
): Map<TableColumn['family'], number> {
  const shares = new Map<TableColumn['family'], number>();
  for (const family of [...WIDE_FAMILIES, 'factors'] as const) {
    const own = columns.flatMap((column, index) => (column.family === family ? [filled[index]!] : []));
    if (own.length === 0) continue;
    const cells = own.length * rows;
    const share = own.reduce((sum, count) => sum + count, 0) / cells;
    shares.set(family, Math.floor(share * SHARE_STEPS) / SHARE_STEPS);
  }
  return shares;
}

/** `dataset_summary.csv`: a row a symbol. `filled_{family}` is the share of its cells that are not null. */
export function summaryCsv(columns: readonly TableColumn[], records: readonly SymbolRecord[]): string {
  const families = [...familyShares(columns, [], 1).keys()];
  const header = [
    ...['symbol', 'rows', 'first', 'last', 'valid_for_training', 'holes', 'lives', 'minutes_from'],
    ...families.map((family) => `filled_${family.replaceAll('-', '_')}`),
  ];
  const lines = records.map((record) => {
    const shares = familyShares(columns, record.filled, record.rows);
    const cells = [
      record.symbol,
      record.rows,
      record.first,
      record.last,
      record.validForTraining,
      record.holes,
      record.lives,
      record.minutes,
      ...families.map((family) => shares.get(family)!),
    ];
    return cells.map((cell) => (cell === null || Number.isNaN(cell) ? '' : String(cell))).join(',');
  });
  return `${[header.join(','), ...lines].join('\n')}\n`;
}
