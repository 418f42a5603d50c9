import { DAY_MS, type EpochMs, HOUR_MS } from '../../time/index.js';
import { type AsOfSource, asOfJoin } from '../as-of.js';
import { FLAG, type WideColumnDefinition, columnMaker } from '../column.js';
import { type Rows, barEnds } from '../rows.js';

const NONE = 'no settlement is known, or the last one is older than 24 h';
const column = columnMaker({ whenNull: NONE, window: 'the last settlement' });

/** Group 2: what longs pay to shorts. */
export const FUNDING = {
  funding_rate: column('rate of the last settlement', ['fundingRate.last_funding_rate'], {
    unit: '1 per interval',
  }),
  funding_interval_hours: column('hours between settlements', ['fundingRate.funding_interval_hours'], {
    type: 'int64',
    unit: 'hours',
    range: '[1, 24]',
  }),
  funding_annualized: column(
    'funding_rate × 24 / funding_interval_hours × 365',
    ['funding_rate', 'funding_interval_hours'],
    { unit: '1 per year' },
  ),
  funding_delta: column('funding_rate − that of the previous row', ['funding_rate'], {
    unit: '1 per interval',
    whenNull: `${NONE}, of this row or of the previous one, or there is none`,
    window: 'this row and the one before',
  }),
  arb_pressure: column('1 when |funding_annualized| > 0.30', ['funding_annualized'], FLAG),
  hours_to_funding: column(
    'hours from the end of the bar to the next settlement, by the interval of the last one',
    ['funding_interval_hours', 'bar_end_time'],
    { unit: 'hours', range: '(0, 24]' },
  ),
  funding_age_s: column('seconds from the last settlement to the end of the bar', ['bar_end_time'], {
    unit: 's',
    range: '[0, 86400]',
  }),
} as const satisfies Record<string, WideColumnDefinition>;

export type FundingColumn = keyof typeof FUNDING;
export type FundingSource = AsOfSource<'last_funding_rate' | 'funding_interval_hours'>;

/** Three settlements of 8 hours: after that the symbol is delisted or a month is missing. */
export const FUNDING_MAX_AGE_MS: EpochMs = DAY_MS;
const PRESSURE = 0.3;

export function fundingColumns(
  rows: Rows,
  source: FundingSource,
  maxAgeMs: EpochMs = FUNDING_MAX_AGE_MS,
): Record<FundingColumn, Float64Array> {
  const { columns, ageSeconds } = asOfJoin(barEnds(rows), source, { maxAgeMs });
  const { last_funding_rate: rate, funding_interval_hours: hours } = columns;
  const annualized = rate.map((value, row) => value * (24 / hours[row]!) * 365);
  return {
    funding_rate: rate,
    funding_interval_hours: hours,
    funding_annualized: annualized,
    funding_delta: rate.map((value, row) => value - (rate[row - 1] ?? NaN)),
    arb_pressure: annualized.map((value) => (Number.isNaN(value) ? NaN : Number(Math.abs(value) > PRESSURE))),
    // When a settlement is missing, the next one is still a multiple of the interval away.
    hours_to_funding: ageSeconds.map((age, row) => hours[row]! - (((age * 1000) / HOUR_MS) % hours[row]!)),
    funding_age_s: ageSeconds,
  };
}
