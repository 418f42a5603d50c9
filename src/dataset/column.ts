/** Groups of the wide table, in the order of their columns. */
export const WIDE_FAMILIES = [
  'price',
  'funding',
  'triad',
  'open-interest',
  'dumps',
  'ticker',
  'universe',
  'quality',
  'momentum',
  'volatility',
  'shape',
  'liquidity',
  'price-volume',
  'volume-by-return',
  'order-flow',
  'liquidations',
  'cross',
] as const;
export type WideFamily = (typeof WIDE_FAMILIES)[number];

/** What a column of the wide table is, said once: schemas, lists and docs/wide-table.md are made of these. */
export interface WideColumnDefinition {
  readonly type: 'double' | 'int64' | 'timestamp_ms';
  readonly unit: string;
  /** Interval of possible values, infinity as ∞. */
  readonly range: string;
  /** In words and symbols; names in it are columns of the same row. */
  readonly formula: string;
  /** Columns of the row, of its minutes (`minute.close`), or of a source (`metrics.sum_open_interest`). */
  readonly inputs: readonly string[];
  /** Stretch of time it looks at; it never looks past the end of its bar. */
  readonly window: string;
  /** When it is null, in words; null when it never is. */
  readonly whenNull: string | null;
  /** Where the definition comes from. */
  readonly source: string;
}

export interface WideColumn extends WideColumnDefinition {
  readonly name: string;
  readonly family: WideFamily;
}

/** Makes definitions that share what is not said of each. */
export function columnMaker(
  defaults: Partial<WideColumnDefinition> = {},
): (formula: string, inputs: readonly string[], own?: Partial<WideColumnDefinition>) => WideColumnDefinition {
  return (formula, inputs, own = {}) => ({
    type: 'double',
    unit: '1',
    range: '(-∞, ∞)',
    window: 'the bar',
    whenNull: null,
    source: 'wide table',
    ...defaults,
    formula,
    inputs,
    ...own,
  });
}

/** A column that is 1 or 0. */
export const FLAG = { type: 'int64', unit: '1', range: '[0, 1]' } as const;

/** The smallest denominator that volumes and prices are divided by, so that a minute without trades adds 0 and no NaN. */
export const EPSILON = 1e-12;

/** `numerator / denominator`; NaN, which is null, where that is not finite. */
export function quotient(numerator: number, denominator: number): number {
  const value = numerator / denominator;
  return Number.isFinite(value) ? value : NaN;
}

/** A column of nulls. */
export function nulls(length: number): Float64Array {
  return new Float64Array(length).fill(NaN);
}
