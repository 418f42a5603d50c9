import {
  type Archive,
  type ArchiveEntry,
  type KnownDefect,
  type ListQuery,
  type SymbolPlan,
  planSymbol,
} from '../archive/index.js';
import { TapemillError } from '../errors.js';
import type { Ledger } from '../ledger/index.js';
import type { MissingPeriod } from '../layer/index.js';
import { type DateRange, parsePeriod, parseRange } from '../time/index.js';
import { VERSION } from '../version.js';
import type { SettledSpec, TaskSpec } from '../work/index.js';
import { defectNotes } from './defect-notes.js';
import { memoryOf } from './memory.js';
import {
  type BarsPayload,
  type CollectionPayload,
  type MonthPayload,
  barsKey,
  monthKey,
  toListed,
} from './payload.js';
import { NO_MEMORY, type PlannedMonth, type SettledTable } from './stream-kind.js';
import { kindOf } from './stream-kinds.js';
import { type ArchiveStream, type Stream, type Subject, groupOf } from './streams.js';

/** What is to be done for one stream of one symbol. */
export interface PlannedSymbol {
  readonly group: string;
  readonly symbol: string;
  readonly works: readonly PlannedWork[];
  readonly tasks: readonly TaskSpec[];
  readonly settled: readonly SettledSpec[];
  /** Keys of tasks that were missing and are so no more. */
  readonly appeared: readonly string[];
  /** Objects that the plan looked at, for the record. */
  readonly seen: readonly ArchiveEntry[];
  /** Objects of months that stay as they are. */
  readonly reused: readonly ArchiveEntry[];
  readonly missing: readonly MissingPeriod[];
  readonly notes: readonly string[];
  /** The table, when there is nothing to do at all. */
  readonly unchanged: SettledTable | null;
}

/** A month, for whoever tells of it. */
export interface PlannedWork {
  readonly month: string;
  /** Null: it stays as it is. */
  readonly reason: string | null;
  /** To be read; `bytes` of ZIPs, 0 where nobody knows before. */
  readonly objects: readonly { readonly key: string; readonly bytes: number; readonly period: string }[];
}

export type SymbolRequest<Of extends Stream = Stream> = Omit<
  CollectionPayload,
  'market' | 'stream' | 'symbol'
> &
  Subject<Of> & {
    readonly range: DateRange | null;
    readonly fresh: boolean;
    /** Months that may be built, others staying as they are; null: all. */
    readonly months: ReadonlySet<string> | null;
    /** What is known to be wrong with published objects; default: what tapemill ships. */
    readonly knownDefects?: readonly KnownDefect[];
  };

const MONTH_STAGE = 0;
const BARS_STAGE = 1;

/**
 * Compares what the archive lists of a symbol with what is on disk. Changes nothing.
 * @param ledger what is remembered; null: nothing
 * @throws `E_NOT_FOUND`, saying what there is; as `Archive.list`
 */
export async function planCollection(
  archive: Archive,
  ledger: Ledger | null,
  request: SymbolRequest<ArchiveStream>,
): Promise<PlannedSymbol> {
  const { range, fresh, months, knownDefects, ...shared } = request;
  const { market, stream, symbol, dataDir } = shared;
  const kind = kindOf(stream);
  const isRemote = archive.release !== undefined;
  const memory = ledger ? memoryOf(ledger, archive) : NO_MEMORY;
  const list = (days: 'gaps' | 'all'): Promise<ArchiveEntry[]> =>
    archive.list({ ...queryOf(request), fresh, days, ...(range && { range }) });
  // Days beside a monthly object are asked for when it turns out to lack some, or when months are made of them.
  let entries = await list(kind.knowsOthers ? 'gaps' : 'all');
  let plan = await planRange(archive, entries, request);
  if (isRemote && (await kind.knowsOthers?.(plan, entries, request, memory))) {
    entries = await list('all');
    plan = await planRange(archive, entries, request);
  }
  const works: PlannedMonth[] = [];
  for (const month of plan.months) {
    if (months !== null && !months.has(month.month.key)) continue;
    works.push(await kind.planMonth(archive, entries, month, shared, memory));
  }

  const group = groupOf(request);
  const toBuild = works.filter(({ reason }) => reason !== null);
  const tasks = toBuild.map((work): TaskSpec => {
    const payload = monthPayload({ ...shared, stream: stream.name }, work, entries);
    const weight = work.objects.reduce((sum, { bytes }) => sum + bytes, 0);
    return { key: monthKey(group, payload.month), group, stage: MONTH_STAGE, weight, isRemote, payload };
  });
  const missing = [...plan.beforeListing, ...plan.holes, ...plan.afterDelisting];
  const { readFacts } = memory;
  const table = { dataDir, market, stream, symbol, range, missingPeriods: missing };
  const unchanged =
    toBuild.length > 0
      ? null
      : await kind.findSettled({ ...table, tapemillVersion: VERSION, readFacts }).catch((error: unknown) => {
          // A month that is to stay as it is need not be there. Whoever makes the table will tell.
          if (TapemillError.is(error) && (error.code === 'E_NO_LAYER' || error.code === 'E_LAYER'))
            return null;
          throw error;
        });
  if (unchanged === null) {
    const payload: BarsPayload = {
      ...{ type: 'bars', dataDir, market, stream: stream.name, symbol },
      range: range && { start: range.start, end: range.end },
      missingPeriods: missing,
      after: tasks.map(({ key }) => key),
    };
    tasks.push({ key: barsKey(group), group, stage: BARS_STAGE, weight: 0, isRemote: false, payload });
  }
  return {
    ...{ group, symbol, tasks, missing, unchanged },
    works: works.map(({ plan: { month }, reason, objects }) => ({
      ...{ month: month.key, reason },
      objects: objects.map(({ key, bytes, name }) => ({ key, bytes, period: name.period.key })),
    })),
    reused: works.filter(({ reason }) => reason === null).flatMap((work) => work.plan.objects),
    settled: [...reusedSpecs(group, works), ...missingSpecs(group, missing), ...barsSpec(group, unchanged)],
    appeared: ledger ? appearedSince(ledger, group, plan.range, missing) : [],
    seen: works.flatMap((work) => [...work.plan.objects, ...work.plan.alternates]),
    notes: [
      ...works.flatMap(({ plan: { note }, notes }) => [...(note === undefined ? [] : [note]), ...notes]),
      ...defectNotes(
        toBuild.flatMap((work) => work.objects),
        knownDefects,
      ),
    ],
  };
}

