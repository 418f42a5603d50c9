import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UserFactor, WideFamily } from '../dataset/index.js';
import { withLock } from '../download/index.js';
import { EXIT, type ExitStatus, TapemillError, isSystemError } from '../errors.js';
import { atomicWriteFile, sweepTempFiles } from '../layer/index.js';
import type { Market } from '../market/index.js';
import type { DateRange, Frequency } from '../time/index.js';
import { writeAllSymbols } from './all-symbols.js';
import { defaultFamilies } from './families.js';
import { makeLock } from './lock-file.js';
import { loadColumns } from './mill.js';
import { type DatasetPaths, datasetPaths } from './paths.js';
import { Pool } from './pool.js';
import { type SymbolRecord, jsonBytes } from './record.js';
import type { TableColumn } from './schema.js';
import { makeSection } from './section.js';
import { type TableSpec, leadInStart } from './spec.js';
import type { FinishedSymbol } from './symbol-files.js';
import type { SymbolPlan } from './symbol-plan.js';
import { summaryCsv } from './summary.js';
import { familiesRead, hashFactorFiles, loadFactors } from './user-factors.js';

export interface BuildRequest {
  readonly dataDir: string;
  readonly market: Market;
  readonly symbols: readonly string[];
  readonly frequency: Frequency;
  /** Null: all there is. */
  readonly range: DateRange | null;
  /** Null: all, but those of what users bring only when anything of them was imported. */
  readonly families: readonly WideFamily[] | null;
  /** Modules that export factors. */
  readonly factorPaths: readonly string[];
  /** Threads; 0 does all the work in this one. */
  readonly workers: number;
  readonly tapemillVersion: string;
  readonly onProgress?: (progress: BuildProgress) => void;
}

export interface BuildProgress {
  readonly step: 'minutes' | 'all symbols' | 'tables' | 'one file';
  readonly done: number;
  readonly of: number;
}

export interface SymbolFailure {
  readonly symbol: string;
  readonly error: TapemillError;
}

export interface BuildReport {
  readonly paths: DatasetPaths;
  readonly spec: TableSpec;
  readonly columns: readonly TableColumn[];
  readonly symbols: readonly { readonly status: 'written' | 'unchanged'; readonly record: SymbolRecord }[];
  /** They are not in the table. */
  readonly failures: readonly SymbolFailure[];
  /** Symbols of an earlier build whose files were removed. */
  readonly removed: readonly string[];
  readonly exitStatus: ExitStatus;
}

/**
 * Brings a wide table on disk up to date: the files of `datasetPaths`, the lock last. What is made already of just this is
 * left as it is; killed anywhere, the next build completes it, and leaves the bytes that an undisturbed one does.
 *
 * @throws `E_NO_LAYER` when nothing is there of any symbol, or what the only symbol failed with; `E_USAGE` for factors that
 *   cannot be computed; `E_IO`, `E_DISK_FULL`. What is wrong with one symbol's data is a failure in the report.
 */
export async function buildDataset(request: BuildRequest): Promise<BuildReport> {
  const { dataDir, market, frequency } = request;
  const spec = await makeSpec(request);
  const { columns, factors } = await loadColumns(spec);
  const paths = datasetPaths(dataDir, market, frequency.label);
  return underLock(paths, dataDir, async () => {
    await Promise.all([paths.folder, dataDir].map((folder) => sweepTempFiles(folder)));
    const pool = Pool.start(spec, Math.min(request.workers, request.symbols.length));
    try {
      return await build(request, { spec, columns, factors, paths }, pool);
    } finally {
      await pool.end();
    }
  });
}

/** Runs `work` while no other build or check of the table does. */
export function underLock<T>(paths: DatasetPaths, dataDir: string, work: () => Promise<T>): Promise<T> {
  const lock = join(dataDir, '_tmp', `wide-${basename(paths.folder)}.lock`);
  return withLock(lock, (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}), work);
}

