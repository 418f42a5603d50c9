import { setTimeout as sleep } from 'node:timers/promises';
import { type Archive, type DownloadEvent, openArchive } from '../archive/index.js';
import { type ErrorCode, TapemillError } from '../errors.js';
import { Ledger, ledgerPath } from '../ledger/index.js';
import { sweepTempFiles } from '../layer/index.js';
import { type WorkEvent, isInShard } from '../work/index.js';
import { Crew, type Hands, OwnHands } from './crew.js';
import type { CollectEvent } from './events.js';
import { endsTheRun } from './faults.js';
import { limitsFolder } from './limits-folder.js';
import { openLedger } from './open-ledger.js';
import { planSubject } from './plan-subject.js';
import type { PlannedSymbol } from './plan-symbol.js';
import { type CollectRequest, type CollectSummary, subjectsOfRequest, tardisOptions } from './request.js';
import { defaultWorkerId, runWorker } from './run-worker.js';
import { kindOf } from './stream-kinds.js';
import { type Subject, groupOf, isArchiveSubject } from './streams.js';
import { type SymbolOutcome, Tally, outcomeOfGroup } from './summary.js';

/** How often the queue is looked at for what the workers have done. */
const TICK_MS = 50;
const RECLAIM_MS = 1000;
/** Symbols planned at the same time: over a network the answers take long. */
const PLANNING = { local: 2, remote: 12 };

/**
 * The main job: objects of an archive to the minute layer, and the layer to 1h factors, for every symbol asked
 * for. What is to be done is put into the queue of the data folder and done by worker processes, those of this collection
 * and any others; a symbol's factors are derived when its last month is settled. What is there already and matches is
 * left alone, and when there is nothing to do no worker is started.
 *
 * Faults of single objects and symbols are reported as events and in the exit status; the others go on.
 * @throws what ends the whole run: `E_ARCHIVE_UNREADABLE`, `E_DISK_FULL`, `E_IO`, `E_USAGE`, `E_FORBIDDEN`,
 *   `E_GEOBLOCKED`, `E_LEDGER`, `E_WORKER`, the signal's reason
 */
export async function collect(request: CollectRequest): Promise<CollectSummary> {
  const started = performance.now();
  const { workers, shard = null } = request;
  if (!Number.isSafeInteger(workers) || workers < 0) {
    throw new TapemillError('E_USAGE', `expected a number of workers from 0 up, found ${workers}`);
  }
  const subjects = subjectsOfRequest(request).filter((subject) => isInShard(groupOf(subject), shard));
  request.signal?.throwIfAborted();
  const path = request.queue ?? ledgerPath(request.dataDir, shard);
  const ledger = await openLedger(path, request.dataDir);
  try {
    const summary = await new CollectRun(request, subjects, ledger).finish();
    return { ...summary, seconds: (performance.now() - started) / 1000 };
  } finally {
    ledger.close();
  }
}

/** Collections of this process so far: several may run at the same time, and their workers need names of their own. */
let runs = 0;

class CollectRun {
  readonly #archive: Archive;
  readonly #crew: Hands;
  /** Of the machine and the process, `vm-761`, and of the run when it is not the first of its process: `vm-761-2`. */
  readonly #prefix = `${defaultWorkerId()}${++runs === 1 ? '' : `-${runs}`}`;
  /** That of another process that had our number is not ours. */
  readonly #name = `collect-${this.#prefix}-${Date.now().toString(36)}`;
  readonly #groups = new Set<string>();
  readonly #outcomes = new Map<string, SymbolOutcome>();
  readonly #planned = new Map<string, PlannedSymbol>();
  readonly #tally = new Tally();
  #seenEvent: number;
  #reclaimedMs = 0;
  /** What ended the run; whatever else fails from then on fails because of it. */
  #fatal: { readonly error: unknown } | null = null;

