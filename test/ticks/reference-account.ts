import type { OutsideSpan, RowAccount } from '../../src/ticks/index.js';
import type { Period } from '../../src/time/index.js';
import type { ClassedRows } from './reference.js';
import type { CsvFile, CsvRow } from './reference-csv.js';

/** The account of all rows for the reference; see `RowAccount` for what each figure means. */
export function accountOf(file: CsvFile, classed: ClassedRows, period: Period): RowAccount {
  const { ticks, duplicates, sentinels, outside, conflicts } = classed;
  const special = new Set<CsvRow>([...sentinels, ...outside]);
  const inPeriod = file.rows.filter((row) => !special.has(row));
  const ids = ticks.map((tick) => tick.id);
  const times = ticks.map((tick) => tick.timeUs);
  const missing = missingRanges(file.rows, Math.min(...ids), Math.max(...ids));
  const least = (values: number[]): number | null => (values.length === 0 ? null : Math.min(...values));
  const most = (values: number[]): number | null => (values.length === 0 ? null : Math.max(...values));
  return {
    rows: file.rows.length + file.malformed.length,
    accepted: ticks.length,
    duplicate: duplicates.length,
    sentinel: sentinels.length,
    outside: outside.length,
    malformed: file.malformed.length,
    zeroQuantity: ticks.filter((tick) => tick.quantity.numerator === 0n).length,
    outOfOrder: countOutOfOrder(inPeriod),
    conflictingIds: conflicts,
    firstAggId: least(ids),
    lastAggId: most(ids),
    firstTs: least(times),
    lastTs: most(times),
    missingAggIds: missing.reduce((sum, [from, to]) => sum + (to - from + 1), 0),
    missingAggIdRanges: missing.length,
    missingAggIdList: missing.slice(0, 1000),
    tradeIdGaps: countFillGaps(inPeriod),
    outsideBefore: span(outside.filter((row) => row.timeUs < period.startMs * 1000)),
    outsideAfter: span(outside.filter((row) => row.timeUs >= period.endMs * 1000)),
    firstMalformed: file.malformed[0] ?? null,
    header: file.header,
    timeUnit: file.timeUnit,
  };
}

function countOutOfOrder(rows: readonly CsvRow[]): number {
  let largest = -Infinity;
  let count = 0;
  for (const { timeUs } of rows) {
    if (timeUs < largest) count++;
    largest = Math.max(largest, timeUs);
  }
  return count;
}

/** Neighbouring rows with successive ids that leave trade ids out between them. */
function countFillGaps(rows: readonly CsvRow[]): number {
  return rows.filter((row, i) => {
    const before = rows[i - 1];
    return before !== undefined && row.id === before.id + 1 && row.firstFill > before.lastFill + 1;
  }).length;
}

/** Stretches strictly between the first and the last accepted id that no well-formed row carries, inclusive. */
function missingRanges(rows: readonly CsvRow[], firstId: number, lastId: number): [number, number][] {
  const ids = [...new Set(rows.map((row) => row.id))].sort((a, b) => a - b);
  const within = ids.filter((id) => id >= firstId && id <= lastId);
  return within.flatMap((id, i): [number, number][] => {
    const next = within[i + 1];
    return next === undefined || next === id + 1 ? [] : [[id + 1, next - 1]];
  });
}

function span(rows: readonly CsvRow[]): OutsideSpan | null {
  if (rows.length === 0) return null;
  const times = rows.map((row) => row.timeUs);
  return { rows: rows.length, firstTs: Math.min(...times), lastTs: Math.max(...times) };
}
