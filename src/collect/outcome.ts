import type { ErrorCode } from '../errors.js';
import type { MissingPeriod } from '../layer/index.js';
import type { TaskOutcome } from '../work/index.js';

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

/** @param result with which objects failed, if any did; the first of them is the reason */
export function outcomeOf(result: MonthOutcome): TaskOutcome {
  const { failed } = result;
  const [first] = failed;
  if (!first) return { state: 'done', result };
  const [code, ...message] = (first.detail ?? '').split(': ');
  const more = failed.length === 1 ? '' : ` (and ${failed.length - 1} more objects)`;
  return { ...failure(code as ErrorCode, `${message.join(': ')}${more}`), result };
}

export function failure(code: string, reason: string): TaskOutcome & { state: 'failed' } {
  return { state: 'failed', code, reason, retryable: false, retryDelayMs: 0 };
}
