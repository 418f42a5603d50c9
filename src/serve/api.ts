/**
 * What the dashboard's server says to its page: types alone. Every answer is JSON to a GET, every refusal an `ApiError`.
 * `Ms` in a name means milliseconds since 1970 UTC; `t`, `from`, `to` and `at` are seconds since 1970 UTC, as uPlot has
 * them. Months are `2026-04`, days `2026-04-13`.
 */
import type { Explanation } from '../audit/index.js';
import type { StatusSnapshot } from '../watch/index.js';
import type { WorkEvent } from '../work/index.js';

export type ApiMarket = 'um' | 'cm' | 'spot';

/** The body of every answer that is no 2xx. */
export interface ApiError {
  readonly error: {
    /** A code of docs/errors.md; beside these `E_TOO_MANY` (429) and `E_INTERNAL` (500), which only the server has. */
    readonly code: string;
    readonly message: string;
    readonly expected?: string;
    readonly found?: string;
  };
}

/** `/api/info` */
export interface InfoAnswer {
  readonly version: string;
  /** Last part of the data folder's path. */
  readonly dataDir: string;
  /** By market (um, cm, spot) and name: everything that has a month of any data type. */
  readonly symbols: readonly SymbolInfo[];
  /** Whether there is a ledger, so that `/api/status` has something to say. */
  readonly queue: boolean;
  /** Whether an audit has left its tables. */
  readonly quality: boolean;
  /** Lengths of bars that `/api/series` takes, the shortest first: `1m`, `5m` … `1d`. */
  readonly frequencies: readonly string[];
}

export interface SymbolInfo {
  readonly market: ApiMarket;
  readonly symbol: string;
  /** First and last instant that the minute layer has; of whole months of the other types where it has nothing. */
  readonly startMs: number;
  readonly endMs: number;
  /** Names as in `CoverageRow.dataType`; `aggTrades` (the minute layer) comes first. */
  readonly dataTypes: readonly string[];
}

/** `/api/status`: what `tapemill status --json` prints, the ledger's file without its folders. 404 when there is none. */
export interface StatusAnswer extends StatusSnapshot {
  readonly type: 'status';
  readonly schemaVersion: number;
  readonly ledger: string;
  readonly exitStatus: number;
}

/**
 * `/api/status/stream`: server-sent events. `snapshot` (a `StatusAnswer`) at once and whenever something changed, `task`
 * (a `TaskEvent`) for each new event of the ledger, `absent` (an `ApiError`) when there is no
 * ledger (yet, or any more) or it cannot be read. Ids are
 * those of the ledger's events: a browser that comes back gets what it has missed, the latest thousand at most.
 */
export type TaskEvent = WorkEvent;

/**
 * `whole`: every day that there is to be had. `partial`: some. `failed`: none, and a collection has failed at it. `none`:
 * none, between months that have some. `expected-none`: before the first or after the last month, or the exchange had not
 * listed the symbol yet, or not any more.
 */
export type MonthState = 'whole' | 'partial' | 'failed' | 'none' | 'expected-none';

/** `/api/coverage?market=um[&symbol=BTCUSDT]` */
export interface CoverageAnswer {
  readonly market: ApiMarket;
  /** First and last month over all rows: the edges of the calendar; null when there is nothing. */
  readonly firstMonth: string | null;
  readonly lastMonth: string | null;
  /** By symbol, then data type in the order of `dataTypes`. */
  readonly rows: readonly CoverageRow[];
  /** Those that occur. */
  readonly dataTypes: readonly string[];
}

export interface CoverageRow {
  readonly symbol: string;
  /** `aggTrades` (the minute layer), `klines:1m`, `metrics`, `fundingRate` …, `import:liquidations` … */
  readonly dataType: string;
  /** Of the months that have a file, or that a collection failed at. */
  readonly firstMonth: string;
  readonly lastMonth: string;
  /** Every month from the first to the last one, without a gap; months outside are `expected-none`. */
  readonly months: readonly MonthCoverage[];
}

export interface MonthCoverage {
  readonly month: string;
  /** Of the days that there are to be had, 0 … 1; null where there is no saying. */
  readonly share: number | null;
  readonly state: MonthState;
}

/** `/api/coverage/month?market=um&dataType=aggTrades&symbol=BTCUSDT&month=2026-04`. 404 when there is no such file. */
export interface MonthAnswer extends MonthCoverage {
  readonly market: ApiMarket;
  readonly symbol: string;
  readonly dataType: string;
  readonly file: { readonly name: string; readonly bytes: number; readonly writtenAtMs: number };
  /** Of tapemill, that wrote it. */
  readonly version: string;
  readonly schemaVersion: number;
  /** When it was made; null when the footer does not say (see `file.writtenAtMs`). */
  readonly createdAtUtc: string | null;
  readonly objects: readonly ObjectInfo[];
  readonly missing: readonly { readonly period: string; readonly reason: string; readonly detail?: string }[];
  /** Monthly against daily objects, as the footer has it; null when nothing was compared. */
  readonly comparison: unknown;
  /** Null for other types than `aggTrades`, and when no day of the month was audited. */
  readonly audit: (AuditCounts & { readonly days: number }) | null;
}

