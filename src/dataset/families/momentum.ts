import type { BarMinutes } from '../bar-minutes.js';
import { EPSILON, type WideColumnDefinition, columnMaker, quotient } from '../column.js';
import { rowAt } from '../rows.js';
import { openingHourEndingIn } from '../new-york.js';
import { quantileLinear, sumOf, trendOf } from '../statistics.js';

const column = columnMaker({ unit: '1', window: 'the minutes of the bar', source: 'golden momentum' });
const NO_HEAD = 'no minute of the first three quarters of the bar is there';
const trend = { whenNull: 'fewer than 3 minutes' } as const;
const share = { range: '[0, 1]' } as const;
const flat = 'fewer than 3 minutes, or all prices are equal';

function qrs<X extends 'close' | 'high' | 'low'>(x: X) {
  const input = [`minute.${x}`];
  return {
    [`qrs_beta_${x}_per_hour`]: column(`60 × least-squares slope of ln ${x} on 0 … n − 1`, input, {
      ...trend,
      unit: '1 per hour',
    }),
    [`qrs_r2_${x}`]: column(`R² of that line`, input, { ...share, whenNull: flat }),
    [`qrs_${x}`]: column(`qrs_beta_${x}_per_hour × qrs_r2_${x}`, [`qrs_beta_${x}_per_hour`, `qrs_r2_${x}`], {
      unit: '1 per hour',
      whenNull: flat,
    }),
  } as Record<`qrs_beta_${X}_per_hour` | `qrs_r2_${X}` | `qrs_${X}`, WideColumnDefinition>;
}

/** Group 7: direction within the bar. r is ln of successive closes, 0 for the first minute. */
export const MOMENTUM = {
  seg_head_logret: column(
    'ln(close of the last minute < 45) − ln(first open); in bars of other lengths the first three quarters',
    ['minute.open', 'minute.close'],
    { whenNull: NO_HEAD },
  ),
  seg_tail_logret: column('ln(last close) − ln(that close)', ['minute.close'], { whenNull: NO_HEAD }),
  seg_tail_minus_head: column('tail − head', ['seg_tail_logret', 'seg_head_logret'], { whenNull: NO_HEAD }),
  seg_tail_share: column('tail / (head + tail)', ['seg_tail_logret', 'seg_head_logret'], {
    whenNull: `${NO_HEAD}, or head + tail = 0`,
  }),
  seg_us_open_60m_logret: column(
    'ln(close of 10:29 / open of 09:30 New York time), summer time considered',
    ['minute.open', 'minute.close'],
    { window: '60 minutes', whenNull: '10:29 is not in the bar, or one of the two minutes is missing' },
  ),
  vol_top20_frac: column('share of minutes with volume ≥ their 80 % quantile (linear)', ['minute.volume'], {
    range: '(0, 1]',
  }),
  vol_top20_logret_sum: column('Σ r of these minutes', ['minute.volume', 'minute.close']),
  amihud_signed: column('Σ r / (volume × close)', ['minute.volume', 'minute.close'], { unit: '1/quote' }),
  amihud_abs: column('Σ |r| / (volume × close)', ['minute.volume', 'minute.close'], {
    unit: '1/quote',
    range: '[0, ∞)',
  }),
  ...qrs('close'),
  ...qrs('high'),
  ...qrs('low'),
} as const satisfies Record<string, WideColumnDefinition>;

export type MomentumColumn = keyof typeof MOMENTUM;

export function momentumOf(bar: BarMinutes): Record<MomentumColumn, number> {
  const { returns, volume, close } = bar;
  const quantile = quantileLinear(volume, 0.8);
  const isTop = (i: number): boolean => volume[i]! >= quantile;
  const perQuote = returns.map((r, i) => r / Math.max(volume[i]! * close[i]!, EPSILON));
  return {
    ...segments(bar),
    seg_us_open_60m_logret: usOpen(bar),
    vol_top20_frac: volume.reduce((count, _, i) => count + Number(isTop(i)), 0) / bar.length,
    vol_top20_logret_sum: sumOf(returns.filter((_, i) => isTop(i))),
    amihud_signed: sumOf(perQuote),
    amihud_abs: sumOf(perQuote.map(Math.abs)),
    ...trendColumns('close', close),
    ...trendColumns('high', bar.high),
    ...trendColumns('low', bar.low),
  };
}

function segments({ frequency, place, open, close, length }: BarMinutes) {
  const headEnd = place.findLastIndex((minute) => minute < frequency.minutes * 0.75);
  const middle = Math.log(close[headEnd] ?? NaN);
  const head = middle - Math.log(open[0]!);
  const tail = Math.log(close[length - 1]!) - middle;
  return {
    seg_head_logret: head,
    seg_tail_logret: tail,
    seg_tail_minus_head: tail - head,
    seg_tail_share: quotient(tail, head + tail),
  };
}

/** 09:30 may lie before the bar, never after it. */
function usOpen({ startMs, frequency, grid }: BarMinutes): number {
  const hour = openingHourEndingIn(startMs, startMs + frequency.lengthMs);
  if (hour === null) return NaN;
  const first = grid.open[rowAt(grid.minute, hour.firstMs)] ?? NaN;
  const last = grid.close[rowAt(grid.minute, hour.lastMs)] ?? NaN;
  return Math.log(last) - Math.log(first);
}

function trendColumns<X extends 'close' | 'high' | 'low'>(x: X, prices: Float64Array) {
  const { slope, r2 } = trendOf(prices.map(Math.log));
  return {
    [`qrs_beta_${x}_per_hour`]: slope * 60,
    [`qrs_r2_${x}`]: r2,
    [`qrs_${x}`]: slope * 60 * r2,
  } as Record<`qrs_beta_${X}_per_hour` | `qrs_r2_${X}` | `qrs_${X}`, number>;
}
