import { DAY_MS, type EpochMs, MINUTE_MS, epochMs } from '../time/index.js';
import type { CsvColumn } from './csv-layout.js';
import type { Coverage } from './gaps.js';
import type { ObjectContext, RowReader, SourceKind } from './kind.js';
import { type SourceColumn, type SourceTable, TIME_COLUMNS } from './table.js';

/** Open interest and long/short ratios every 5 minutes. */

export const METRICS_STEP_MS = 5 * MINUTE_MS;

/** `um` objects of earlier days stamp a row at the end of its 5 minutes, later ones and all of `cm` at the start. */
export const METRICS_LABEL_CHANGE_MS = epochMs(2026, 6, 25);

const CSV: readonly CsvColumn[] = [
  { name: 'create_time' },
  { name: 'symbol' },
  { name: 'sum_open_interest' },
  { name: 'sum_open_interest_value' },
  { name: 'count_toptrader_long_short_ratio' },
  { name: 'sum_toptrader_long_short_ratio' },
  { name: 'count_long_short_ratio' },
  { name: 'sum_taker_long_short_vol_ratio' },
];
const [CREATE_TIME, SYMBOL, OPEN_INTEREST, OPEN_INTEREST_VALUE, FIRST_RATIO] = [0, 1, 2, 3, 4] as const;

const [SNAPPED, ZERO_INTEREST, WHOLE_DAY] = [1, 2, 4] as const;
const REPAIRS = [
  'create_time moved to the nearest 5-minute mark',
  'open interest of 0 made null',
  'a date without a time: describes its day, known at the end of it',
];

const interest = (name: string, unit: string, meaning: string): SourceColumn => ({
  name,
  type: 'double',
  unit,
  meaning: `${meaning}, at the end of the 5 minutes`,
  whenNull: 'blank, or 0, which the archive writes where it has nothing',
  compared: true,
});
const ratio = (name: string, meaning: string): SourceColumn => ({
  name,
  type: 'double',
  unit: '1',
  meaning,
  whenNull: 'blank in the archive (on cm three of the four ratios always are)',
  compared: true,
});

const COLUMNS: readonly SourceColumn[] = [
  ...TIME_COLUMNS,
  {
    name: 'create_time',
    type: 'timestamp_ms',
    unit: '',
    meaning: 'the stamp as published, odd seconds and all',
    whenNull: null,
    compared: false,
  },
  interest('sum_open_interest', 'base (cm: contracts)', 'open interest'),
  interest('sum_open_interest_value', 'quote (cm: base)', 'its value'),
  ratio(
    'count_toptrader_long_short_ratio',
    'long to short accounts of top traders, at the end of the 5 minutes',
  ),
  ratio(
    'sum_toptrader_long_short_ratio',
    'long to short positions of top traders, at the end of the 5 minutes',
  ),
  ratio('count_long_short_ratio', 'long to short accounts of all traders, at the end of the 5 minutes'),
  ratio('sum_taker_long_short_vol_ratio', 'taker buy to taker sell volume, over the 5 minutes'),
];

/** Decided by the day of the object: at the switch two objects have the same stamp, of different minutes. */
function isStampedAtEnd({ market, period }: ObjectContext, stamp: EpochMs): boolean {
  const dated = period.kind === 'day' ? period.startMs : stamp;
  return market === 'um' && dated < METRICS_LABEL_CHANGE_MS;
}

function reader(context: ObjectContext): RowReader {
  const { period } = context;
  const symbol = context.symbol.normalize('NFC');
  return (cells, row) => {
    const stamp = cells.time(CREATE_TIME);
    const { values } = row;
    row.repairs = 0;
    if (cells.text(SYMBOL).normalize('NFC').toUpperCase() !== symbol) cells.refuse(SYMBOL);
    if (cells.dateOnly) {
      // Once a day, without a time: nothing says when on the day, so it is known when the day is over.
      row.repairs |= WHOLE_DAY;
      values[0] = stamp;
      values[1] = stamp + DAY_MS;
      row.place = stamp < period.startMs ? -1 : stamp >= period.endMs ? 1 : 0;
    } else {
      const mark = Math.round(stamp / METRICS_STEP_MS) * METRICS_STEP_MS;
      const atEnd = isStampedAtEnd(context, mark);
      if (mark !== stamp) row.repairs |= SNAPPED;
      values[0] = atEnd ? mark - METRICS_STEP_MS : mark;
      values[1] = values[0] + METRICS_STEP_MS;
      // Objects with stamps at the end run from 00:05 to 00:00 of the next day, or (2024, for one) from 00:00 to
      // 23:55: both ends are the object's own.
      row.place =
        mark < period.startMs ? -1 : mark > period.endMs || (mark === period.endMs && !atEnd) ? 1 : 0;
    }
    values[2] = stamp;
    for (const column of [OPEN_INTEREST, OPEN_INTEREST_VALUE]) {
      const value = cells.amountOrNull(column);
      if (value === 0) row.repairs |= ZERO_INTEREST;
      values[1 + column] = value === 0 ? NaN : value;
    }
    for (let column = FIRST_RATIO; column < CSV.length; column++)
      values[1 + column] = cells.amountOrNull(column);
    row.stamp = stamp;
  };
}

/** 5-minute marks of the period, from whichever of its two ends the object's own stamps begin with. */
function coverage({ columns }: SourceTable, { period }: ObjectContext): Coverage {
  const { time, available_at } = columns as { time: Float64Array; available_at: Float64Array };
  const early = time.length > 0 && time[0]! < period.startMs ? METRICS_STEP_MS : 0;
  return {
    fromMs: period.startMs - early,
    toMs: period.endMs - early,
    starts: time,
    ends: available_at,
    stepMs: METRICS_STEP_MS,
  };
}

export const METRICS: SourceKind = {
  dataType: 'metrics',
  title: 'Metrics: open interest and long/short ratios every 5 minutes',
  markets: ['um', 'cm'],
  hasInterval: false,
  cadences: ['day'],
  known: 'at the end of its 5 minutes; a row that is dated by its day only, at the end of the day',
  dialects: [
    { markets: ['um'], from: null, until: '2026-06-24', says: 'create_time is the end of the 5 minutes' },
    { markets: ['um'], from: '2026-06-25', until: null, says: 'create_time is the start of the 5 minutes' },
    {
      markets: ['cm'],
      from: null,
      until: null,
      says: 'create_time is the start of the 5 minutes; blank ratios',
    },
    { markets: ['um'], from: '2023-01-01', until: '2023-01-31', says: 'one row a day, dated without a time' },
    { markets: ['um'], from: '2020-09-01', until: null, says: 'some objects hold every row twice' },
  ],
  csv: CSV,
  repairs: REPAIRS,
  csvRows: 'hourly',
  schema: () => ({ columns: COLUMNS, sameWhen: 'time', moreIsRight: null }),
  reader,
  coverage,
};
