import {
  type Archive,
  type ArchiveEntry,
  type DownloadEvent,
  type HttpArchiveOptions,
  createLimits,
  openArchive,
  planSymbol,
  type SymbolPlan,
} from '../archive/index.js';
import { EXIT, TapemillError, type ErrorCode, type ExitStatus, ERROR_KINDS } from '../errors.js';
import { type MissingPeriod, factorFolder, layerFolder, sweepTempFiles } from '../layer/index.js';
import { type Market, normalizeSymbol } from '../market/index.js';
import type { Settled } from '../outputs/index.js';
import type { Thresholds } from '../ticks/index.js';
import { HOUR, type DateRange, parseRange } from '../time/index.js';
import { VERSION } from '../version.js';
import { WorkerPool } from '../work/index.js';
import type { CollectEvent } from './events.js';
import type { MonthResult, MonthTask } from './month-task.js';
import { type MonthWork, planMonthWork } from './plan-months.js';
import type { SettleTask } from './worker.js';

/** How an archive behind http(s) is used; of no interest to a folder. */
export type NetworkOptions = Omit<HttpArchiveOptions, 'dataDir' | 'keepZip' | 'limits'>;

export interface CollectRequest {
  /** The folder that holds `data/`, or the URL of one. */
  readonly archive: string;
  readonly dataDir: string;
  readonly market: Market;
  readonly symbols: readonly string[];
  /** Null: all that the archive lists. */
  readonly range: DateRange | null;
  readonly thresholds: Thresholds;
  readonly workers: number;
  /** Keep what was milled in `{data}/archive`. */
  readonly keepZip: boolean;
  readonly network?: NetworkOptions;
  /** Whose minutes count where monthly and daily objects differ; null: those with more fills. */
  readonly prefer: 'monthly' | 'daily' | null;
  readonly onEvent?: (event: CollectEvent) => void;
  /** What happens on the network, while objects are fetched ahead of their milling. */
  readonly onDownload?: (event: DownloadEvent) => void;
  /** Stops at the next chunk; nothing half-written stays. */
  readonly signal?: AbortSignal;
}

export interface CollectSummary {
  readonly exitStatus: ExitStatus;
  readonly symbolsDone: number;
  readonly symbolsPartial: number;
  readonly symbolsFailed: number;
  readonly monthsBuilt: number;
  readonly monthsReused: number;
  readonly objectsMilled: number;
  readonly objectsFailed: number;
  /** Rows read, and of them accepted as ticks. */
  readonly rows: number;
  readonly accepted: number;
  /** ZIP bytes milled. */
  readonly bytes: number;
  readonly seconds: number;
}

/** The same from src/ and from dist/: a worker thread needs the compiled module. */
const WORKER = new URL('../../dist/collect/worker.js', import.meta.url);

/** What ends the run, whatever else there is to do: the next symbol would meet the same. */
const FATAL = new Set<ErrorCode>([
  'E_DISK_FULL',
  'E_IO',
  'E_USAGE',
  'E_ARCHIVE_UNREADABLE',
  'E_FORBIDDEN',
  'E_GEOBLOCKED',
]);

const isFatal = (error: unknown): boolean => !TapemillError.is(error) || FATAL.has(error.code);

/**
 * The main job: objects of an archive to the minute layer, and the layer to 1h factors, for every symbol asked
 * for. A symbol's months are built side by side, and its factors derived when the last is settled. What is there
 * already and matches is left alone.
 *
 * Faults of single objects and symbols are reported as events and in the exit status; the others go on.
 * @throws what ends the whole run: `E_ARCHIVE_UNREADABLE`, `E_DISK_FULL`, `E_IO`, `E_USAGE`, `E_FORBIDDEN`,
 *   `E_GEOBLOCKED`, the signal's reason
 */
export async function collect(request: CollectRequest): Promise<CollectSummary> {
  const started = performance.now();
  const { workers } = request;
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new TapemillError('E_USAGE', `expected at least one worker, found ${workers}`);
  }
  const run = new CollectRun({ ...request, symbols: [...new Set(request.symbols.map(normalizeSymbol))] });
  const summary = await run.finish();
  return { ...summary, seconds: (performance.now() - started) / 1000 };
}

interface SymbolOutcome {
  readonly status: 'ok' | 'partial' | 'failed';
  readonly code?: ErrorCode;
}

class CollectRun {
  readonly #archive: Archive;
  readonly #archiveOptions: HttpArchiveOptions;
  readonly #pool: WorkerPool;
  #monthsBuilt = 0;
  #monthsReused = 0;
  #objectsMilled = 0;
  #objectsFailed = 0;
  #rows = 0;
  #accepted = 0;
  #bytes = 0;
  /** What ended the run; whatever else fails from then on fails because of it. */
  #fatal: { readonly error: unknown } | null = null;

