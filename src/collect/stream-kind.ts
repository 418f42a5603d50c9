import type { Archive, ArchiveEntry, MonthPlan, SymbolPlan } from '../archive/index.js';
import type { MissingPeriod, Publish } from '../layer/index.js';
import type { MilledFacts } from '../ledger/index.js';
import type { DateRange, Period } from '../time/index.js';
import type { CollectEvent } from './events.js';
import type { CollectionPayload } from './payload.js';
import type { ArchiveStream, Subject } from './streams.js';

/**
 * The seam between a collection and what it collects. Planner, queue, ledger and workers know a stream of the archive as
 * this alone: what a month is made of and why it must be built, how it is built, and the table that is made of all of
 * them.
 */
export interface StreamKind {
  /** Of the objects that the archive publishes, and that can be used. */
  cadences(stream: ArchiveStream): readonly Period['kind'][];
  /** Where month files, and where tables of all months are: killed processes may have left temporary files there. */
  monthFolder(dataDir: string, subject: Subject<ArchiveStream>): string;
  tableFolder(dataDir: string, subject: Pick<Subject<ArchiveStream>, 'market' | 'stream'>): string;
  /**
   * Compares a planned month with the month file on disk. Changes nothing.
   * @param entries all that the archive lists of the symbol, for this stream
   */
  planMonth(
    archive: Archive,
    entries: readonly ArchiveEntry[],
    plan: MonthPlan,
    request: StreamRequest,
    memory: Memory,
  ): Promise<PlannedMonth>;
  /**
   * Where listings may leave out days that a monthly object covers: whether month files have sources that this one
   * leaves out, so that a whole one is needed to plan. Absent: listings are always whole.
   */
  readonly knowsOthers?: (
    plan: SymbolPlan,
    entries: readonly ArchiveEntry[],
    request: StreamRequest,
    memory: Memory,
  ) => Promise<boolean>;
  /** Brings the table up to date with the month files. @throws `E_NO_LAYER` when there is nothing to make it of */
  settle(request: SettleRequest): Promise<SettledTable>;
  /** What `settle` would answer if it had nothing to write, else null. Reads no row. @throws as it does */
  findSettled(request: SettleRequest): Promise<SettledTable | null>;
}

/** What is asked for, whatever the month. */
export type StreamRequest = Omit<CollectionPayload, 'stream' | 'market' | 'symbol'> & Subject<ArchiveStream>;

/** What is known without asking the archive or opening a file; the ledger is one. */
export interface Memory {
  /** The hash that the object's .CHECKSUM states, null when it has none; undefined when the archive must be asked. */
  statedHash(entry: ArchiveEntry): string | null | undefined;
  /** What a month file says of itself, as `find` would read it; null when there is none. @throws `E_LAYER`, `E_IO` */
  readonly readFacts: <Facts>(
    path: string,
    find: (path: string) => Promise<Facts | null>,
  ) => Promise<Facts | null>;
  /** The listed object was found to be the one that a month was made of. */
  confirm(entry: ArchiveEntry, source: MilledFacts): void;
}

/** Knows nothing: the archive is asked, and footers are read. */
export const NO_MEMORY: Memory = {
  statedHash: () => undefined,
  readFacts: (path, find) => find(path),
  confirm: () => undefined,
};

/** What is to be done for one month, or that there is nothing to do. */
export interface PlannedMonth {
  readonly plan: MonthPlan;
  /** Why it is built, in words; null: the month file answers the request as it is. */
  readonly reason: string | null;
  /** To be read. */
  readonly objects: readonly ArchiveEntry[];
  /** What the month file is made of already, as far as it can be used. */
  readonly known: readonly MilledFacts[];
  readonly notes: readonly string[];
  /**
   * Reads what is to be read, puts it together with what is kept, and writes the month file whole. When no object can
   * be used, nothing is written and an existing file stays.
   * @throws an object's network error unless it is the last attempt; what ends the run; what `publish` throws
   */
  build(options: BuildOptions, services: MonthServices): Promise<MonthResult>;
}

export interface BuildOptions {
  /** Else a network that fails fails the whole attempt, and nothing is written. */
  readonly isLastAttempt: boolean;
  readonly tapemillVersion: string;
}

/** What building a month needs of the world. */
export interface MonthServices {
  readonly archive: Archive;
  readonly signal: AbortSignal;
  readonly report: (event: CollectEvent) => void;
  /** ZIP bytes milled, and rows read, since the last call. */
  readonly advance: (step: { phase?: string; bytes?: number; rows?: number }) => void;
  readonly publish: Publish;
  /** Daily objects of the requested part of the month, which may stand in for the monthly one. */
  readonly days: () => Promise<readonly ArchiveEntry[]>;
  /** Runs what needs a core to itself; objects are opened (fetched) outside of it. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface MonthResult {
  readonly written: boolean;
  /** Objects that could not be used, as missing periods. */
  readonly failed: readonly MissingPeriod[];
  /** What was milled for it now. */
  readonly sources: readonly MilledFacts[];
}

export interface SettleRequest extends Subject<ArchiveStream> {
  readonly dataDir: string;
  /** Null: all that there is. */
  readonly range: DateRange | null;
  /** Gaps that the planner knows of, with the reason. */
  readonly missingPeriods: readonly MissingPeriod[];
  readonly tapemillVersion: string;
  readonly readFacts: Memory['readFacts'];
  /** How the files get their final names; at once, if absent. */
  readonly publish?: Publish;
}

/** The table that people read. */
export interface SettledTable {
  readonly status: 'written' | 'unchanged';
  /** Why it was written, in words; null when it was not. */
  readonly reason: string | null;
  readonly rows: number;
  readonly paths: { readonly csv: string };
  readonly meta: {
    readonly status: 'ok' | 'partial';
    readonly missing_periods: readonly MissingPeriod[];
  };
}
