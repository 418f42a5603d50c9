import type { ErrorCode } from '../errors.js';
import type { MissingPeriod } from '../layer/index.js';
import type { ImportAccount } from '../imports/index.js';
import type { SourceAccount } from '../sources/index.js';
import type { RowAccount } from '../ticks/index.js';

/** What happens while `collect` runs, in this order for each symbol. Figures come from here, never from logs. */
export type CollectEvent =
  | PlannedEvent
  | MonthStartedEvent
  | ObjectMilledEvent
  | ObjectFailedEvent
  | MonthWrittenEvent
  | SymbolSettledEvent
  | SymbolFailedEvent
  | TaskRetryEvent
  | TaskLostEvent;

/** Every event of a month, an object or a symbol tells of which stream: `aggTrades`, `klines:1h`. */
interface OfStream {
  /** Absent only where it has not been put into the queue yet. */
  readonly stream?: string;
}

/** What will be done for a symbol. */
export interface PlannedEvent extends OfStream {
  readonly type: 'planned';
  readonly symbol: string;
  readonly monthsReused: number;
  readonly monthsToBuild: number;
  readonly objects: number;
  /** ZIP bytes of these objects. */
  readonly bytes: number;
  readonly missingPeriods: readonly MissingPeriod[];
  readonly notes: readonly string[];
}

export interface MonthStartedEvent extends OfStream {
  readonly type: 'month-started';
  readonly symbol: string;
  readonly month: string;
  /** Why it is built, in words. */
  readonly reason: string;
}

export interface ObjectMilledEvent extends OfStream {
  readonly type: 'object-milled';
  readonly symbol: string;
  readonly month: string;
  readonly object: string;
  readonly bytes: number;
  readonly checksum: 'verified' | 'missing';
  readonly account: RowAccount;
  /** Of what is not ticks: what became of the rows in its own words. */
  readonly sourceAccount?: SourceAccount | ImportAccount;
  readonly seconds: number;
}

export interface ObjectFailedEvent extends OfStream {
  readonly type: 'object-failed';
  readonly symbol: string;
  readonly month: string;
  readonly object: string;
  readonly period: string;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface MonthWrittenEvent extends OfStream {
  readonly type: 'month-written';
  readonly symbol: string;
  readonly month: string;
  readonly path: string;
  /** Minute bars (rows, of what is not ticks) in the file, and rows accepted of the objects milled for it now. */
  readonly minutes: number;
  readonly rows: number;
  readonly notes: readonly string[];
}

export interface SymbolSettledEvent extends OfStream {
  readonly type: 'symbol-settled';
  readonly symbol: string;
  readonly status: 'written' | 'unchanged';
  readonly reason: string | null;
  readonly dataStatus: 'ok' | 'partial';
  readonly bars: number;
  readonly csv: string;
  readonly missingPeriods: readonly MissingPeriod[];
}

export interface SymbolFailedEvent extends OfStream {
  readonly type: 'symbol-failed';
  readonly symbol: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** An attempt at a task failed, and there will be another one. */
export interface TaskRetryEvent {
  readonly type: 'task-retry';
  /** `um/aggTrades/BTCUSDT/2024-01` */
  readonly task: string;
  readonly worker: string;
  /** The attempt that failed, counted from 1. */
  readonly attempt: number;
  readonly code: ErrorCode;
  readonly reason: string;
  readonly retryDelayMs: number;
}

/** A worker is gone or has been silent for too long; its task is for others now. */
export interface TaskLostEvent {
  readonly type: 'task-lost';
  readonly task: string;
  readonly worker: string;
  readonly reason: string;
}