  constructor(private readonly request: CollectRequest) {
    const { network = {}, dataDir, keepZip, signal } = request;
    const { connections = 6, bytesPerSecond = null } = network;
    // Shared by all threads: the limits are those of the run, not of a worker.
    const limits = createLimits({ connections, bytesPerSecond });
    this.#archiveOptions = { ...network, dataDir, keepZip, limits };
    const onEvent = (event: DownloadEvent): void => {
      request.onDownload?.(event);
    };
    this.#archive = openArchive(request.archive, this.#archiveOptions, {
      ...(signal && { signal }),
      onEvent,
    });
    this.#pool = new WorkerPool(WORKER, request.workers);
  }

  async finish(): Promise<Omit<CollectSummary, 'seconds'>> {
    const { signal, symbols } = this.request;
    const abort = (): void => {
      this.#pool.abort(signal?.reason);
    };
    signal?.addEventListener('abort', abort);
    try {
      const { dataDir, market } = this.request;
      await sweepTempFiles(factorFolder(dataDir, market, HOUR.label));
      // In the order of the symbols, whichever is done first.
      const outcomes: SymbolOutcome[] = [];
      // Two symbols in hand are enough to keep all workers busy while one of them settles.
      const waiting = [...symbols.entries()];
      const lane = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          signal?.throwIfAborted();
          const [at, symbol] = next;
          outcomes[at] = await this.#collectSymbol(symbol);
        }
      };
      const lanes = Array.from({ length: Math.max(2, this.request.workers) }, lane);
      await Promise.all(lanes).catch(async (error: unknown) => {
        waiting.length = 0;
        this.#endRun(error);
        await Promise.allSettled(lanes);
        throw this.#fatal?.error ?? error;
      });
      return this.#summarize(outcomes);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
      await this.#archive.close?.();
      await this.#pool.close();
    }
  }

  async #collectSymbol(symbol: string): Promise<SymbolOutcome> {
    try {
      return await this.#buildSymbol(symbol);
    } catch (error) {
      if (isFatal(error) || !TapemillError.is(error)) throw error;
      this.#emit({ type: 'symbol-failed', symbol, code: error.code, message: error.message });
      return { status: 'failed', code: error.code };
    }
  }

  async #buildSymbol(symbol: string): Promise<SymbolOutcome> {
    const { market, dataDir, thresholds, prefer, signal } = this.request;
    const { range } = this.request;
    const query = { market, dataType: 'aggTrades', symbol } as const;
    const entries = await this.#archive.list(range ? { ...query, range } : query);
    const plan = await this.#plan(symbol, entries);
    await sweepTempFiles(layerFolder(dataDir, market, symbol));
    const works: MonthWork[] = [];
    for (const month of plan.months) {
      signal?.throwIfAborted();
      works.push(
        await planMonthWork(this.#archive, entries, month, { dataDir, market, symbol, thresholds, prefer }),
      );
    }
    const toBuild = works.filter((work) => work.reason !== null);
    this.#monthsReused += works.length - toBuild.length;
    const missing = [...plan.beforeListing, ...plan.holes, ...plan.afterDelisting];
    const objects = toBuild.flatMap((work) => work.objects);
    this.#emit({
      type: 'planned',
      symbol,
      monthsReused: works.length - toBuild.length,
      monthsToBuild: toBuild.length,
      objects: objects.length,
      bytes: objects.reduce((sum, entry) => sum + entry.bytes, 0),
      missingPeriods: missing,
      notes: works.flatMap(({ plan: { note }, notes }) => [...(note === undefined ? [] : [note]), ...notes]),
    });

    // A run that was killed between writing a month and giving up its downloads left them to us.
    const wanted = new Set(objects);
    const settled = works.flatMap((work) => work.plan.objects).filter((entry) => !wanted.has(entry));
    await this.#archive.release?.(settled, true);
    this.#archive.prefetch?.(objects);
    // All of them are waited for, also when one fails: a worker must not be ended while it writes.
    const results = await Promise.allSettled(toBuild.map((work) => this.#buildMonth(symbol, work)));
    const failed = results.flatMap((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value.failed;
    });
    return this.#settle(symbol, [...missing, ...failed], failed);
  }

  /** @throws `E_NOT_FOUND`, saying what there is */
  async #plan(symbol: string, entries: readonly ArchiveEntry[]): Promise<SymbolPlan> {
    const { market, range } = this.request;
    const whole = planSymbol(entries, range ?? parseRange('1970-01', '1970-01')).listed;
    if (!whole) {
      const symbols = await this.#archive.symbols(market, 'aggTrades').catch(() => null);
      const hint =
        symbols === null
          ? 'and it cannot say which it has'
          : symbols.length === 0
            ? 'it has no aggTrades of this market'
            : `it has ${listSome(symbols)}`;
      throw new TapemillError(
        'E_NOT_FOUND',
        `${this.#archive.location} has no ${market} aggTrades of ${symbol}; ${hint}`,
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
        `${this.#archive.location} has no aggTrades of ${symbol} from ${plan.range.start} to ${plan.range.end}; ` +
          `it has ${whole.firstDay} … ${whole.lastDay}`,
        {
          expected: `${whole.firstDay} … ${whole.lastDay}`,
          found: `${plan.range.start} … ${plan.range.end}`,
        },
      );
    }
    return plan;
  }

  async #buildMonth(symbol: string, work: MonthWork): Promise<MonthResult> {
    const { archive, dataDir, market, thresholds, prefer, keepZip } = this.request;
    const month = work.plan.month.key;
    const task: MonthTask = {
      type: 'month',
      archive,
      archiveOptions: this.#archiveOptions,
      dataDir,
      market,
      symbol,
      month,
      thresholds,
      objects: work.objects,
      keepDays: work.keepDays,
      alternates: work.plan.alternates,
      fallBackToDays: work.fallBackToDays,
      staleDays: work.staleDays,
      missingPeriods: work.missingPeriods,
      reason: work.reason ?? '',
      prefer,
      keepZip,
      tapemillVersion: VERSION,
    };
    const result = (await this.#pool
      .run(task, (event) => {
        this.#emit(event as CollectEvent);
      })
      .catch((error: unknown) => {
        // The other months would only meet the same.
        if (isFatal(error)) this.#endRun(error);
        throw error;
      })) as MonthResult;
    if (result.written) this.#monthsBuilt++;
    const failed = new Set(result.failed.map(({ period }) => period));
    const done = [...work.objects, ...work.plan.alternates].filter(
      ({ name }) => !failed.has(name.period.key),
    );
    await this.#archive.release?.(done, result.written);
    return result;
  }

  async #settle(
    symbol: string,
    missingPeriods: readonly MissingPeriod[],
    failed: readonly MissingPeriod[],
  ): Promise<SymbolOutcome> {
    const { dataDir, market, range } = this.request;
    const task: SettleTask = {
      type: 'settle',
      request: { dataDir, market, symbol, frequency: HOUR, range, missingPeriods, tapemillVersion: VERSION },
    };
    let settled: Settled;
    try {
      settled = (await this.#pool.run(task)) as Settled;
    } catch (error) {
      // Every object failed: what made them fail says more than that there is no layer.
      const [first] = failed;
      if (first && TapemillError.is(error) && error.code === 'E_NO_LAYER') {
        const [code, ...message] = (first.detail ?? '').split(': ');
        throw new TapemillError(code as ErrorCode, message.join(': '));
      }
      throw error;
    }
    const { meta } = settled;
    this.#emit({
      type: 'symbol-settled',
      symbol,
      status: settled.status,
      reason: settled.reason,
      dataStatus: meta.status,
      bars: settled.rows,
      csv: settled.paths.csv,
      missingPeriods: meta.missing_periods,
    });
    return { status: meta.status === 'partial' || failed.length > 0 ? 'partial' : 'ok' };
  }

  #endRun(error: unknown): void {
    this.#fatal ??= { error };
    this.#pool.abort(error);
  }

  #emit(event: CollectEvent): void {
    if (event.type === 'object-milled') {
      this.#objectsMilled++;
      this.#rows += event.account.rows;
      this.#accepted += event.account.accepted;
      this.#bytes += event.bytes;
    } else if (event.type === 'object-failed') {
      this.#objectsFailed++;
    }
    this.request.onEvent?.(event);
  }

  #summarize(outcomes: readonly SymbolOutcome[]): Omit<CollectSummary, 'seconds'> {
    const count = (status: SymbolOutcome['status']): number =>
      outcomes.filter((outcome) => outcome.status === status).length;
    const failed = count('failed');
    const firstFailure = outcomes.find((outcome) => outcome.code !== undefined)?.code;
    let exitStatus: ExitStatus = EXIT.done;
    if (failed === outcomes.length && firstFailure) exitStatus = ERROR_KINDS[firstFailure].exit;
    else if (failed > 0 || count('partial') > 0) exitStatus = EXIT.partial;
    return {
      exitStatus,
      symbolsDone: count('ok'),
      symbolsPartial: count('partial'),
      symbolsFailed: failed,
      monthsBuilt: this.#monthsBuilt,
      monthsReused: this.#monthsReused,
      objectsMilled: this.#objectsMilled,
      objectsFailed: this.#objectsFailed,
      rows: this.#rows,
      accepted: this.#accepted,
      bytes: this.#bytes,
    };
  }
}

function listSome(symbols: readonly string[]): string {
  const shown = symbols.slice(0, 8).join(', ');
  return symbols.length > 8 ? `${shown} and ${symbols.length - 8} more` : shown;
}
