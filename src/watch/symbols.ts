import { TASK_STATES, type TaskState } from '../work/index.js';
import { groupParts } from './keys.js';
import type { ByteCounts, MonthCounts, SymbolState, SymbolStatus } from './snapshot.js';
import type { RunningRow, TaskTally } from './tasks.js';

/** Counts of tasks, months and bytes, of one group or of all. */
export class Counts {
  readonly tasks: Record<TaskState, number> = Object.fromEntries(
    TASK_STATES.map((state) => [state, 0]),
  ) as Record<TaskState, number>;
  readonly #months = { done: 0, running: 0, pending: 0, failed: 0, reused: 0, holes: 0 };
  readonly #bytes = { done: 0, remaining: 0, failed: 0, reused: 0 };

  add({ isMonth, state, isReused, isOutsideLife, count, bytes }: TaskTally): void {
    this.tasks[state] += count;
    if (!isMonth) return;
    if (isReused) {
      this.#months.reused += count;
      this.#bytes.reused += bytes;
    } else if (state === 'missing') {
      if (!isOutsideLife) this.#months.holes += count;
    } else {
      this.#months[state] += count;
      this.#bytes[state === 'done' || state === 'failed' ? state : 'remaining'] += bytes;
    }
  }

  /** What is milled of a month under way is not to be done any more. */
  addRunning({ isMonth, bytes }: RunningRow): void {
    if (!isMonth) return;
    this.#bytes.done += bytes;
    this.#bytes.remaining -= bytes;
  }

  get months(): MonthCounts {
    const { done, running, pending, failed } = this.#months;
    return { total: done + running + pending + failed, ...this.#months };
  }

  get bytes(): ByteCounts {
    const { done, remaining, failed } = this.#bytes;
    return { total: done + remaining + failed, ...this.#bytes };
  }
}

/**
 * @param withHoles groups of which the archive lacks something
 * @param unplanned groups that failed before they had tasks
 */
export function summarizeSymbols(
  tallies: readonly TaskTally[],
  running: readonly RunningRow[],
  withHoles: ReadonlySet<string>,
  unplanned: readonly string[],
): { readonly all: Counts; readonly symbols: SymbolStatus[] } {
  const all = new Counts();
  const groups = new Map<string, Counts>();
  const of = (group: string): Counts => {
    let counts = groups.get(group);
    if (!counts) groups.set(group, (counts = new Counts()));
    return counts;
  };
  for (const tally of tallies) {
    all.add(tally);
    of(tally.group).add(tally);
  }
  for (const row of running) {
    all.addRunning(row);
    of(row.group).addRunning(row);
  }
  unplanned.forEach(of);
  const symbols = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, counts]) => ({
      group,
      ...groupParts(group),
      state: stateOf(counts, withHoles.has(group)),
      months: counts.months,
      bytes: counts.bytes,
    }));
  return { all, symbols };
}

function stateOf({ tasks, months }: Counts, hasHoles: boolean): SymbolState {
  const achieved = months.done + months.reused;
  if (tasks.running > 0) return 'working';
  if (tasks.pending > 0) return achieved + tasks.failed > 0 ? 'working' : 'waiting';
  if (achieved === 0 && (tasks.failed > 0 || tasks.done === 0)) return 'failed';
  return tasks.failed > 0 || hasHoles ? 'partial' : 'done';
}
