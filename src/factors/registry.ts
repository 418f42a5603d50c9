import { ORDER_FLOW } from './order-flow-registry.js';

/**
 * What a factor is, said once. CSV headers, Parquet schemas, `tapemill factors list` and docs/factors.md are
 * all made from these declarations.
 */
export interface FactorDefinition {
  readonly family: 'order-flow' | 'liquidations' | 'liquidation-engine';
  readonly type: 'int64' | 'double';
  readonly unit: string;
  /** Interval of possible values, infinity as ∞. */
  readonly range: string;
  /** In words and symbols; names in it are columns of the same bar. */
  readonly formula: string;
  /** Columns of the bar, or of its minutes, that it is computed from. */
  readonly inputs: readonly string[];
  /** Stretch of time it looks at; it never looks past the end of its bar. */
  readonly window: string;
  /** When it is null; null when it never is. */
  readonly whenEmpty: string | null;
  /**
   * How a longer bar gets it from its shorter parts. `recompute`: not at all from the parts' values, only from
   * rolled-up sums. A ratio is never averaged.
   */
  readonly rollsUp: 'sum' | 'first' | 'last' | 'max' | 'min' | 'recompute';
  /** Where the definition comes from. */
  readonly source: string;
}

export interface Factor extends FactorDefinition {
  readonly name: string;
}

/**
 * All factors of the order-flow files, in the order of their columns. Liquidations have columns whose names depend on
 * parameters; see `listLiquidationFactors`.
 */
export function listFactors(): Factor[] {
  return Object.entries(ORDER_FLOW).map(([name, definition]) => ({ name, ...definition }));
}
