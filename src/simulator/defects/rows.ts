import { dayPeriod, daysOfMonth, monthOf, type Period } from '../../time/index.js';
import type { Changed, DefectKind } from '../defect-kind.js';
import type { TickRow } from '../tick-batch.js';

/** Defects in the published rows of aggTrades. The klines keep telling what truly happened. */

const common = { dataType: 'aggTrades', target: 'rows' } as const;

function fillsOf(rows: readonly TickRow[]): number {
  return rows.reduce((sum, row) => sum + row.lastFillId - row.firstFillId + 1, 0);
}

/** A run of `share` of the rows, at least `least`, starting at `at` of the day. */
function run(
  rows: readonly TickRow[],
  at: number,
  share: number,
  least: number,
): readonly [from: number, to: number] {
  const from = Math.floor(rows.length * at);
  return [from, Math.min(rows.length, from + Math.max(least, Math.floor(rows.length * share)))];
}

/** So many indices, spread over the day, the first and last row excepted. */
function spread(rows: readonly TickRow[], count: number): number[] {
  const picks = Array.from(
    { length: count },
    (_, i) => 1 + Math.floor(((i + 0.5) * (rows.length - 2)) / count),
  );
  return [...new Set(picks)].filter((index) => index > 0 && index < rows.length - 1);
}

function loss(gone: readonly TickRow[]): Changed {
  return { rowsLost: gone.length, fillsLost: fillsOf(gone) };
}

/** Rows whose time is smaller than the largest one before them. */
function outOfOrder(rows: readonly TickRow[]): number {
  let largest = -Infinity;
  let count = 0;
  for (const row of rows) {
    if (row.timeUs < largest) count++;
    else largest = row.timeUs;
  }
  return count;
}

function periodBefore({ kind, startMs }: Period): readonly Period[] {
  return kind === 'month' ? daysOfMonth(monthOf(startMs - 1)) : [dayPeriod(startMs - 1)];
}

