import type {
  Archive,
  ArchiveEntry,
  DownloadEvent,
  HttpArchiveOptions,
  MonthPlan,
} from '../archive/index.js';
import { openArchive } from '../archive/index.js';
import { TapemillError, type ErrorCode } from '../errors.js';
import type { Ledger } from '../ledger/index.js';
import { type MissingPeriod, factorFolder, layerFolder, sweepTempFiles } from '../layer/index.js';
import { settleFactors } from '../outputs/index.js';
import { DAY_MS, HOUR, dayPeriod, parseRange } from '../time/index.js';
import { VERSION } from '../version.js';
import type { DoTask, Lease, TaskContext, TaskOutcome } from '../work/index.js';
import { endsTheRun, isPassing } from './faults.js';
import { memoryOf, rememberMilled } from './memory.js';
import { type MonthResult, buildMonth } from './month-task.js';
import { limitsFolder } from './limits-folder.js';
import { type BarsPayload, type CollectPayload, type MonthPayload, monthPlanOf } from './payload.js';
import { planMonthWork } from './plan-months.js';

/** What a month's task leaves in the queue for whoever comes after it. */
export interface MonthOutcome {
  readonly written: boolean;
  readonly failed: readonly MissingPeriod[];
}

/** What the task that derives a symbol's bars leaves. */
export interface BarsOutcome {
  readonly dataStatus: 'ok' | 'partial';
  readonly rows: number;
}

/**
 * Does the tasks of collections: months and bars, of any collection whose tasks lie in the queue. Archives are opened
 * once and used by all tasks of the process.
 */
export class CollectTasks {
  readonly #archives = new Map<string, Archive>();
  /** Who is told what happens on the network: the task that wants the object. */
  readonly #listeners = new Map<string, (event: DownloadEvent) => void>();

  constructor(
    private readonly ledger: Ledger,
    private readonly signal: AbortSignal,
  ) {}

  readonly do: DoTask = (lease, context) => {
    const payload = lease.payload as CollectPayload;
    return payload.type === 'month'
      ? this.#month(lease, payload, context)
      : this.#bars(lease, payload, context);
  };

  async close(): Promise<void> {
    for (const archive of this.#archives.values()) await archive.close?.();
  }

  async #month(lease: Lease, payload: MonthPayload, context: TaskContext): Promise<TaskOutcome> {
    const { dataDir, market, symbol, keepZip, thresholds, prefer } = payload;
    const isLastAttempt = lease.attempt >= this.ledger.queue.rules.maxAttempts;
    const archive = this.#archiveOf(payload);
    const memory = memoryOf(this.ledger, archive);
    const { plan, entries } = monthPlanOf(payload);
    const keys = entries.map(({ key }) => key);
    for (const key of keys) this.#listeners.set(key, listenerOf(context));
    context.signal.throwIfAborted();
    try {
      await sweepTempFiles(layerFolder(dataDir, market, symbol));
      const work = await planMonthWork(archive, entries, plan, payload, memory);
      const mine = [...work.objects, ...plan.alternates];
      if (work.reason === null) {
        await archive.release?.(plan.objects, true);
        return { state: 'done', result: { written: false, failed: [] } satisfies MonthOutcome };
      }
      archive.prefetch?.(work.objects);
      let days: ArchiveEntry[] = [];
      let result: MonthResult;
      try {
        result = await buildMonth(
          {
            ...{ dataDir, market, symbol, thresholds, prefer, keepZip, work, isLastAttempt },
            reason: work.reason,
            tapemillVersion: VERSION,
          },
          {
            archive,
            signal: context.signal,
            report: ({ type, ...event }) => {
              context.report(type, event);
            },
            advance: context.advance,
            publish: context.publish,
            inTurn: context.inTurn,
            days: async () => {
              days = await daysOf(archive, payload, plan);
              return days;
            },
          },
        );
      } catch (error) {
        await archive.release?.(mine, false);
        throw error;
      }
      const touched = [...mine, ...days];
      rememberMilled(this.ledger, archive.location, result.sources, touched);
      for (const entry of plan.objects) {
        const kept = work.facts?.sources.find(({ key }) => key === entry.key);
        if (kept && !work.objects.includes(entry)) memory.confirm(entry, kept);
      }
      const failed = new Set(result.failed.map(({ period }) => period));
      const [used, unused] = [true, false].map((isUsed) =>
        touched.filter(({ name }) => failed.has(name.period.key) !== isUsed),
      ) as [ArchiveEntry[], ArchiveEntry[]];
      await archive.release?.(used, result.written);
      await archive.release?.(unused, false);
      return outcomeOf(result);
    } catch (error) {
      return this.#failure(error, lease, payload, context.signal);
    } finally {
      for (const key of keys) this.#listeners.delete(key);
    }
  }

