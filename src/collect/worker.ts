import { settleFactors, type SettleRequest } from '../outputs/index.js';
import { serveTasks } from '../work/index.js';
import type { CollectEvent } from './events.js';
import { buildMonth, type MonthTask } from './month-task.js';

/** Deriving the factors of a symbol, once its months are settled. */
export interface SettleTask {
  readonly type: 'settle';
  readonly request: SettleRequest;
}

export type CollectTask = MonthTask | SettleTask;

serveTasks(async (task, report: (event: CollectEvent) => void, signal) => {
  const known = task as CollectTask;
  return known.type === 'month' ? buildMonth(known, report, signal) : settleFactors(known.request);
});