/** How the archive is asked for a stream of a symbol. */
export function queryOf({ market, stream, symbol }: Subject<ArchiveStream>): ListQuery {
  const { dataType, interval } = stream;
  return { market, dataType, symbol, ...(interval === null ? {} : { interval }) };
}

function monthPayload(
  shared: CollectionPayload,
  { plan }: PlannedMonth,
  entries: readonly ArchiveEntry[],
): MonthPayload {
  const { month, startMs, endMs, objects, alternates, missing } = plan;
  const planned = new Set([...objects, ...alternates]);
  const others = entries.filter(
    (entry) =>
      !planned.has(entry) &&
      entry.name.period.startMs >= month.startMs &&
      entry.name.period.startMs < month.endMs,
  );
  return {
    type: 'month',
    ...shared,
    ...{ month: month.key, startMs, endMs, missing },
    objects: objects.map(toListed),
    alternates: alternates.map(toListed),
    others: others.map(toListed),
  };
}

function reusedSpecs(group: string, works: readonly PlannedMonth[]): SettledSpec[] {
  return works
    .filter(({ reason }) => reason === null)
    .map(({ plan }) => ({
      key: monthKey(group, plan.month.key),
      ...{ group, stage: MONTH_STAGE, weight: 0, state: 'done', reason: 'reused' },
    }));
}

function missingSpecs(group: string, missing: readonly MissingPeriod[]): SettledSpec[] {
  return missing.map(({ period, reason }) => ({
    key: monthKey(group, period),
    ...{ group, stage: MONTH_STAGE, weight: 0, state: 'missing', reason },
  }));
}

function barsSpec(group: string, unchanged: SettledTable | null): SettledSpec[] {
  if (unchanged === null) return [];
  return [{ key: barsKey(group), group, stage: BARS_STAGE, weight: 0, state: 'done', reason: 'reused' }];
}

function appearedSince(
  { queue }: Ledger,
  group: string,
  { startMs, endMs }: DateRange,
  missing: readonly MissingPeriod[],
): string[] {
  const still = new Set(missing.map(({ period }) => monthKey(group, period)));
  return queue
    .tasksOf(group)
    .filter(({ state, key }) => state === 'missing' && !still.has(key))
    .filter(({ key }) => {
      const period = parsePeriod(key.slice(group.length + 1));
      return period.startMs >= startMs && period.endMs <= endMs;
    })
    .map(({ key }) => key);
}

/** @throws `E_NOT_FOUND`, saying what there is */
async function planRange(
  archive: Archive,
  entries: readonly ArchiveEntry[],
  { market, stream, symbol, range }: SymbolRequest<ArchiveStream>,
): Promise<SymbolPlan> {
  const cadences = kindOf(stream).cadences(stream);
  const what = stream.interval === null ? stream.dataType : `${stream.dataType} ${stream.interval}`;
  const whole = planSymbol(entries, range ?? parseRange('1970-01', '1970-01'), cadences).listed;
  if (!whole) {
    const symbols = await archive.symbols(market, stream.dataType).catch(() => null);
    const hint =
      symbols === null
        ? 'and it cannot say which it has'
        : symbols.length === 0
          ? `it has no ${stream.dataType} of this market`
          : `it has ${listSome(symbols)}`;
    throw new TapemillError(
      'E_NOT_FOUND',
      `${archive.location} has no ${market} ${what} of ${symbol}; ${hint}`,
      {
        expected: 'a symbol of the archive',
        found: symbol,
      },
    );
  }
  const plan = planSymbol(entries, range ?? parseRange(whole.firstDay, whole.lastDay), cadences);
  if (plan.months.length === 0) {
    throw new TapemillError(
      'E_NOT_FOUND',
      `${archive.location} has no ${what} of ${symbol} from ${plan.range.start} to ${plan.range.end}; ` +
        `it has ${whole.firstDay} … ${whole.lastDay}`,
      {
        expected: `${whole.firstDay} … ${whole.lastDay}`,
        found: `${plan.range.start} … ${plan.range.end}`,
      },
    );
  }
  return plan;
}

function listSome(symbols: readonly string[]): string {
  const shown = symbols.slice(0, 8).join(', ');
  return symbols.length > 8 ? `${shown} and ${symbols.length - 8} more` : shown;
}
