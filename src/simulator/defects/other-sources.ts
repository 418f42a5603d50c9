import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../time/index.js';
import type { DefectKind } from '../defect-kind.js';
import { METRICS_WINDOW_MS, type MetricsRow } from '../metrics.js';

/** Defects of klines, metrics and funding rates. */

const klines = { dataType: 'klines' } as const;
const metrics = { dataType: 'metrics', target: 'day' } as const;
const funding = { dataType: 'fundingRate', target: 'month' } as const;

export const KLINE_DEFECTS: readonly DefectKind[] = [
  {
    ...klines,
    target: 'object',
    kind: 'kline-wrong',
    fact: 'G-31',
    description: 'One 1m kline that has volume states one step of volume and one fill more than there were.',
    editKlines: (rows) => {
      const index = rows.findIndex((row, i) => i >= rows.length / 2 && row.fills > 0);
      if (index < 0) return { rows, changed: { klines: 0 } };
      const edited = rows.map((row, i) =>
        i === index ? { ...row, steps: row.steps + 1n, fills: row.fills + 1 } : row,
      );
      return { rows: edited, changed: { klines: 1, openMs: rows[index]!.openMs } };
    },
  },
  {
    ...klines,
    target: 'object',
    kind: 'kline-missing-rows',
    fact: 'G-31',
    description: 'Ten 1m klines in succession are left out.',
    editKlines: (rows) => {
      const from = Math.floor(rows.length / 3);
      return {
        rows: rows.filter((_, i) => i < from || i >= from + 10),
        changed: { klines: 10, openMs: rows[from]?.openMs ?? 0 },
      };
    },
  },
  {
    ...klines,
    target: 'object',
    kind: 'kline-header-flipped',
    fact: 'G-2',
    description: 'The 1m object has a header where its kind has none, or none where it has one.',
    klineLayout: (layout) => ({ ...layout, header: !layout.header }),
  },
];

export const METRICS_DEFECTS: readonly DefectKind[] = [
  {
    ...metrics,
    kind: 'metrics-odd-seconds',
    fact: 'G-44',
    description: 'Every 7th row is stamped 1 to 3 s late (00:05:01).',
    editMetrics: (rows) => {
      const edited = rows.map((row, i) =>
        i % 7 === 3 ? { ...row, stampMs: row.stampMs + 1000 * (1 + (i % 3)) } : row,
      );
      return {
        rows: edited,
        changed: { oddStamps: edited.filter((row) => row.stampMs % METRICS_WINDOW_MS !== 0).length },
      };
    },
  },
  {
    ...metrics,
    kind: 'metrics-blank-cells',
    fact: 'G-44',
    description: 'Every 11th row has blank ratios.',
    editMetrics: (rows) => {
      const edited = rows.map((row, i) => (i % 11 === 5 ? { ...row, blanks: true } : row));
      return { rows: edited, changed: { blankRows: edited.filter((row) => row.blanks === true).length } };
    },
  },
  {
    ...metrics,
    kind: 'metrics-next-day-row',
    fact: 'G-43, G-44',
    description: 'The first row of the next day is appended.',
    editMetrics: (rows, { nextDay }) => {
      const more = nextDay().slice(0, 1);
      return { rows: [...rows, ...more], changed: { nextDayRows: more.length } };
    },
  },
  {
    ...metrics,
    kind: 'metrics-duplicate-stamps',
    fact: 'G-44',
    description: 'Three stamps occur twice, the second time with other open interest.',
    editMetrics: (rows) => {
      const picks = [0.2, 0.5, 0.8].map((part) => Math.floor(rows.length * part));
      const edited = rows.flatMap((row, i) => (picks.includes(i) ? [row, shifted(row)] : [row]));
      return { rows: edited, changed: { duplicateStamps: edited.length - rows.length } };
    },
  },
  {
    ...metrics,
    kind: 'metrics-once-a-day',
    fact: 'G-10',
    description: 'One row for the whole day.',
    editMetrics: (rows) => ({ rows: rows.slice(0, 1), changed: { rowsLost: Math.max(0, rows.length - 1) } }),
  },
  {
    ...metrics,
    kind: 'metrics-zero-open-interest',
    fact: 'G-44',
    description: 'Open interest and its value are 0 (0E-16) in a quarter of the rows.',
    editMetrics: (rows) => {
      const edited = rows.map((row, i) =>
        i % 4 === 1 ? { ...row, openInterest: 0n, openInterestValue: 0n } : row,
      );
      return { rows: edited, changed: { zeroRows: edited.filter((row) => row.openInterest === 0n).length } };
    },
  },
  {
    ...metrics,
    kind: 'metrics-short',
    fact: 'G-44',
    description: 'The day ends at 13:30.',
    editMetrics: (rows, { object }) => {
      const kept = rows.filter((row) => row.stampMs <= object.period.startMs + 13 * HOUR_MS + 30 * MINUTE_MS);
      return { rows: kept, changed: { rowsLost: rows.length - kept.length } };
    },
  },
  {
    ...metrics,
    kind: 'metrics-missing-day',
    fact: 'G-44',
    description: 'The object does not exist.',
    publish: (publication) => ({ ...publication, absent: true }),
  },
];

function shifted(row: MetricsRow): MetricsRow {
  return { ...row, openInterest: row.openInterest + 100_000_000n };
}

export const FUNDING_DEFECTS: readonly DefectKind[] = [
  {
    ...funding,
    kind: 'funding-interval-change',
    fact: 'G-46',
    description:
      'From the 10th on funding is every 4 hours, from the 20th on every hour, and the interval column says so.',
    editFunding: (rows, { object }) => {
      const edited = rows.flatMap((row) => {
        const day = Math.floor((row.calcMs - object.period.startMs) / DAY_MS) + 1;
        const hours = day < 10 ? 8 : day < 20 ? 4 : 1;
        return Array.from({ length: 8 / hours }, (_, i) => ({
          ...row,
          calcMs: row.calcMs + i * hours * HOUR_MS,
          intervalHours: hours,
        }));
      });
      return { rows: edited, changed: { rowsAdded: edited.length - rows.length } };
    },
  },
  {
    ...funding,
    kind: 'funding-jitter',
    fact: 'G-9',
    description: 'Every calc_time is up to 2 s late.',
    editFunding: (rows, { random }) => ({
      rows: rows.map((row) => ({ ...row, calcMs: row.calcMs + 1 + random.below(1999) })),
      changed: { rows: rows.length },
    }),
  },
  {
    ...funding,
    kind: 'funding-after-delisting',
    fact: 'G-46',
    description:
      'After the delisting (plant one) the rate goes on as a constant 0.0001 to the end of the month.',
    editFunding: (rows, { object, life }) => {
      const edited = [...rows];
      const { startMs, endMs } = object.period;
      for (let t = startMs; t < endMs; t += 8 * HOUR_MS) {
        if (t > life.delistedMs) edited.push({ calcMs: t, intervalHours: 8, rate: 10_000n });
      }
      return { rows: edited, changed: { fakeRows: edited.length - rows.length } };
    },
  },
];