export interface ObjectInfo {
  /** Key in the archive, or the name of an imported file. */
  readonly key: string;
  readonly period: string | null;
  readonly bytes: number;
  readonly sha256: string;
  readonly checksum: 'verified' | 'missing' | null;
  readonly rows: number;
  readonly accepted: number;
  /** The row account in full: numbers, ranges, quoted lines, whatever the data type counts. */
  readonly account: Readonly<Record<string, unknown>>;
}

/** `/api/columns` */
export interface ColumnsAnswer {
  readonly columns: readonly ColumnInfo[];
}

export interface ColumnInfo {
  readonly name: string;
  readonly family: string;
  readonly unit: string;
  /** In words and symbols; names in it are columns of the same bar. */
  readonly formula: string;
  /** `flow`: amounts per bar, whose sum over bars means something, so that it may be cumulated. */
  readonly kind: 'flow' | 'level';
  /** In words; null when it never is. */
  readonly whenNull: string | null;
  /** Where the definition comes from. */
  readonly source: string;
}

/**
 * `/api/series?market=um&symbol=BTCUSDT&from=1704067200&to=1735689600&columns=open,high,low,close,cvd_quote`
 * `[&freq=auto][&points=1500][&cumulative=true]`. `from` inclusive, `to` exclusive: seconds, or `2024-01-05`, or
 * `2024-01-05T10:00Z`. `freq` is the finest that is wanted; where it would give more than `points` bars (1 … 5000), the
 * finest that fits is taken, `1d` at the coarsest. At most 32 columns.
 */
export interface SeriesAnswer {
  readonly market: ApiMarket;
  readonly symbol: string;
  /** Of the bars below: `1m` … `1d`. */
  readonly freq: string;
  readonly freqMs: number;
  /** Starts of bars that cover `[from, to)`, evenly spaced, from the first to the last one with a value. */
  readonly t: readonly number[];
  /** Those asked for, each as long as `t`; null where a bar has no value. */
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
  /** With `cumulative=true`: of each flow of the minute layer, its sum over everything before `t[0]`. */
  readonly cumulativeAtStart?: Readonly<Record<string, number>>;
  /** Why a column has no value at all. */
  readonly missing: Readonly<Record<string, string>>;
}

/** `/api/quality?market=um`. 404 when nothing was audited. */
export interface QualityAnswer {
  readonly market: ApiMarket;
  readonly symbols: readonly SymbolQuality[];
  /** Meaning of each class, for legends. */
  readonly classMeanings: Readonly<Record<string, string>>;
  /** Objects with most rows that are no plain good row; at most 50, none without a blemish. */
  readonly worstObjects: readonly WorstObject[];
  /** Minutes that differ most from their kline in quote volume; at most 100. */
  readonly worstMinutes: readonly WorstMinute[];
}

/** Of minutes that have both a bar (or none, as nobody traded) and a kline. */
export interface AuditCounts {
  readonly compared: number;
  readonly exact: number;
  /** exact / compared; null when nothing was compared. */
  readonly exactShare: number | null;
  /** Minutes that differ, by class; classes that do not occur are left out. */
  readonly classes: Readonly<Record<string, number>>;
  readonly withoutKline: number;
}

export interface SymbolQuality extends AuditCounts {
  readonly symbol: string;
  readonly firstDay: string;
  readonly lastDay: string;
  /** Audited days. */
  readonly days: number;
  readonly months: readonly (AuditCounts & { readonly month: string; readonly days: number })[];
  /** Sum of |kline - layer| of base and quote volume. */
  readonly baseOff: number;
  readonly quoteOff: number;
  /** Largest relative error of a sum over an hour and over a day; null when none differs. */
  readonly worstHourError: number | null;
  readonly worstDayError: number | null;
}

export interface WorstObject {
  readonly symbol: string;
  readonly dataType: string;
  readonly interval: string | null;
  readonly period: string;
  readonly key: string;
  readonly rows: number;
  readonly blemishes: number;
  readonly checksum: string;
  readonly knownDefect: string | null;
  /** What the blemishes are, by name; zeros are left out. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface WorstMinute {
  readonly symbol: string;
  /** Start of the minute, seconds. */
  readonly at: number;
  readonly class: string;
  readonly explanation: string;
  /** Kline minus layer by field of the kline; those that are equal or unknown are left out. */
  readonly deltas: Readonly<Record<string, number>>;
}

/**
 * `/api/explain?market=um&symbol=BTCUSDT&at=1704067200`: what `tapemill explain --offline --json` says of one minute.
 * Only klines that are collected are compared with. 404 when the layer has nothing of that day.
 */
export interface ExplainAnswer extends Explanation {
  readonly type: 'explanation';
  readonly schemaVersion: number;
}
