import type { FactorTable } from '../factors/index.js';
import type { EpochMs } from '../time/index.js';

/** A cell that was known before a cut and is another one when its inputs are cut there. */
export interface Leak {
  readonly symbol: string | null;
  readonly cutMs: EpochMs;
  readonly column: string;
  /** Start of the bar. */
  readonly minute: EpochMs;
  /** Row in the whole table; -1 when only the cut one has it. */
  readonly row: number;
  /** With all inputs, and with those known by the cut; null is null or a row that is not there. */
  readonly whole: number | null;
  readonly cut: number | null;
}

export interface LeakReport {
  readonly leaks: readonly Leak[];
  /** How many there are; `leaks` lists at most `limit` of each column and cut. */
  readonly found: number;
  /** Cells that were compared; when it is 0, nothing was proven. */
  readonly compared: number;
}

export interface LeakOptions {
  readonly lengthMs: EpochMs;
  /** Leaks that are listed of each column and cut. */
  readonly limit?: number;
}

/** One table, or one for each symbol. */
export type Built = FactorTable | ReadonlyMap<string, FactorTable>;

/**
 * Builds from all inputs and from those known at several times, and compares every cell of every bar that had ended by
 * then, bit for bit. A table that passes knew nothing at those times that could not be known.
 *
 * @param build given an instant, it must leave out of every input what became known after it; `Infinity`: all
 */
export function checkLeaks(
  build: (cutMs: EpochMs) => Built,
  cuts: readonly EpochMs[],
  options: LeakOptions,
): LeakReport {
  const whole = build(Infinity);
  const reports = cuts.map((cutMs) => compareCut(whole, build(cutMs), cutMs, options));
  return {
    leaks: reports.flatMap(({ leaks }) => leaks),
    found: reports.reduce((sum, { found }) => sum + found, 0),
    compared: reports.reduce((sum, { compared }) => sum + compared, 0),
  };
}

/** The comparison of one cut, for who builds the tables elsewhere. */
export function compareCut(whole: Built, cut: Built, cutMs: EpochMs, options: LeakOptions): LeakReport {
  const [all, known] = [bySymbol(whole), bySymbol(cut)];
  const reports = [...new Set([...all.keys(), ...known.keys()])].map((symbol) =>
    compareTables(symbol, all.get(symbol), known.get(symbol), cutMs, options),
  );
  return {
    leaks: reports.flatMap(({ leaks }) => leaks),
    found: reports.reduce((sum, { found }) => sum + found, 0),
    compared: reports.reduce((sum, { compared }) => sum + compared, 0),
  };
}

function bySymbol(built: Built): ReadonlyMap<string | null, FactorTable> {
  return built instanceof Map
    ? (built as ReadonlyMap<string, FactorTable>)
    : new Map([[null, built as FactorTable]]);
}

function compareTables(
  symbol: string | null,
  whole: FactorTable | undefined,
  cut: FactorTable | undefined,
  cutMs: EpochMs,
  { lengthMs, limit = 3 }: LeakOptions,
): LeakReport {
  const leaks: Leak[] = [];
  let found = 0;
  let compared = 0;
  const pairs = pairRows(whole, cut, cutMs - lengthMs);
  for (const column of new Set([...(whole?.names ?? []), ...(cut?.names ?? [])])) {
    let ofColumn = 0;
    for (const { minute, row, other } of pairs) {
      compared++;
      const a = whole?.columns[column]?.[row] ?? NaN;
      const b = cut?.columns[column]?.[other] ?? NaN;
      // A row that one of them lacks is a leak in every column, null or not.
      if (row >= 0 && other >= 0 && Object.is(a, b)) continue;
      found++;
      if (ofColumn++ >= limit) continue;
      leaks.push({ symbol, cutMs, column, minute, row, whole: orNull(a), cut: orNull(b) });
    }
  }
  return { leaks, found, compared };
}

interface Pair {
  readonly minute: EpochMs;
  readonly row: number;
  readonly other: number;
}

/** Rows of both tables whose bar starts at or before `lastStart`, by bar; -1 where one of them has none. */
function pairRows(whole: FactorTable | undefined, cut: FactorTable | undefined, lastStart: EpochMs): Pair[] {
  const pairs: Pair[] = [];
  const [a, b] = [whole?.minute ?? new Float64Array(), cut?.minute ?? new Float64Array()];
  for (let row = 0, other = 0; ;) {
    const minute = Math.min(a[row] ?? Infinity, b[other] ?? Infinity);
    if (!(minute <= lastStart)) return pairs;
    const [inWhole, inCut] = [a[row] === minute, b[other] === minute];
    pairs.push({ minute, row: inWhole ? row++ : -1, other: inCut ? other++ : -1 });
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