async function makeSpec(request: BuildRequest): Promise<TableSpec> {
  const { dataDir, market, frequency, range } = request;
  const factors = await hashFactorFiles(request.factorPaths);
  const loaded = await loadFactors(factors);
  const windows = loaded.map(({ window }) => window);
  const families = request.families ?? (await defaultFamilies(dataDir, market));
  const startMs = range?.startMs ?? -Infinity;
  return {
    ...{ dataDir, market, frequency, factors, startMs },
    start: range?.start ?? null,
    end: range?.end ?? null,
    endMs: range?.endMs ?? Infinity,
    leadInMs: range ? leadInStart(startMs, frequency, windows) : -Infinity,
    families,
    reads: familiesRead(families, loaded),
  };
}

interface WantedTable {
  readonly spec: TableSpec;
  readonly columns: readonly TableColumn[];
  readonly factors: readonly UserFactor[];
  readonly paths: DatasetPaths;
}

async function build(
  request: BuildRequest,
  { spec, columns, factors, paths }: WantedTable,
  pool: Pool,
): Promise<BuildReport> {
  const symbols = [...new Set(request.symbols)].sort();
  const failures: SymbolFailure[] = [];
  const tell = (step: BuildProgress['step'], of: number) => (done: number) =>
    request.onProgress?.({ step, done, of });
  const fail = (symbol: string, error: unknown): void => {
    // One symbol's fault does not keep the others from theirs; a full disk does.
    if (!TapemillError.is(error) || !OWN_FAULTS.has(error.code)) throw error;
    failures.push({ symbol, error });
  };

  const planned = await pool.each(
    symbols,
    (mill, symbol) => mill.plan(symbol),
    fail,
    tell('minutes', symbols.length),
  );
  let plans = planned.filter((plan): plan is SymbolPlan => plan !== null);
  let done: FinishedSymbol[] = [];
  for (let failed = -1; failed !== failures.length;) {
    // Whoever fails now has been in the company of the others: they are made once more without it.
    failed = failures.length;
    plans = plans.filter(({ symbol }) => !failures.some((failure) => failure.symbol === symbol));
    throwIfNone(plans, failures);
    tell('all symbols', 1)(0);
    await pool.setSection(await makeSection(spec, plans));
    const finished = await pool.each(
      plans,
      (mill, plan) => mill.finish(plan),
      ({ symbol }, error) => {
        fail(symbol, error);
      },
      tell('tables', plans.length),
    );
    done = finished.filter((one) => one !== null);
  }
  const records = done.map(({ record }) => record);
  tell('one file', 1)(0);
  const removed = await removeOthers(paths, records);
  const all = await writeAllSymbols(spec, paths, columns, records);
  const summary = await atomicWriteFile(paths.summary, Buffer.from(summaryCsv(columns, records)));
  const lock = makeLock(spec, request.tapemillVersion, columns, factors, records, {
    all: all.file,
    summary,
  });
  await atomicWriteFile(paths.lock, jsonBytes(lock));
  const exitStatus = failures.length > 0 ? EXIT.partial : EXIT.done;
  return { paths, spec, columns, symbols: done, failures, removed, exitStatus };
}

const OWN_FAULTS: ReadonlySet<string> = new Set(['E_LAYER', 'E_NO_LAYER', 'E_SYMBOL', 'E_USAGE']);

function throwIfNone(found: readonly unknown[], failures: readonly SymbolFailure[]): void {
  const [first] = failures;
  if (found.length === 0 && first) throw first.error;
}

/** The folder holds one table: files of symbols that are not in it would go with another cross section. */
async function removeOthers(paths: DatasetPaths, records: readonly SymbolRecord[]): Promise<string[]> {
  const wanted = new Set(records.map(({ symbol }) => symbol));
  const names = await readdir(paths.folder).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  });
  const removed = new Set<string>();
  for (const name of names) {
    const symbol = /^(?<symbol>.+)_final\.(csv|parquet)$/.exec(name)?.groups?.['symbol'];
    if (symbol === undefined || wanted.has(symbol.normalize('NFC'))) continue;
    await rm(paths.lock, { force: true });
    await rm(join(paths.folder, name), { force: true });
    removed.add(symbol);
  }
  return [...removed].sort();
}
