import { HOUR_MS } from '../../time/index.js';
import type { BarMinutes, KeptMinutes } from '../bar-minutes.js';
import { EPSILON, FLAG, type WideColumnDefinition, columnMaker, quotient } from '../column.js';
import { deviation, mean, ratios, sumOf, sumOfSquares } from '../statistics.js';

const column = columnMaker({ range: '[0, ∞)', window: 'the kept minutes', source: 'golden volatility' });
const VOLUME = ['minute.volume'];
const SHARE = { range: '[0, 1]', whenNull: 'no volume' } as const;
const TAIL = { range: '[0, 1)', whenNull: 'the close does not move' } as const;

/** Group 10: what it costs to trade. `liq_` is liquidity; liquidations have the prefix `liquidation_`. */
export const LIQUIDITY = {
  liq_amihud: column('mean |r| / volume, without the first minute', ['minute.close', 'minute.volume'], {
    unit: '1/base',
    whenNull: 'only one minute',
  }),
  liq_last_5min_R: column('share of the last 5 minutes of the bar in its volume', VOLUME, SHARE),
  liq_funding_impact: column('share of its first 5 and its last 5 minutes', VOLUME, {
    ...SHARE,
    range: '[0, 2]',
  }),
  liq_top_of_hour_ratio: column('share of its first 10 minutes', VOLUME, SHARE),
  is_funding_hour: column('1 when the bar starts in the hours 0, 8 or 16 UTC', ['minute'], FLAG),
  liq_range_vol_ratio: column('mean (high − low) / volume', ['minute.high', 'minute.low', 'minute.volume'], {
    unit: 'quote/base²',
  }),
  liq_spread_std: column('standard deviation of (high − low) / close', [
    'minute.high',
    'minute.low',
    'minute.close',
  ]),
  liq_tail_risk: column('√Σ r² of the last 10 minutes / (√Σ r² + 10⁻¹²)', ['minute.close'], TAIL),
  liq_tail_var_share: column('Σ r² of the last 10 minutes / (Σ r² + 10⁻¹²)', ['minute.close'], TAIL),
} as const satisfies Record<string, WideColumnDefinition>;

export type LiquidityColumn = keyof typeof LIQUIDITY;

export function liquidityOf(bar: BarMinutes, kept: KeptMinutes): Record<LiquidityColumn, number> {
  const { returns, volume, place, high, low, close } = kept;
  const { minutes } = bar.frequency;
  const total = sumOf(volume);
  const volumeWhere = (wanted: (place: number) => boolean): number =>
    sumOf(volume.filter((_, i) => wanted(place[i]!)));
  const last5 = volumeWhere((minute) => minute >= minutes - 5);
  const first5 = volumeWhere((minute) => minute < 5);
  const first10 = volumeWhere((minute) => minute < 10);

  const squares = sumOfSquares(returns);
  const tail = sumOfSquares(returns.filter((_, i) => place[i]! >= minutes - 10));
  const range = high.map((x, i) => x - low[i]!);
  return {
    liq_amihud: mean(ratios(returns.subarray(1).map(Math.abs), volume.subarray(1), EPSILON)),
    liq_last_5min_R: quotient(last5, total),
    liq_funding_impact: quotient(first5 + last5, total),
    liq_top_of_hour_ratio: quotient(first10, total),
    is_funding_hour: Number(new Set([0, 8, 16]).has(Math.floor(bar.startMs / HOUR_MS) % 24)),
    liq_range_vol_ratio: mean(ratios(range, volume, EPSILON)),
    liq_spread_std: deviation(ratios(range, close, EPSILON)),
    // The golden values have the 10⁻¹²; in quiet hours it shows from the eighth digit on.
    liq_tail_risk: squares > 0 ? Math.sqrt(tail) / (Math.sqrt(squares) + EPSILON) : NaN,
    liq_tail_var_share: squares > 0 ? tail / (squares + EPSILON) : NaN,
  };
}
