import type { CoverageAnswer, CoverageRow, MonthCoverage, MonthState } from '../../api-types.js';
import { shareText } from '../../format/number.js';
import { monthsBetween } from '../../format/time.js';
import type { HeatCell, HeatData } from '../../ui/heat-data.js';

/** What the calendar shows of an answer. Pure. */

export const STATES: readonly (readonly [state: MonthState, text: string])[] = [
  ['whole', 'whole'],
  ['partial', 'in part'],
  ['failed', 'failed'],
  ['none', 'missing'],
  ['expected-none', 'nothing expected'],
];
const TEXT = new Map(STATES);

/** Rows of a data type (null: of all) whose name has all that was typed. */
export function filterRows(
  { rows }: Pick<CoverageAnswer, 'rows'>,
  dataType: string | null,
  typed: string,
): CoverageRow[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return rows.filter((row) => {
    if (dataType !== null && row.dataType !== dataType) return false;
    const name = `${row.symbol} ${row.dataType}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
}

export function heatOf(answer: CoverageAnswer, rows: readonly CoverageRow[], isOneType: boolean): HeatData {
  const { firstMonth, lastMonth } = answer;
  const months = firstMonth !== null && lastMonth !== null ? monthsBetween(firstMonth, lastMonth) : [];
  const found = rows.map((row) => new Map(row.months.map((one) => [one.month, one])));
  return {
    months,
    rows: rows.map(({ symbol, dataType }) => ({
      key: `${symbol}-${dataType.replaceAll(' ', '_')}`,
      label: symbol,
      note: isOneType ? '' : dataType,
    })),
    cell: (row, column) => cellOf(rows[row], found[row]?.get(months[column] ?? '')),
  };
}

function cellOf(row: CoverageRow | undefined, month: MonthCoverage | undefined): HeatCell | null {
  if (!row || !month || month.state === 'expected-none') return null;
  const share =
    month.state === 'partial' && month.share !== null ? `, ${shareText(month.share, 1)} of its days` : '';
  return {
    look: month.state,
    share: month.state === 'partial' ? month.share : null,
    text: `${row.symbol} ${row.dataType} ${month.month}: ${TEXT.get(month.state) ?? month.state}${share}`,
  };
}

/** How many months are in each state, over the rows. */
export function countStates(rows: readonly CoverageRow[]): ReadonlyMap<MonthState, number> {
  const counts = new Map<MonthState, number>();
  for (const { months } of rows) {
    for (const { state } of months) counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}
