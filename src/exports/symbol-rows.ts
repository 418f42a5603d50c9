import type { EpochMs, Frequency } from '../time/index.js';
import type { TableColumn } from './columns.js';
import { type FillRule, ForwardFill, isFillable } from './fill.js';
import { type Label, forwardReturns, longestHorizon } from './labels.js';
import { type Split, fateOfRows } from './split.js';
import { TIME_COLUMN, type WideFile } from './wide-file.js';

/** What becomes of the rows of every symbol. */
export interface RowPlan {
  readonly frequency: Frequency;
  readonly labels: readonly Label[];
  readonly split: Split | null;
  readonly validOnly: boolean;
  readonly fill: FillRule | null;
}

/** One symbol's rows, before anything is dropped. */
export interface SymbolRows {
  readonly minute: Float64Array;
  /** See `fateOfRows`. */
  readonly fate: Int8Array;
  /** In the order of the plan. */
  readonly labels: readonly Float64Array[];
}

export const VALID_COLUMN = 'is_valid_for_training';
export const PRICE_COLUMN = 'close';

/** Labels see all rows, those too that are dropped afterwards. @throws `E_DATASET`, `E_IO` */
export async function readSymbolRows(file: WideFile, plan: RowPlan): Promise<SymbolRows> {
  const minute = await file.readColumn(TIME_COLUMN);
  const valid = plan.validOnly ? await file.readColumn(VALID_COLUMN) : null;
  const close = plan.labels.length > 0 ? await file.readColumn(PRICE_COLUMN) : null;
  const labels = plan.labels.map((label) => forwardReturns(minute, close!, label, plan.frequency));
  return { minute, fate: fateOfRows(minute, valid, plan.split, longestHorizon(plan.labels)), labels };
}

/** A run of rows of the file with the columns asked for, filled. */
export interface FeatureRows {
  /** Number of the first row in the file. */
  readonly from: number;
  readonly length: number;
  readonly columns: readonly Float64Array[];
}

export interface FillCount {
  filled: number;
}

/** The columns of a file, row group by row group. @throws `E_DATASET`, `E_IO` */
export async function* readFeatures(
  file: WideFile,
  columns: readonly TableColumn[],
  { frequency, fill }: Pick<RowPlan, 'frequency' | 'fill'>,
  count: FillCount,
): AsyncGenerator<FeatureRows> {
  const fills = columns.map((column) =>
    fill !== null && isFillable(column) ? new ForwardFill(fill, frequency) : null,
  );
  const names = columns.map(({ name }) => name);
  let from = 0;
  for (let group = 0; group < file.groups; group++) {
    const [minute, ...values] = await file.readGroup(group, [TIME_COLUMN, ...names]);
    const length = minute!.length;
    yield {
      from,
      length,
      columns: values.map((column, i) => fills[i]?.apply(minute!, column) ?? column),
    };
    from += length;
  }
  for (const filler of fills) count.filled += filler?.filled ?? 0;
}

/** The chosen values of a column. @param shift number of the row that the column begins with */
export function gather(column: Float64Array, rows: readonly number[], shift = 0): Float64Array {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = column[rows[i]! - shift]!;
  return values;
}

/** Runs of rows that `keep`, none of them across a bar that is missing: `[first row, last row]`. */
export function runsOf(
  minute: Float64Array,
  keep: (row: number) => boolean,
  lengthMs: EpochMs,
): (readonly [first: number, last: number])[] {
  const runs: [number, number][] = [];
  for (let row = 0; row < minute.length; row++) {
    if (!keep(row)) continue;
    const run = runs.at(-1);
    if (run?.[1] === row - 1 && minute[row] === minute[row - 1]! + lengthMs) run[1] = row;
    else runs.push([row, row]);
  }
  return runs;
}
