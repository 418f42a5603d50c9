import { type Archive, type ArchiveEntry, type SymbolPlan, planSymbol } from '../archive/index.js';
import { TapemillError } from '../errors.js';
import type { Ledger } from '../ledger/index.js';
import { type MissingPeriod, monthPath } from '../layer/index.js';
import { type Settled, findSettled } from '../outputs/index.js';
import { type DateRange, HOUR, parsePeriod, parseRange } from '../time/index.js';
import { VERSION } from '../version.js';
import type { SettledSpec, TaskSpec } from '../work/index.js';
import { memoryOf } from './memory.js';
import {
  type BarsPayload,
  type CollectionPayload,
  type MonthPayload,
  barsKey,
  groupOf,
  monthKey,
  toListed,
} from './payload.js';
import { type Memory, type MonthWork, NO_MEMORY, planMonthWork } from './plan-months.js';

/** What is to be done for one symbol. */
export interface PlannedSymbol {
  readonly group: string;
  readonly symbol: string;
  readonly plan: SymbolPlan;
  readonly works: readonly MonthWork[];
  readonly tasks: readonly TaskSpec[];
  readonly settled: readonly SettledSpec[];
  /** Keys of tasks that were missing and are so no more. */
  readonly appeared: readonly string[];
  /** Objects that the plan looked at, for the record. */
  readonly seen: readonly ArchiveEntry[];
  readonly missing: readonly MissingPeriod[];
  readonly notes: readonly string[];
  /** The factor files, when there is nothing to do at all. */
  readonly unchanged: Settled | null;
}

export interface SymbolRequest extends CollectionPayload {
  readonly range: DateRange | null;
  readonly fresh: boolean;
  /** Months that may be built, others staying as they are; null: all. */
  readonly months: ReadonlySet<string> | null;
}

const STREAM = 'aggTrades';
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
  request: SymbolRequest,
): Promise<PlannedSymbol> {
  const { range, fresh, months, ...shared } = request;
  const { market, symbol, dataDir } = shared;
  const isRemote = archive.release !== undefined;
  const memory = ledger ? memoryOf(ledger, archive) : NO_MEMORY;
  const list = (days: 'gaps' | 'all'): Promise<ArchiveEntry[]> =>
    archive.list({ market, dataType: STREAM, symbol, fresh, days, ...(range && { range }) });
  // Days beside a monthly object are asked for when it turns out to lack some, or when the layer is made of them.
  let entries = await list('gaps');
  let plan = await planRange(archive, entries, request);
  if (isRemote && (await isMadeOfOthers(plan, entries, request, memory))) {
    entries = await list('all');
    plan = await planRange(archive, entries, request);
  }
  const works: MonthWork[] = [];
  for (const month of plan.months) {
    if (months !== null && !months.has(month.month.key)) continue;
    works.push(await planMonthWork(archive, entries, month, shared, memory));
  }

  const group = groupOf(market, STREAM, symbol);
  const toBuild = works.filter(({ reason }) => reason !== null);
  const tasks = toBuild.map((work): TaskSpec => {
    const payload = monthPayload(shared, work, entries);
    const weight = work.objects.reduce((sum, { bytes }) => sum + bytes, 0);
    return { key: monthKey(group, payload.month), group, stage: MONTH_STAGE, weight, isRemote, payload };
  });
  const missing = [...plan.beforeListing, ...plan.holes, ...plan.afterDelisting];
  const request1h = { dataDir, market, symbol, range, frequency: HOUR, missingPeriods: missing };
  const unchanged =
    toBuild.length > 0
      ? null
      : await findSettled({
          ...request1h,
          tapemillVersion: VERSION,
          readFacts: (path) => memory.readFacts(path),
        }).catch((error: unknown) => {
          // A month that is to stay as it is need not be there. Whoever derives the bars will tell.
          if (TapemillError.is(error) && (error.code === 'E_NO_LAYER' || error.code === 'E_LAYER'))
            return null;
          throw error;
        });
  if (unchanged === null) {
    const payload: BarsPayload = {
      ...{ type: 'bars', dataDir, market, symbol },
      range: range && { start: range.start, end: range.end },
      missingPeriods: missing,
      after: tasks.map(({ key }) => key),
    };
    tasks.push({ key: barsKey(group), group, stage: BARS_STAGE, weight: 0, isRemote: false, payload });
  }
  return {
    ...{ group, symbol, plan, works, tasks, missing, unchanged },
    settled: [...reusedSpecs(group, works), ...missingSpecs(group, missing), ...barsSpec(group, unchanged)],
    appeared: ledger ? appearedSince(ledger, group, plan.range, missing) : [],
    seen: works.flatMap((work) => [...work.plan.objects, ...work.plan.alternates]),
    notes: works.flatMap(({ plan: { note }, notes }) => [...(note === undefined ? [] : [note]), ...notes]),
  };
}

function monthPayload(
  shared: CollectionPayload,
  { plan }: MonthWork,
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

function reusedSpecs(group: string, works: readonly MonthWork[]): SettledSpec[] {
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

function barsSpec(group: string, unchanged: Settled | null): SettledSpec[] {
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

/** Whether a month file has sources that the listing leaves out. */
async function isMadeOfOthers(
  plan: SymbolPlan,
  entries: readonly ArchiveEntry[],
  { dataDir, market, symbol }: SymbolRequest,
  memory: Memory,
): Promise<boolean> {
  const listed = new Set(entries.map(({ key }) => key));
  for (const { month } of plan.months) {
    const facts = await memory
      .readFacts(monthPath(dataDir, market, symbol, month.key))
      .catch((error: unknown) => {
        if (TapemillError.is(error) && error.code === 'E_LAYER') return null;
        throw error;
      });
    if (facts?.sources.some(({ key }) => !listed.has(key))) return true;
  }
  return false;
}

/** @throws `E_NOT_FOUND`, saying what there is */
async function planRange(
  archive: Archive,
  entries: readonly ArchiveEntry[],
  { market, symbol, range }: SymbolRequest,
): Promise<SymbolPlan> {
  const whole = planSymbol(entries, range ?? parseRange('1970-01', '1970-01')).listed;
  if (!whole) {
    const symbols = await archive.symbols(market, STREAM).catch(() => null);
    const hint =
      symbols === null
        ? 'and it cannot say which it has'
        : symbols.length === 0
          ? `it has no ${STREAM} of this market`
          : `it has ${listSome(symbols)}`;
    throw new TapemillError(
      'E_NOT_FOUND',
      `${archive.location} has no ${market} ${STREAM} of ${symbol}; ${hint}`,
      {
        expected: 'a symbol of the archive',
        found: symbol,
      },
    );
  }
  const plan = planSymbol(entries, range ?? parseRange(whole.firstDay, whole.lastDay));
  if (plan.months.length === 0) {
    throw new TapemillError(
      'E_NOT_FOUND',
      `${archive.location} has no ${STREAM} of ${symbol} from ${plan.range.start} to ${plan.range.end}; ` +
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
