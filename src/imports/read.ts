import type { DateRange, EpochMicros } from '../time/index.js';
import { type CoveredSpan, clipSpans, coveredSpans } from './coverage.js';
import type { ImportSource } from './facts.js';
import { type KindName, kindOf } from './kinds.js';
import { MonthReader } from './month-file.js';
import { listImportedMonths } from './paths.js';
import { type Rows, concatRows } from './rows.js';

export interface Coverage {
  /** In order; clipped to the range that was asked for. */
  readonly coverage: readonly CoveredSpan[];
  /** Whether any of it shows only a part of what happened. */
  readonly lowerBound: boolean;
}

/** Columns by name as in `kindOf(kind).columns`, nulls as NaN, ascending by `ts`. Times in µs. */
export interface ImportedTable extends Coverage {
  readonly length: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** Liquidations in their normal form, ascending by `ts`. */
export interface LiquidationEvents extends Coverage {
  readonly length: number;
  /** µs, UTC. */
  readonly ts: Float64Array;
  /** Who was liquidated: 0 a long, 1 a short. */
  readonly side: Uint8Array;
  /** Quote currency per unit of base. */
  readonly price: Float64Array;
  /** In base. */
  readonly qty: Float64Array;
  /** In quote. */
  readonly value: Float64Array;
}

/**
 * Reads what was imported of one symbol: rows of the range, and what of the range the imported files cover. Where
 * nothing was imported the table is empty and nothing is covered.
 * @param range whole days, both ends inclusive as `parseRange` reads them; null: all there is
 * @throws `E_LAYER` for a damaged file, `E_IO`, `E_SYMBOL`
 */
export function readImported(
  kind: 'liquidations',
  dataDir: string,
  symbol: string,
  range?: DateRange | null,
): Promise<LiquidationEvents>;
export function readImported(
  kind: Exclude<KindName, 'liquidations'>,
  dataDir: string,
  symbol: string,
  range?: DateRange | null,
): Promise<ImportedTable>;
export async function readImported(
  kind: KindName,
  dataDir: string,
  symbol: string,
  range: DateRange | null = null,
): Promise<LiquidationEvents | ImportedTable> {
  const { columns } = kindOf(kind);
  const parts: Rows[] = [];
  const sources: ImportSource[] = [];
  for await (const day of readImportedDays(kind, dataDir, symbol, range, (found) => sources.push(...found))) {
    parts.push(day.rows);
  }
  const rows = concatRows(parts, columns.length);
  const spans = coveredSpans(sources);
  const coverage = range
    ? clipSpans(spans, { startUs: range.startMs * 1000, endUs: range.endMs * 1000 })
    : spans;
  const covered: Coverage = { coverage, lowerBound: coverage.some((span) => span.lowerBound) };
  const byName = Object.fromEntries(columns.map(({ name }, index) => [name, rows.columns[index]!]));
  if (kind !== 'liquidations') return { length: rows.length, columns: byName, ...covered };
  return {
    length: rows.length,
    ts: byName['ts']!,
    side: Uint8Array.from(byName['side']!),
    price: byName['price']!,
    qty: byName['qty']!,
    value: byName['value']!,
    ...covered,
  };
}

/**
 * The same day by day, oldest first, for tables that are too large to have whole. Days without rows are left out.
 * @param onSources told of the files of each month before its days
 */
export async function* readImportedDays(
  kind: KindName,
  dataDir: string,
  symbol: string,
  range: DateRange | null = null,
  onSources: (sources: readonly ImportSource[]) => void = () => undefined,
): AsyncGenerator<{ readonly dayUs: EpochMicros; readonly rows: Rows }, void, void> {
  for (const { month, path } of await listImportedMonths(dataDir, kind, symbol)) {
    if (range && (month.endMs <= range.startMs || month.startMs >= range.endMs)) continue;
    const reader = await MonthReader.open(path);
    if (!reader) continue;
    try {
      onSources(reader.facts.sources);
      for (const dayMs of reader.days) {
        // A range is whole days, and so is a row group.
        if (range && (dayMs < range.startMs || dayMs >= range.endMs)) continue;
        yield { dayUs: dayMs * 1000, rows: await reader.day(dayMs) };
      }
    } finally {
      await reader.close();
    }
  }
}
