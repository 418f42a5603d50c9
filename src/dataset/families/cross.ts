import { type EpochMs, HOUR_MS } from '../../time/index.js';
import { type WideColumnDefinition, columnMaker, quotient } from '../column.js';
import { rollingMean } from '../rolling.js';
import { type Rows, rowAt } from '../rows.js';

const column = columnMaker();
const back = (hours: number): WideColumnDefinition =>
  column(`close / close of the bar ${hours} h earlier − 1`, ['close'], {
    range: '(-1, ∞)',
    window: `${hours} h`,
    whenNull: `that bar is missing, or ${hours} h are no multiple of the bar`,
  });

/** Group 15: against the row's own past, and against other symbols at the same time. */
export const CROSS = {
  funding_pressure: column('funding_rate − its median over the symbols of the bar', ['funding_rate'], {
    unit: '1 per interval',
    window: 'the bar, all symbols',
    whenNull: 'funding_rate is null',
  }),
  relative_volume: column('volume / its mean over the symbols of the bar', ['volume'], {
    range: '[0, ∞)',
    window: 'the bar, all symbols',
    whenNull: 'no symbol has volume',
  }),
  turnover_ratio: column('volume / its mean over 24 rows', ['volume'], {
    range: '[0, 24]',
    window: '24 rows ending with this one',
    whenNull: 'fewer than 24 rows, or their mean is 0',
  }),
  price_efficiency: column(
    'rv_std_sqrt60 / (ATR24 / close), ATR24 being the mean of the true range over 24 rows',
    ['rv_std_sqrt60', 'high', 'low', 'close'],
    {
      unit: '1 per √hour',
      range: '[0, ∞)',
      window: '24 rows ending with this one, and the close before them',
      whenNull: 'fewer than 24 rows, or ATR24 = 0',
    },
  ),
  returns_1h: back(1),
  returns_24h: back(24),
  returns_168h: back(168),
  vol_regime: column('rv_std_sqrt60 / its mean over 168 rows', ['rv_std_sqrt60'], {
    range: '[0, 168]',
    window: '168 rows ending with this one',
    whenNull: 'fewer than 168 rows, or their mean is 0',
  }),
} as const satisfies Record<string, WideColumnDefinition>;

export type CrossColumn = keyof typeof CROSS;
/** Columns that need all symbols; see `cross-section.ts`. */
export type AcrossSymbolsColumn = 'funding_pressure' | 'relative_volume';
export type AcrossTimeColumn = Exclude<CrossColumn, AcrossSymbolsColumn>;

export interface CrossInputs {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly rv_std_sqrt60: Float64Array;
}

export function acrossTimeColumns(rows: Rows, inputs: CrossInputs): Record<AcrossTimeColumn, Float64Array> {
  const { close, volume, rv_std_sqrt60: rv } = inputs;
  const range = rollingMean(trueRange(inputs), 24);
  const over = (column: Float64Array, window: number): Float64Array => {
    const usual = rollingMean(column, window);
    return column.map((value, row) => quotient(value, usual[row]!));
  };
  return {
    turnover_ratio: over(volume, 24),
    price_efficiency: rv.map((value, row) => quotient(value, range[row]! / close[row]!)),
    returns_1h: returnsOver(rows, close, HOUR_MS),
    returns_24h: returnsOver(rows, close, 24 * HOUR_MS),
    returns_168h: returnsOver(rows, close, 168 * HOUR_MS),
    vol_regime: over(rv, 168),
  };
}

/** Largest of high − low and of the distances of both from the previous close (Wilder 1978); high − low in the first row. */
function trueRange({ high, low, close }: CrossInputs): Float64Array {
  return high.map((top, row) => {
    const before = close[row - 1];
    const bottom = low[row]!;
    if (before === undefined) return top - bottom;
    return Math.max(top - bottom, Math.abs(top - before), Math.abs(bottom - before));
  });
}

/** By time, not by rows: after a gap the row 24 rows back is not 24 hours old. */
function returnsOver({ minute }: Rows, close: Float64Array, backMs: EpochMs): Float64Array {
  return close.map((price, row) => quotient(price, close[rowAt(minute, minute[row]! - backMs)] ?? NaN) - 1);
}
