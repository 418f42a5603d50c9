import type { CrossSection, CrossSectionRows, Leak } from '../dataset/index.js';
import { TapemillError } from '../errors.js';
import type { FactorTable } from '../factors/index.js';
import type { Market } from '../market/index.js';
import { type EpochMs, type Frequency, monthOf } from '../time/index.js';
import { underLock } from './build.js';
import { type MonthCarry, openMinutes } from './inputs/index.js';
import { type DatasetLock, readLock } from './lock-file.js';
import { makeMonth, monthColumns } from './month-columns.js';
import { datasetPaths } from './paths.js';
import { Pool } from './pool.js';
import { makeSection } from './section.js';
import { SLIM_MONTH_COLUMNS, slimRows } from './slim.js';
import type { TableSpec } from './spec.js';
import { inputChange, specOfLock, stale } from './stale.js';
import type { SymbolPlan } from './symbol-plan.js';
import { hashFactorFiles } from './user-factors.js';

export interface CheckRequest {
  readonly dataDir: string;
  readonly market: Market;
  readonly frequency: Frequency;
  /** Null: all of the table. */
  readonly symbols: readonly string[] | null;
  /** How many instants; they are spread over the rows of each table. */
  readonly cuts: number;
  readonly workers: number;
  readonly onProgress?: (done: number, of: number) => void;
}

export interface CheckReport {
  readonly symbols: readonly string[];
  readonly cuts: readonly EpochMs[];
  readonly leaks: readonly Leak[];
  readonly found: number;
  readonly compared: number;
}

/**
 * Proves the table on disk: for several instants, makes the rows of all bars that had ended by then anew from nothing but
 * what was known then, through the same files and the same code, and compares each cell bit for bit.
 *
 * Columns of minutes are made anew of the month that a cut falls into; those of earlier months are the kept ones, which were
 * each made of one month file and the last price before it. All joins, rolling statistics, liquidations and user factors are
 * made anew over all rows; of the cross section the month of the cut is.
 * @throws `E_NO_DATASET` when there is no table, or it lacks a symbol; `E_DATASET` when it is damaged, or its inputs or
 *   factors have changed since it was built; `E_LAYER`, `E_IO`
 */
export async function checkDataset(request: CheckRequest): Promise<CheckReport> {
  const { dataDir, market, frequency } = request;
  const paths = datasetPaths(dataDir, market, frequency.label);
  return underLock(paths, dataDir, async () => {
    const { lock } = await readLock(paths);
    const spec = specOfLock(dataDir, frequency, lock);
    await refuseOtherFactors(lock);
    const all = lock.symbols.map(({ symbol }) => symbol);
    const symbols = request.symbols ?? all;
    const missing = symbols.find((symbol) => !all.includes(symbol));
    if (missing !== undefined) {
      throw new TapemillError('E_NO_DATASET', `the table has no symbol ${missing}`, { path: paths.folder });
    }
    const pool = Pool.start(spec, Math.min(request.workers, all.length));
    try {
      return await check(request, spec, lock, symbols, pool);
    } finally {
      await pool.end();
    }
  });
}

async function refuseOtherFactors({ factors }: DatasetLock): Promise<void> {
  const now = await hashFactorFiles(factors.map(({ path }) => path));
  now.forEach(({ path, sha256 }, index) => {
    if (sha256 !== factors[index]!.sha256) throw stale(`${path}, or what it imports, changed`);
  });
}

