import type {
  Archive,
  ArchiveEntry,
  DownloadEvent,
  HttpArchiveOptions,
  MonthPlan,
} from '../archive/index.js';
import { openArchive } from '../archive/index.js';
import { TapemillError } from '../errors.js';
import type { Ledger } from '../ledger/index.js';
import { sweepTempFiles } from '../layer/index.js';
import { DAY_MS, dayPeriod, parseRange } from '../time/index.js';
import { VERSION } from '../version.js';
import type { DoTask, Lease, TaskContext, TaskOutcome } from '../work/index.js';
import { endsTheRun, isPassing } from './faults.js';
import { limitsFolder } from './limits-folder.js';
import { memoryOf, rememberMilled } from './memory.js';
import { type BarsOutcome, type MonthOutcome, failure, outcomeOf } from './outcome.js';
import { queryOf } from './plan-symbol.js';
import {
  type BarsPayload,
  type CollectPayload,
  type MonthPayload,
  type NetworkOptions,
  monthPlanOf,
} from './payload.js';
import type { MonthResult } from './stream-kind.js';
import { kindOf } from './stream-kinds.js';
import { type ArchiveStream, type Subject, isArchiveSubject, parseStream } from './streams.js';
import { fetchTardisMonth } from './tardis-fetch.js';
import { importTardisRange } from './tardis-import.js';

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
    switch (payload.type) {
      case 'month':
        return this.#month(lease, payload, context);
      case 'bars':
        return this.#bars(lease, payload, context);
      case 'tardis-fetch':
        return this.#attempt(lease, payload.network, context, (isLast) =>
          fetchTardisMonth(payload, isLast, context, listenerOf(context)),
        );
      case 'tardis-import':
        return this.#attempt(lease, null, context, () =>
          importTardisRange(payload, this.ledger.queue.tasksOf(lease.group), context),
        );
    }
  };

  async close(): Promise<void> {
    for (const archive of this.#archives.values()) await archive.close?.();
  }

  async #month(lease: Lease, payload: MonthPayload, context: TaskContext): Promise<TaskOutcome> {
    const { dataDir } = payload;
    const subject = subjectOf(payload);
    const kind = kindOf(subject.stream);
    const archive = this.#archiveOf(payload);
    const memory = memoryOf(this.ledger, archive);
    const { plan, entries } = monthPlanOf(payload);
    const keys = entries.map(({ key }) => key);
    for (const key of keys) this.#listeners.set(key, listenerOf(context));
    context.signal.throwIfAborted();
    try {
      await sweepTempFiles(kind.monthFolder(dataDir, subject));
      const work = await kind.planMonth(archive, entries, plan, { ...payload, ...subject }, memory);
      const mine = [...work.objects, ...plan.alternates];
      if (work.reason === null) {
        await archive.release?.(plan.objects, true);
        return { state: 'done', result: { written: false, failed: [] } satisfies MonthOutcome };
      }
      archive.prefetch?.(work.objects);
      let days: ArchiveEntry[] = [];
      let result: MonthResult;
      try {
        result = await work.build(
          { isLastAttempt: this.#isLastAttempt(lease), tapemillVersion: VERSION },
          {
            archive,
            signal: context.signal,
            report: ({ type, ...event }) => {
              context.report(type, { stream: payload.stream, ...event });
            },
            advance: context.advance,
            publish: context.publish,
            inTurn: context.inTurn,
            days: async () => {
              days = await daysOf(archive, subject, plan);
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
        const kept = work.known.find(({ key }) => key === entry.key);
        if (kept && !work.objects.includes(entry)) memory.confirm(entry, kept);
      }
      const failed = new Set(result.failed.map(({ period }) => period));
      const [used, unused] = [true, false].map((isUsed) =>
        touched.filter(({ name }) => failed.has(name.period.key) !== isUsed),
      ) as [ArchiveEntry[], ArchiveEntry[]];
      await archive.release?.(used, result.written);
      await archive.release?.(unused, false);
      return outcomeOf({ written: result.written, failed: result.failed });
    } catch (error) {
      return this.#failure(error, lease, payload.network, context.signal);
    } finally {
      for (const key of keys) this.#listeners.delete(key);
    }
  }

  async #bars(lease: Lease, payload: BarsPayload, context: TaskContext): Promise<TaskOutcome> {
    const { dataDir, symbol } = payload;
    const subject = subjectOf(payload);
    const kind = kindOf(subject.stream);
    const range = payload.range && parseRange(payload.range.start, payload.range.end);
    const after = new Set(payload.after);
    const before = this.ledger.queue.tasksOf(lease.group).filter(({ key }) => after.has(key));
    const failed = before.flatMap(({ result }) => (result as MonthOutcome | null)?.failed ?? []);
    try {
      context.advance({ phase: 'writing' });
      await sweepTempFiles(kind.tableFolder(dataDir, subject));
      const settled = await context.inTurn(() =>
        kind.settle({
          ...{ dataDir, ...subject, range, tapemillVersion: VERSION },
          missingPeriods: [...payload.missingPeriods, ...failed],
          publish: context.publish,
          readFacts: (path, find) => this.ledger.monthFiles.remembered(path, find),
        }),
      );
      const { meta } = settled;
      context.report('symbol-settled', {
        stream: payload.stream,
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

  #isLastAttempt({ attempt }: Lease): boolean {
    return attempt >= this.ledger.queue.rules.maxAttempts;
  }

  async #attempt(
    lease: Lease,
    network: NetworkOptions | null,
    { signal }: TaskContext,
    work: (isLast: boolean) => Promise<TaskOutcome>,
  ): Promise<TaskOutcome> {
    signal.throwIfAborted();
    try {
      return await work(this.#isLastAttempt(lease));
    } catch (error) {
      return this.#failure(error, lease, network, signal);
    }
  }

  /** An error of the task itself becomes its outcome; what would meet any other task too is thrown on. */
  #failure(error: unknown, lease: Lease, network: NetworkOptions | null, signal: AbortSignal): TaskOutcome {
    signal.throwIfAborted();
    if (!TapemillError.is(error) || endsTheRun(error) || error.code === 'E_LEASE_LOST') throw error;
    const backoffMs = network?.backoffMs ?? 500;
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
async function daysOf(
  archive: Archive,
  subject: Subject<ArchiveStream>,
  plan: MonthPlan,
): Promise<ArchiveEntry[]> {
  if (plan.alternates.length > 0) return [...plan.alternates];
  const range = parseRange(dayPeriod(plan.startMs).key, dayPeriod(plan.endMs - DAY_MS).key);
  const entries = await archive.list({ ...queryOf(subject), range, days: 'all' });
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

/** @throws `E_USAGE` when the stream is none of this version's */
function subjectOf({ market, stream, symbol }: MonthPayload | BarsPayload): Subject<ArchiveStream> {
  const subject = { market, stream: parseStream(market, stream), symbol };
  if (isArchiveSubject(subject)) return subject;
  throw new TapemillError('E_USAGE', `${stream} is no stream of an archive`);
}
