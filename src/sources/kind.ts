import type { DataType, KlineInterval, Market } from '../market/index.js';
import type { Period } from '../time/index.js';
import type { Cells } from './cells.js';
import type { CsvColumn } from './csv-layout.js';
import type { Coverage } from './gaps.js';
import type { SourceTable, TableSchema } from './table.js';

/** Data types of the archive that are not ticks. */
export type SourceType = Exclude<DataType, 'aggTrades' | 'trades'>;

/** One series of the archive; made by `sourceSeries`, which checks that there can be such a one. */
export interface SourceSeries {
  readonly market: Market;
  readonly dataType: SourceType;
  /** As the archive spells it: coin-margined index prices are those of the pair. */
  readonly symbol: string;
  /** Null but for the kline types. */
  readonly interval: KlineInterval | null;
}

/** The object that rows come from. */
export interface ObjectContext extends SourceSeries {
  readonly period: Period;
  /** US dollars per contract; null but for `cm`. */
  readonly contractSizeUsd: number | null;
}

/** A row as its reader leaves it. */
export interface RowDraft {
  /** In the order of the schema. */
  readonly values: Float64Array;
  /** The time in the file: of rows with the same `time`, the one with the latest stamp counts. */
  stamp: number;
  /** Whether it belongs to the object's period: before it (-1), in it (0), after it (1). */
  place: -1 | 0 | 1;
  /** Bits of `SourceKind.repairs`, by index. */
  repairs: number;
}

/** Fills the draft from the cells; whatever cannot be read is noted there. */
export type RowReader = (cells: Cells, row: RowDraft) => void;

/** How the archive publishes a data type, and how that changed. */
export interface SourceDialect {
  readonly markets: readonly Market[];
  /** First and last day it is known for, UTC, inclusive; null when open. */
  readonly from: string | null;
  readonly until: string | null;
  readonly says: string;
}

/** All that differs from one data type to another. */
export interface SourceKind {
  readonly dataType: SourceType;
  readonly title: string;
  readonly markets: readonly Market[];
  /** Published in folders of intervals. */
  readonly hasInterval: boolean;
  readonly cadences: readonly Period['kind'][];
  /** When a row is known. */
  readonly known: string;
  readonly dialects: readonly SourceDialect[];
  /** In the order of files without a header. */
  readonly csv: readonly CsvColumn[];
  /** What `repairs` bits stand for. */
  readonly repairs: readonly string[];
  /** How the rows of a CSV file are made of those of the table. */
  readonly csvRows: 'hourly' | 'each';
  schema(market: Market): TableSchema;
  reader(context: ObjectContext): RowReader;
  /** What the rows of an object cover; null for events. */
  coverage(table: SourceTable, context: ObjectContext): Coverage | null;
}
