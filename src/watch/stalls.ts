import { clockText, durationText, plural } from './format.js';
import type { RetryStatus, Stall } from './snapshot.js';
import type { PendingTimes, RunningRow } from './tasks.js';
import { type KnownWorker, isLiving } from './workers.js';

export interface StallFacts {
  readonly nowMs: number;
  /** How long nothing must move before it is a stall. */
  readonly stallMs: number;
  readonly running: readonly RunningRow[];
  readonly pending: PendingTimes;
  readonly retries: readonly RetryStatus[];
  readonly workers: readonly KnownWorker[];
  readonly isPlanning: boolean;
}

/** Reasons why the queue, or a part of it, does not move. What concerns everything comes first. */
export function findStalls(facts: StallFacts): Stall[] {
  return [...nobody(facts), ...waiting(facts), ...silent(facts), ...standing(facts)];
}

/** Work is left, and no living process to do it. */
function nobody({ running, pending, workers, isPlanning }: StallFacts): Stall[] {
  const left = running.length + pending.count;
  if (left === 0 || isPlanning || workers.some(isLiving)) return [];
  const sinceMs = Math.max(pending.changedAtMs, ...workers.map((worker) => worker.heartbeatAtMs));
  return [
    {
      kind: 'nobody',
      worker: null,
      key: null,
      sinceMs,
      untilMs: null,
      message: `No worker is alive, and ${plural(left, 'task')} ${left === 1 ? 'is' : 'are'} left to do.`,
      remedy: 'Run the same `tapemill collect` again: it goes on where the last one ended.',
      needsAction: true,
    },
  ];
}

/** Workers live and none has a task, though tasks wait. */
function waiting({ nowMs, stallMs, running, pending, retries, workers }: StallFacts): Stall[] {
  if (running.length > 0 || pending.count === 0 || !workers.some(isLiving)) return [];
  const common = { worker: null, key: null, sinceMs: pending.changedAtMs };
  if (pending.dueCount === 0 && pending.nextAtMs !== null) {
    const [next] = retries;
    return [
      {
        ...common,
        kind: 'retry-delay',
        untilMs: pending.nextAtMs,
        message:
          `All workers wait until ${clockText(pending.nextAtMs)} UTC (${durationText((pending.nextAtMs - nowMs) / 1000)}): ` +
          `${plural(pending.count, 'task')} failed and will be tried again` +
          (next ? `, last with ${next.code}.` : '.'),
        remedy: 'Nothing to do: they go on by themselves.',
        needsAction: false,
      },
    ];
  }
  if (nowMs - pending.changedAtMs < stallMs) return [];
  return [
    {
      ...common,
      kind: 'unclaimed',
      untilMs: null,
      message: `${plural(pending.count, 'task')} wait, and no worker takes one since ${durationText((nowMs - pending.changedAtMs) / 1000)}.`,
      remedy:
        'The living workers may be of another --shard, or stopped (Ctrl-Z). Start one: `tapemill worker --queue …`.',
      needsAction: true,
    },
  ];
}

/** A process that is there and has said nothing for as long as a lease holds: stopped, or the machine sleeps. */
function silent({ nowMs, workers }: StallFacts): Stall[] {
  // That nobody is alive says it of all of them.
  if (!workers.some(isLiving)) return [];
  return workers
    .filter(({ state, tasks }) => state === 'lost' && tasks.length > 0)
    .map((worker) => ({
      kind: 'silent' as const,
      worker: worker.id,
      key: worker.tasks[0]?.key ?? null,
      sinceMs: worker.heartbeatAtMs,
      untilMs: null,
      message:
        `Worker ${worker.id} is lost (${worker.why ?? 'gone'}), last heard of ` +
        `${durationText((nowMs - worker.heartbeatAtMs) / 1000)} ago, with ${plural(worker.tasks.length, 'task')} in hand.`,
      remedy: 'Nothing to do: another worker takes over.',
      needsAction: false,
    }));
}

/** A task of a living worker that has not moved. */
function standing({ nowMs, stallMs, running, workers }: StallFacts): Stall[] {
  const living = new Set(workers.filter(isLiving).map(({ id }) => id));
  return running
    .filter(({ owner, advancedAtMs }) => living.has(owner) && nowMs - advancedAtMs >= stallMs)
    .map(({ key, owner, phase, advancedAtMs }) => ({
      kind: 'task' as const,
      worker: owner,
      key,
      sinceMs: advancedAtMs,
      untilMs: null,
      message: `${key} has not moved for ${durationText((nowMs - advancedAtMs) / 1000)}: ${owner} is ${phase}.`,
      remedy:
        phase === 'fetching' || phase === 'waiting'
          ? 'Check the network: `tapemill doctor`. Ending the worker hands the task to another one.'
          : 'Check disk and memory: `tapemill doctor`. Ending the worker hands the task to another one.',
      needsAction: true,
    }));
}
