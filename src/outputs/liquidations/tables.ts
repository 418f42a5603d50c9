import {
  type Coverage,
  type FactorTable,
  LiquidationFactorEngine,
  type LiquidationEvents,
  type TradedBars,
  liquidationFactors,
  makeTable,
  sliceCoverage,
} from '../../factors/index.js';
import type { EpochMs, Frequency } from '../../time/index.js';
import type { LiquidationParameters } from './plan.js';

/** What a piece of the table is made of. */
export interface PieceInput {
  /** From the piece's start less the reach of its rows on; sorted by time. */
  readonly events: LiquidationEvents;
  /** All there is; what lies outside is cut off. */
  readonly coverage: Coverage;
  readonly traded: TradedBars | null;
  /** From where on events were read. */
  readonly fromMs: EpochMs;
  /** Rows of the piece: `[startMs, endMs)`. */
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}

/** All columns of the rows of a piece: every bar of `[startMs, endMs)`, known or not. */
export function makePiece(
  { events, coverage, traded, fromMs, startMs, endMs }: PieceInput,
  parameters: LiquidationParameters,
  frequency: Frequency,
): FactorTable {
  const known = sliceCoverage(coverage, fromMs * 1000, endMs * 1000);
  const { z_windows: zWindows, rank_windows: rankWindows, engine } = parameters;
  const tables = [liquidationFactors(events, known, traded, { freq: frequency, zWindows, rankWindows })];
  if (engine !== null) {
    tables.push(
      new LiquidationFactorEngine({ freq: frequency }).process(events, {
        bucketQuantiles: engine.bucket_quantiles,
        bucketWindowHours: engine.bucket_window_hours,
        miningWindows: engine.mining_windows,
        miningQuantiles: engine.mining_quantiles,
        coverage: known,
      }),
    );
  }
  const names = tables.flatMap((table) => table.names);
  const length = (endMs - startMs) / frequency.lengthMs;
  const minute = Float64Array.from({ length }, (_, bar) => startMs + bar * frequency.lengthMs);
  const columns = tables.flatMap((table) =>
    table.names.map((name) => {
      // A bar that the table does not reach is not covered, and all else of it null.
      const column = new Float64Array(length).fill(name === 'liquidation_covered' ? 0 : NaN);
      const shift = ((table.minute[0] ?? 0) - startMs) / frequency.lengthMs;
      const from = Math.max(0, -shift);
      const to = Math.min(table.length, length - shift);
      if (from < to) column.set(table.columns[name]!.subarray(from, to), from + shift);
      return [name, column] as const;
    }),
  );
  return makeTable(minute, names, Object.fromEntries(columns));
}

/** Rows `[from, to)` as views. */
export function sliceTable({ minute, names, columns }: FactorTable, from: number, to: number): FactorTable {
  const cut = Object.fromEntries(names.map((name) => [name, columns[name]!.subarray(from, to)]));
  return makeTable(minute.subarray(from, to), names, cut);
}