async function check(
  request: CheckRequest,
  spec: TableSpec,
  lock: DatasetLock,
  symbols: readonly string[],
  pool: Pool,
): Promise<CheckReport> {
  const raise = (_: unknown, error: unknown): never => {
    throw error;
  };
  const names = lock.symbols.map(({ symbol }) => symbol);
  const plans = (await pool.each(names, (mill, symbol) => mill.plan(symbol), raise)).map((plan) => plan!);
  plans.forEach((plan, index) => {
    const change = inputChange(lock.symbols[index]!, plan, true);
    if (change !== null) throw stale(`${change} for ${plan.symbol}`);
  });
  const checked = plans.filter(({ symbol }) => symbols.includes(symbol));
  const cuts = spreadCuts(plans.map(rowsOf), spec, request.cuts);
  const reports = [];
  let done = 0;
  for (const cutMs of cuts) {
    await pool.setSection(await cutSection(spec, plans, cutMs));
    const found = await pool.each(
      checked.filter(({ span }) => span.startMs < cutMs),
      (mill, plan) => mill.compare(plan, cutMs),
      raise,
      () => request.onProgress?.(++done, cuts.length * checked.length),
    );
    reports.push(...found.map((report) => report!));
  }
  return {
    symbols,
    cuts,
    leaks: reports.flatMap(({ leaks }) => leaks),
    found: reports.reduce((sum, { found }) => sum + found, 0),
    compared: reports.reduce((sum, { compared }) => sum + compared, 0),
  };
}

/** Time from the first to the last row: a cut before or after them proves nothing. */
function rowsOf({ span, lives }: SymbolPlan): Pick<SymbolPlan, 'span'> {
  const startMs = Math.max(span.startMs, lives[0]?.startMs ?? -Infinity);
  const endMs = Math.min(span.endMs, lives.at(-1)?.endMs ?? Infinity);
  return { span: { startMs, endMs } };
}

/**
 * Ends of bars within the range, evenly spread, the same for the same table. At the very end of a bar every source that is
 * joined too early shows, be it by a minute: a cut within a bar would miss what became known between its end and the cut.
 */
export function spreadCuts(
  plans: readonly Pick<SymbolPlan, 'span'>[],
  { startMs, endMs, frequency }: Pick<TableSpec, 'startMs' | 'endMs' | 'frequency'>,
  count: number,
): EpochMs[] {
  const { lengthMs } = frequency;
  const from = Math.max(startMs, Math.min(...plans.map(({ span }) => span.startMs)));
  const to = Math.min(endMs, Math.max(...plans.map(({ span }) => span.endMs)));
  const cuts = new Set<EpochMs>();
  for (let index = 1; index <= count; index++) {
    const at = Math.ceil((from + ((to - from) * index) / (count + 1)) / lengthMs) * lengthMs;
    // Not all at the same hour of the day, where settlements are, or not.
    cuts.add(to - from > 8 * lengthMs * (count + 1) ? at + (index % 7) * lengthMs : at);
  }
  return [...cuts];
}

/** The cross section as it was known at a cut: of its month every symbol's rows are made anew. */
async function cutSection(
  spec: TableSpec,
  plans: readonly SymbolPlan[],
  cutMs: EpochMs,
): Promise<CrossSection> {
  const lastMonth = monthOf(cutMs).key;
  return makeSection(spec, plans, {
    lastMonth,
    override: (plan, month) => (month === lastMonth ? cutMonth(spec, plan, month, cutMs) : undefined),
  });
}

async function cutMonth(
  spec: TableSpec,
  plan: SymbolPlan,
  monthKey: string,
  cutMs: EpochMs,
): Promise<CrossSectionRows | null> {
  const store = (await openMinutes(spec.dataDir, spec.market, plan.symbol))!;
  let carry: MonthCarry | null = plan.carry;
  const parts: FactorTable[] = [];
  for (const month of store.months.slice(plan.firstMonth, plan.endMonth)) {
    if (month.month.key > monthKey) break;
    if (month.month.key === monthKey) {
      parts.push((await makeMonth(spec, store, month, carry, cutMs)).table);
      break;
    }
    carry = (await monthColumns(spec, store, month, carry, SLIM_MONTH_COLUMNS)).carry;
  }
  return parts.length === 0 ? null : slimRows(spec, plan, parts, cutMs);
}
