/** The tick station: bytes of an aggTrades file in, minute bars and the account of its rows out. */
export type { OutsideSpan, RowAccount, TimeUnit } from './account.js';
export {
  type AggregatedTrades,
  type AggregateOptions,
  type ByteSource,
  aggregateAggTrades,
} from './aggregate.js';
export {
  type ColumnType,
  type MinuteBars,
  type MinuteColumn,
  MINUTE_COLUMN,
  MINUTE_COLUMNS,
  allocateMinuteBars,
  concatMinuteBars,
  sliceMinuteBars,
} from './minute-bars.js';
export { type Thresholds, DEFAULT_THRESHOLDS } from './thresholds.js';