  constructor(
    private readonly request: CollectRequest,
    private readonly subjects: readonly Subject[],
    private readonly ledger: Ledger,
  ) {
    const { network = {}, dataDir, keepZip, signal, archive, workers } = request;
    this.#seenEvent = ledger.queue.lastEventId();
    this.#archive = openArchive(
      archive,
      { ...network, dataDir, keepZip, sharedLimits: limitsFolder(dataDir) },
      {
        ...(signal && { signal }),
        onEvent: (event) => {
          this.#download(event);
        },
      },
    );
    this.#crew =
      workers > 0
        ? new Crew(ledger.path, this.#name, this.#prefix, workers)
        : new OwnHands((own) =>
            runWorker({
              ...{ queue: ledger.path, workerId: `${this.#prefix}.0`, crew: this.#name, maxTasks: null },
              ...{ shard: null, whenIdle: 'wait', signal: own },
            }),
          );
  }

  async finish(): Promise<Omit<CollectSummary, 'seconds'>> {
    const { signal } = this.request;
    const { roster, queue } = this.ledger;
    roster.enter(this.#name, 'owner');
    const heartbeat = setInterval(() => {
      roster.heartbeat(this.#name, { rows: 0, bytes: 0, fetchedBytes: 0 });
    }, 1000);
    const abort = (): void => {
      this.#end(signal?.reason);
    };
    signal?.addEventListener('abort', abort);
    try {
      await this.#sweepTables();
      let isPlanned = false as boolean; // set in a callback, which the compiler does not follow
      const planning = this.#planAll().then(
        () => {
          roster.hasPlanned(this.#name);
          isPlanned = true;
        },
        (error: unknown) => {
          this.#end(error);
        },
      );
      while (this.#fatal === null) {
        this.#tick();
        if (isPlanned && this.#isSettled()) break;
        await sleep(TICK_MS);
      }
      await planning;
      await this.#crew.stop();
      this.#takeEvents();
      if (this.#fatal) throw this.#fatal.error;
      return this.#summarize();
    } finally {
      clearInterval(heartbeat);
      signal?.removeEventListener('abort', abort);
      await this.#crew.stop();
      queue.wantNothing(this.#name);
      roster.leave(this.#name);
      await this.#archive.close?.();
    }
  }

  /** What killed runs left unfinished; each month's folder is swept when it is its turn. */
  async #sweepTables(): Promise<void> {
    const { dataDir } = this.request;
    const folders = this.subjects
      .filter(isArchiveSubject)
      .map((subject) => kindOf(subject.stream).tableFolder(dataDir, subject));
    for (const folder of new Set(folders)) await sweepTempFiles(folder);
  }

  async #planAll(): Promise<void> {
    const waiting = [...this.subjects];
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (this.#fatal) return;
        await this.#plan(next);
      }
    };
    const lanes = this.#archive.release === undefined ? PLANNING.local : PLANNING.remote;
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  async #plan(subject: Subject): Promise<void> {
    const { archive, network = {}, dataDir, thresholds, prefer, keepZip } = this.request;
    const { range, fresh = false, knownDefects } = this.request;
    try {
      if (isArchiveSubject(subject)) {
        await sweepTempFiles(kindOf(subject.stream).monthFolder(dataDir, subject));
      }
      const planned = await planSubject(this.#archive, this.ledger, {
        ...{ archive, network, dataDir, thresholds, prefer, keepZip, range, fresh },
        ...subject,
        months: this.request.months?.get(subject.symbol) ?? null,
        tardis: tardisOptions(this.request),
        ...(knownDefects && { knownDefects }),
      });
      if (this.#fatal) return;
      // A run that was killed between writing a month and giving up its downloads left them to us.
      await this.#archive.release?.(planned.reused, true);
      this.#enqueue(subject, planned);
    } catch (error) {
      if (endsTheRun(error) || !TapemillError.is(error)) throw error;
      this.#fail(subject, error.code, error.message);
    }
  }

  #enqueue(subject: Subject, planned: PlannedSymbol): void {
    const { ledger, request } = this;
    const { queue } = ledger;
    const { group, symbol, tasks, works, unchanged } = planned;
    const { market } = subject;
    const stream = subject.stream.name;
    const { archive, network = {}, thresholds, prefer, keepZip, range } = request;
    const toBuild = works.filter(({ reason }) => reason !== null);
    const objects = toBuild.flatMap((work) => work.objects);
    this.#planned.set(group, planned);
    this.#groups.add(group);
    ledger.transaction(() => {
      ledger.objects.see(this.#archive.location, planned.seen);
      // What Tardis has can only be found out by asking for it again.
      if (isArchiveSubject(subject)) {
        ledger.requests.remember(
          { market, stream, symbol },
          {
            ...{
              start: range?.start ?? null,
              end: range?.end ?? null,
              archive,
              index: network.index ?? null,
            },
            ...{ thresholds, prefer, keepZip },
          },
        );
      }
      queue.forgetMissing(planned.appeared);
      const of = { worker: this.#name, group };
      queue.log(
        'planned',
        {
          stream,
          symbol,
          monthsReused: works.length - toBuild.length,
          monthsToBuild: toBuild.length,
          objects: objects.length,
          bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
          missingPeriods: planned.missing,
          notes: planned.notes,
        },
        of,
      );
      this.#tally.reused(works.length - toBuild.length);
      if (unchanged) {
        const { status, reason, meta, rows, paths } = unchanged;
        queue.log(
          'symbol-settled',
          {
            ...{ stream, symbol, status, reason, dataStatus: meta.status, bars: rows, csv: paths.csv },
            missingPeriods: meta.missing_periods,
          },
          of,
        );
      }
      queue.want(this.#name, group);
      queue.enqueue(tasks, planned.settled);
    });
  }

  /** Looks at what has happened, and sees to it that there are workers for what is left. */
  #tick(): void {
    try {
      this.#takeEvents();
      const { queue } = this.ledger;
      const unsettled = queue.unsettled();
      let left = 0;
      for (const [group, tasks] of unsettled) if (this.#groups.has(group)) left += tasks;
      if (left > 0 && this.#fatal === null) {
        this.#reclaim();
        this.#crew.ensure(left);
      }
      for (const group of this.#groups) {
        if (!unsettled.has(group) && !this.#outcomes.has(group)) this.#settleGroup(group);
      }
      this.request.onTick?.(this.ledger, this.#groups);
    } catch (error) {
      this.#end(error);
    }
  }

  /** Also tasks of others whose workers are gone: nobody else might make them pending again. */
  #reclaim(): void {
    if (performance.now() - this.#reclaimedMs < RECLAIM_MS) return;
    this.#reclaimedMs = performance.now();
    this.ledger.queue.reclaim();
  }

  #isSettled(): boolean {
    return [...this.#groups].every((group) => this.#outcomes.has(group));
  }

  #settleGroup(group: string): void {
    // What happened last may have been logged since events were taken.
    this.#takeEvents();
    const planned = this.#planned.get(group);
    if (!planned) return;
    const outcome = outcomeOfGroup(planned, this.ledger.queue.tasksOf(group));
    this.#outcomes.set(group, outcome);
    const subject = this.subjects.find((candidate) => groupOf(candidate) === group);
    if (outcome.status === 'failed' && subject) this.#tellFailure(subject, outcome.failure);
  }

  #fail(subject: Subject, code: ErrorCode, message: string): void {
    this.#outcomes.set(groupOf(subject), { status: 'failed', failure: { code, message } });
    this.#tellFailure(subject, { code, message });
  }

  #tellFailure(subject: Subject, failure: { readonly code: ErrorCode; readonly message: string }): void {
    const data = { stream: subject.stream.name, symbol: subject.symbol, ...failure };
    this.ledger.queue.log('symbol-failed', data, { worker: this.#name, group: groupOf(subject) });
    this.#emit({ type: 'symbol-failed', ...data });
  }

  #takeEvents(): void {
    for (;;) {
      const events = this.ledger.queue.eventsAfter(this.#seenEvent);
      for (const event of events) {
        this.#seenEvent = event.id;
        this.#take(event);
      }
      if (events.length === 0) return;
    }
  }

  #take(event: WorkEvent): void {
    const { type, group, worker } = event;
    const data = event.data as Record<string, unknown> | null;
    if (type === 'worker-stopped' && worker?.startsWith(`${this.#prefix}.`) && data && 'message' in data) {
      this.#end(errorOf(data));
      return;
    }
    if (group === null || !this.#groups.has(group)) return;
    if (type === 'download') this.request.onDownload?.(data as unknown as DownloadEvent);
    if (type === 'task-done') this.#crew.prosper();
    if (COLLECT_EVENTS.has(type)) this.#emit({ type, ...data } as CollectEvent);
    if (type === 'task-retry' || type === 'task-lost') {
      this.#emit({ type, task: event.key, worker, ...data } as CollectEvent);
    }
  }

  #download(event: DownloadEvent): void {
    if (event.type !== 'received') this.request.onDownload?.(event);
  }

  #emit(event: CollectEvent): void {
    this.#tally.take(event);
    this.request.onEvent?.(event);
  }

  #end(error: unknown): void {
    this.#fatal ??= { error };
  }

  #summarize(): Omit<CollectSummary, 'seconds'> {
    const outcomes = this.subjects.map((subject) => this.#outcomes.get(groupOf(subject))!);
    return this.#tally.summarize(outcomes);
  }
}

/** Events of tasks that are told as they are. */
const COLLECT_EVENTS = new Set([
  'planned',
  'month-started',
  'object-milled',
  'object-failed',
  'month-written',
  'symbol-settled',
]);

function errorOf(data: Record<string, unknown>): unknown {
  const message = String(data['message']);
  return typeof data['code'] === 'string'
    ? new TapemillError(data['code'] as ErrorCode, message)
    : new Error(message);
}