  async #bars(lease: Lease, payload: BarsPayload, context: TaskContext): Promise<TaskOutcome> {
    const { dataDir, market, symbol } = payload;
    const range = payload.range && parseRange(payload.range.start, payload.range.end);
    const after = new Set(payload.after);
    const before = this.ledger.queue.tasksOf(lease.group).filter(({ key }) => after.has(key));
    const failed = before.flatMap(({ result }) => (result as MonthOutcome | null)?.failed ?? []);
    try {
      context.advance({ phase: 'writing' });
      await sweepTempFiles(factorFolder(dataDir, market, HOUR.label));
      const settled = await context.inTurn(() =>
        settleFactors({
          ...{ dataDir, market, symbol, range, frequency: HOUR, tapemillVersion: VERSION },
          missingPeriods: [...payload.missingPeriods, ...failed],
          publish: context.publish,
          readFacts: (path) => this.ledger.monthFiles.facts(path),
        }),
      );
      const { meta } = settled;
      context.report('symbol-settled', {
        symbol,
        status: settled.status,
        reason: settled.reason,
        dataStatus: meta.status,
        bars: settled.rows,
        csv: settled.paths.csv,
        missingPeriods: meta.missing_periods,
      });
      const result: BarsOutcome = { dataStatus: meta.status, rows: settled.rows };
      return { state: 'done', result };
    } catch (error) {
      if (TapemillError.is(error) && error.code === 'E_NO_LAYER') {
        // Every object failed: what made them fail says more than that there is no layer.
        const first = before.find(({ state }) => state === 'failed');
        if (first) return failure(first.code ?? error.code, first.reason ?? error.message);
      }
      return this.#failure(error, lease, null, context.signal);
    }
  }

  /** An error of the task itself becomes its outcome; what would meet any other task too is thrown on. */
  #failure(error: unknown, lease: Lease, payload: MonthPayload | null, signal: AbortSignal): TaskOutcome {
    signal.throwIfAborted();
    if (!TapemillError.is(error) || endsTheRun(error) || error.code === 'E_LEASE_LOST') throw error;
    const backoffMs = payload?.network.backoffMs ?? 500;
    return {
      ...failure(error.code, error.message),
      retryable: isPassing(error.code),
      // The client has been patient already; whatever is wrong needs longer.
      retryDelayMs: 10 * backoffMs * 3 ** (lease.attempt - 1),
    };
  }

  #archiveOf({ archive: location, network, dataDir, keepZip }: MonthPayload): Archive {
    const name = JSON.stringify([location, network, dataDir, keepZip]);
    let archive = this.#archives.get(name);
    if (!archive) {
      const options: HttpArchiveOptions = {
        ...network,
        dataDir,
        keepZip,
        sharedLimits: limitsFolder(dataDir),
      };
      archive = openArchive(location, options, {
        signal: this.signal,
        onEvent: (event) => {
          if ('object' in event) this.#listeners.get(event.object)?.(event);
          else for (const listener of new Set(this.#listeners.values())) listener(event);
        },
      });
      this.#archives.set(name, archive);
    }
    return archive;
  }
}

/** A listing for planning leaves out days that a monthly object covers. */
async function daysOf(archive: Archive, payload: MonthPayload, plan: MonthPlan): Promise<ArchiveEntry[]> {
  if (plan.alternates.length > 0) return [...plan.alternates];
  const { market, symbol } = payload;
  const first = dayPeriod(plan.startMs).key;
  const last = dayPeriod(plan.endMs - DAY_MS).key;
  const range = parseRange(first, last);
  const entries = await archive.list({ market, dataType: 'aggTrades', symbol, range, days: 'all' });
  return entries.filter(
    ({ name: { period } }) =>
      period.kind === 'day' && period.startMs >= plan.startMs && period.endMs <= plan.endMs,
  );
}

function listenerOf(context: TaskContext): (event: DownloadEvent) => void {
  return (event) => {
    if (event.type === 'received') context.advance({ fetchedBytes: event.bytes });
    else context.report('download', event);
  };
}

function outcomeOf({ written, failed }: MonthResult): TaskOutcome {
  const result: MonthOutcome = { written, failed };
  const [first] = failed;
  if (!first) return { state: 'done', result };
  const [code, ...message] = (first.detail ?? '').split(': ');
  const more = failed.length === 1 ? '' : ` (and ${failed.length - 1} more objects)`;
  return { ...failure(code as ErrorCode, `${message.join(': ')}${more}`), result };
}

function failure(code: string, reason: string): TaskOutcome & { state: 'failed' } {
  return { state: 'failed', code, reason, retryable: false, retryDelayMs: 0 };
}
