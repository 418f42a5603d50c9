import { HOUR_MS } from '../../time/index.js';
import { FLAG, type WideColumnDefinition, columnMaker } from '../column.js';
import { quantileBefore, rollingZ } from '../rolling.js';
import type { Rows } from '../rows.js';

const flag = columnMaker({ ...FLAG });
const column = columnMaker({ range: '[0, ∞)' });
const PREVIOUS = { window: 'this row and the one before' } as const;

/** Group 6: what to make of the row. Flags are never null: 0 says that nothing speaks for 1, be it for want of rows. */
export const QUALITY = {
  gap_seconds: column('seconds from the start of the previous row to that of this one', ['minute'], {
    ...PREVIOUS,
    unit: 's',
    range: '(0, ∞)',
    whenNull: 'there is no previous row',
  }),
  under_maintenance: flag('1 when gap_seconds > length of the bar + 5', ['gap_seconds'], PREVIOUS),
  cooldown_no_trade: flag(
    '1 for a row under_maintenance and those that start up to 2 h after it',
    ['under_maintenance'],
    { window: '2 h' },
  ),
  trade_allowed: flag('1 − cooldown_no_trade', ['cooldown_no_trade'], { window: '2 h' }),
  is_stable: flag('1 when cooldown_no_trade = 0: the same as trade_allowed', ['cooldown_no_trade'], {
    window: '2 h',
  }),
  is_spike: flag('1 when |ln(close / previous close)| > 0.5', ['close'], PREVIOUS),
  is_volume_spike: flag('1 when |z of volume| > 5 (sample standard deviation)', ['volume'], {
    window: '168 rows ending with this one, at least 24',
  }),
  volume_clean: column('volume, at most the 99 % quantile (linear) of the rows before', ['volume'], {
    unit: 'base',
    window: '720 rows before this one, at least 24',
    whenNull: 'there are fewer than 24 rows before',
  }),
  is_mature: flag('1 when there are 24 rows before this one', ['minute'], { window: 'all rows before' }),
  is_valid_for_training: flag(
    '1 when trade_allowed, is_mature, neither is_spike nor is_volume_spike, and n_minutes_kept is at least 5/6 of the bar',
    ['trade_allowed', 'is_mature', 'is_spike', 'is_volume_spike', 'n_minutes_kept'],
    { window: '168 rows' },
  ),
  dq_exact_share: column(
    'share of the minutes that the audit compared with their klines and that equal them',
    ['quality.minutes_off', 'quality.days'],
    { range: '[0, 1]', whenNull: 'no minute of the bar was compared, or no audit was run', source: 'audit' },
  ),
  dq_flags: column(
    'sum of the flags of what the audit found in the bar (docs/audit.md); 0: every minute is right',
    ['quality.minutes_off', 'quality.days'],
    { type: 'int64', whenNull: 'no audit was run of the symbol', source: 'audit' },
  ),
} as const satisfies Record<string, WideColumnDefinition>;

/**
 * What is said of a bar after the fact, from klines that are published later: no feature, and no part of the proof that
 * nothing knows the future. They are null until somebody who knows fills them in.
 */
export const AFTERTHOUGHTS = [
  'dq_exact_share',
  'dq_flags',
] as const satisfies readonly (keyof typeof QUALITY)[];

export type QualityColumn = Exclude<keyof typeof QUALITY, (typeof AFTERTHOUGHTS)[number]>;

const GAP_TOLERANCE_S = 5;
const COOLDOWN_MS = 2 * HOUR_MS;
const SPIKE = 0.5;
const VOLUME_SPIKE_Z = 5;
const MATURE_ROWS = 24;
const KEPT_SHARE = 50 / 60;

export interface QualityInputs {
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly n_minutes_kept: Float64Array;
}

export function qualityColumns(rows: Rows, inputs: QualityInputs): Record<QualityColumn, Float64Array> {
  const { minute, frequency } = rows;
  const { close, volume } = inputs;
  const gap = minute.map((start, row) => (start - (minute[row - 1] ?? NaN)) / 1000);
  const maintenance = gap.map((seconds) => Number(seconds > frequency.lengthMs / 1000 + GAP_TOLERANCE_S));
  let restarted = -Infinity;
  const cooldown = maintenance.map((flagged, row) => {
    if (flagged === 1) restarted = minute[row]!;
    return Number(minute[row]! - restarted <= COOLDOWN_MS);
  });
  const allowed = cooldown.map((flagged) => 1 - flagged);
  const spike = close.map((price, row) =>
    Number(Math.abs(Math.log(price / (close[row - 1] ?? NaN))) > SPIKE),
  );
  const volumeSpike = rollingZ(volume, 168, 24).map((z) => Number(Math.abs(z) > VOLUME_SPIKE_Z));
  const cap = quantileBefore(volume, 0.99, 720, 24);
  const mature = minute.map((_, row) => Number(row >= MATURE_ROWS));
  const fewest = frequency.minutes * KEPT_SHARE;
  return {
    gap_seconds: gap,
    under_maintenance: maintenance,
    cooldown_no_trade: cooldown,
    trade_allowed: allowed,
    is_stable: allowed.slice(),
    is_spike: spike,
    is_volume_spike: volumeSpike,
    volume_clean: volume.map((value, row) => Math.min(value, cap[row]!)),
    is_mature: mature,
    is_valid_for_training: allowed.map((yes, row) =>
      Number(
        yes === 1 &&
          mature[row] === 1 &&
          spike[row] === 0 &&
          volumeSpike[row] === 0 &&
          inputs.n_minutes_kept[row]! >= fewest,
      ),
    ),
  };
}
