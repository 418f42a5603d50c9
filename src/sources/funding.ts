import { HOUR_MS, MINUTE_MS } from '../time/index.js';
import type { CsvColumn } from './csv-layout.js';
import type { Coverage } from './gaps.js';
import type { ObjectContext, RowReader, SourceKind } from './kind.js';
import { type SourceColumn, type SourceTable, TIME_COLUMNS } from './table.js';

/** Funding rates as they were settled. */

const CSV: readonly CsvColumn[] = [
  { name: 'calc_time' },
  { name: 'funding_interval_hours' },
  { name: 'last_funding_rate' },
];
const [CALC_TIME, INTERVAL, RATE] = [0, 1, 2] as const;

/** Settlements are on the hour; what is further from it than this is no jitter, and left as it is. */
export const FUNDING_JITTER_MS = MINUTE_MS;

const JITTER = 1;
const REPAIRS = ['calc_time moved to the hour'];

const COLUMNS: readonly SourceColumn[] = [
  ...TIME_COLUMNS,
  {
    name: 'calc_time',
    type: 'timestamp_ms',
    unit: '',
    meaning: 'the time as published, some ms after the hour',
    whenNull: null,
    compared: false,
  },
  {
    name: 'funding_interval_hours',
    type: 'int64',
    unit: 'hours',
    meaning: 'hours between two settlements: 8, 4 or 1, and it changes',
    whenNull: null,
    compared: true,
  },
  {
    name: 'last_funding_rate',
    type: 'double',
    unit: '1 per interval',
    meaning: 'paid by longs to shorts, as a share of the position; by shorts to longs when negative',
    whenNull: null,
    compared: true,
  },
];

function reader({ period }: ObjectContext): RowReader {
  return (cells, row) => {
    const stamp = cells.time(CALC_TIME);
    const hours = cells.count(INTERVAL);
    const rate = cells.decimal(RATE);
    if (hours < 1 || hours > 24) cells.refuse(INTERVAL);
    // To the nearest, so that a stamp just before the hour does not become known an hour early.
    const hour = Math.round(stamp / HOUR_MS) * HOUR_MS;
    const time = Math.abs(stamp - hour) < FUNDING_JITTER_MS ? hour : stamp;
    row.values.set([time, time, stamp, hours, rate]);
    row.stamp = stamp;
    row.repairs = time === stamp ? 0 : JITTER;
    row.place = time < period.startMs ? -1 : time >= period.endMs ? 1 : 0;
  };
}

/**
 * A settlement is missing where two are further apart than either says. Where the interval changes, it is not
 * published whether a row speaks of the hours before or after it, so the longer one is believed.
 */
function coverage({ columns, length }: SourceTable, { period }: ObjectContext): Coverage {
  const { time, funding_interval_hours: hours } = columns as {
    time: Float64Array;
    funding_interval_hours: Float64Array;
  };
  const ends = time.map((t, i) => t + Math.max(hours[i]!, hours[i + 1] ?? 0) * HOUR_MS);
  const steps = hours.reduce((smallest, value) => Math.min(smallest, value), 8);
  return {
    fromMs: period.startMs,
    toMs: length === 0 ? null : period.endMs,
    starts: time,
    ends,
    stepMs: steps * HOUR_MS,
  };
}

export const FUNDING_RATE: SourceKind = {
  dataType: 'fundingRate',
  title: 'Funding rates: what longs paid to shorts at each settlement',
  markets: ['um', 'cm'],
  hasInterval: false,
  cadences: ['month'],
  known: 'at calc_time; ms of jitter belong to the hour',
  dialects: [
    {
      markets: ['um', 'cm'],
      from: null,
      until: null,
      says: 'every 8, 4 or 1 hours, and that changes over time',
    },
    { markets: ['um', 'cm'], from: null, until: null, says: 'calc_time is up to some ms after the hour' },
    {
      markets: ['um', 'cm'],
      from: null,
      until: null,
      says: 'after a delisting a constant 0.0001 may go on; kept, only the bars can tell',
    },
  ],
  csv: CSV,
  repairs: REPAIRS,
  csvRows: 'each',
  schema: () => ({ columns: COLUMNS, sameWhen: 'time', moreIsRight: null }),
  reader,
  coverage,
};