export const ROW_DEFECTS: readonly DefectKind[] = [
  {
    ...common,
    kind: 'consecutive-duplicates',
    fact: 'G-13',
    description: 'Each row of a run of 1 % (at least 5) is written twice in succession.',
    editRows: (rows) => {
      const [from, to] = run(rows, 1 / 3, 0.01, 5);
      const edited = rows.flatMap((row, i) => (i >= from && i < to ? [row, row] : [row]));
      return { rows: edited, changed: { duplicate: edited.length - rows.length } };
    },
  },
  {
    ...common,
    kind: 'conflicting-id',
    fact: 'G-14',
    description:
      'The first row of the day carries the agg_trade_id of the last row of the day before, with its own fills.',
    editRows: (rows, { object, day }) => {
      const [first, ...rest] = rows;
      if (!first) return { rows, changed: {} };
      const both = object.period.kind === 'month' && day.startMs > object.period.startMs;
      // The id that is now skipped is missing between two rows only where a row precedes it.
      return {
        rows: [{ ...first, aggId: first.aggId - 1 }, ...rest],
        changed: { conflictingIds: both ? 1 : 0, missingAggIds: rest.length > 0 || both ? 1 : 0 },
      };
    },
  },
  {
    ...common,
    kind: 'zero-quantity',
    fact: 'G-15',
    description: 'Every 20th row has quantity 0; its fills are still counted.',
    editRows: (rows) => {
      const edited = rows.map((row, i) => (i % 20 === 7 ? { ...row, quantitySteps: 0 } : row));
      return {
        rows: edited,
        changed: { zeroQuantity: edited.filter((row) => row.quantitySteps === 0).length },
      };
    },
  },
  {
    ...common,
    kind: 'sentinel',
    fact: 'G-16',
    description:
      'Three rows are replaced by price 0, quantity 0 and trade ids -1; they keep agg_trade_id and time.',
    editRows: (rows) => {
      const picks = spread(rows, 3);
      const edited = rows.map((row, i) =>
        picks.includes(i)
          ? { ...row, priceTicks: 0, quantitySteps: 0, firstFillId: -1, lastFillId: -1 }
          : row,
      );
      return {
        rows: edited,
        changed: { sentinel: picks.length, fillsLost: fillsOf(picks.map((i) => rows[i]!)) },
      };
    },
  },
  {
    ...common,
    kind: 'truncated-day',
    fact: 'G-17',
    description: 'The day ends at 09:29:10; the later rows are in no object.',
    editRows: (rows, { object, day }) => {
      const endUs = (day.startMs + ((9 * 60 + 29) * 60 + 10) * 1000) * 1000;
      const gone = rows.filter((row) => row.timeUs >= endUs);
      const followed = day.endMs < object.period.endMs;
      return {
        rows: rows.filter((row) => row.timeUs < endUs),
        changed: { ...loss(gone), missingAggIds: followed ? gone.length : 0 },
      };
    },
  },
  {
    ...common,
    kind: 'missing-day-in-monthly',
    fact: 'G-18',
    description: 'The monthly object lacks the whole day; the daily object has it.',
    editRows: (rows, { object, day }) => {
      if (object.period.kind === 'day') return { rows, changed: {} };
      const inside = day.startMs > object.period.startMs && day.endMs < object.period.endMs;
      return { rows: [], changed: { ...loss(rows), missingAggIds: inside ? rows.length : 0 } };
    },
  },
  {
    ...common,
    kind: 'missing-ids',
    fact: 'G-19',
    description: 'A run of 2 % of the rows (at least 3) is left out; the klines know the trades.',
    editRows: (rows) => {
      const [from, to] = run(rows, 0.4, 0.02, 3);
      const gone = rows.slice(from, to);
      return {
        rows: rows.filter((_, i) => i < from || i >= to),
        changed: { ...loss(gone), missingAggIds: gone.length },
      };
    },
  },
  {
    ...common,
    kind: 'missing-fills',
    fact: 'G-21',
    description:
      'Up to 5 rows lack one of their fills and its quantity: a trade-id gap that only the klines explain.',
    editRows: (rows) => {
      const picks = new Set(
        rows
          .map((row, i) => ({ row, i }))
          .filter(
            ({ row, i }) =>
              i > 0 &&
              row.lastFillId > row.firstFillId &&
              row.quantitySteps >= 2 &&
              rows[i - 1]!.lastFillId + 1 === row.firstFillId,
          )
          .slice(0, 5)
          .map(({ i }) => i),
      );
      let stepsLost = 0;
      const edited = rows.map((row, i) => {
        if (!picks.has(i)) return row;
        const share = Math.max(1, Math.floor(row.quantitySteps / (row.lastFillId - row.firstFillId + 1)));
        stepsLost += share;
        return { ...row, firstFillId: row.firstFillId + 1, quantitySteps: row.quantitySteps - share };
      });
      return { rows: edited, changed: { fillsLost: picks.size, tradeIdGaps: picks.size, stepsLost } };
    },
  },
  {
    ...common,
    kind: 'shuffled-rows',
    fact: 'G-12',
    description: 'The rows of the day are in random order.',
    editRows: (rows, { random }) => {
      const edited = [...rows];
      for (let i = edited.length - 1; i > 0; i--) {
        const j = random.below(i + 1);
        [edited[i], edited[j]] = [edited[j]!, edited[i]!];
      }
      return { rows: edited, changed: { outOfOrder: outOfOrder(edited) } };
    },
  },
  {
    ...common,
    target: 'day',
    kind: 'neighbour-day-rows',
    fact: 'G-59',
    description:
      'The daily object ends with the first rows of the next day (1 %, at least 3), which has them too.',
    editRows: (rows, { nextDayRows }) => {
      const more = nextDayRows(Math.max(3, Math.floor(rows.length / 100)));
      return { rows: [...rows, ...more], changed: { outside: more.length } };
    },
  },
  {
    ...common,
    kind: 'monthly-daily-disagree',
    fact: 'G-31',
    description:
      'The monthly object lacks 3 % of the rows at a quarter of the day, the daily one as many at three quarters.',
    editRows: (rows, { object }) => {
      const [from, to] = run(rows, object.period.kind === 'month' ? 0.25 : 0.75, 0.03, 3);
      return {
        rows: rows.filter((_, i) => i < from || i >= to),
        changed: { ...loss(rows.slice(from, to)), missingAggIds: to - from },
      };
    },
  },
  {
    ...common,
    target: 'month',
    kind: 'alternating-streams',
    fact: 'G-12',
    description:
      'The monthly object takes its rows in turn from two streams: its first 87 % of days, and the rest.',
    compose: (days) => {
      const cut = Math.max(1, Math.floor(days.length * 0.87));
      return [days.slice(0, cut), days.slice(cut)];
    },
  },
  {
    ...common,
    target: 'object',
    kind: 'wrong-period-rows',
    fact: '',
    description: 'The object holds the rows of the month (or day) before its own, and none of its own.',
    compose: (_, period) => [periodBefore(period)],
  },
];
