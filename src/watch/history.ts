import { TapemillError } from '../errors.js';
import type { Database } from '../sqlite/index.js';
import { TaskQueue, type TaskRow, type WorkEvent } from '../work/index.js';

export interface TaskHistory {
  readonly key: string;
  /** Null when the task was taken out of the queue. */
  readonly task: TaskRow | null;
  /** Oldest first. */
  readonly events: readonly WorkEvent[];
}

/**
 * All that happened to one task.
 * @param name a whole key, or its end: `BTCUSDT/2024-01`, `BTCUSDT/bars`
 * @throws `E_NO_LAYER` when no task is called so, `E_USAGE` when several are
 */
export function readHistory(db: Database, name: string): TaskHistory {
  const queue = new TaskQueue(db);
  const found = db
    .all(
      `SELECT key FROM tasks WHERE key = ? OR substr(key, -length(?) - 1) = '/' || ?
       UNION SELECT key FROM events WHERE key = ? ORDER BY key`,
      name,
      name,
      name,
      name,
    )
    .map((row) => row['key'] as string);
  const key = found.find((candidate) => candidate === name) ?? found[0];
  if (key === undefined) {
    throw new TapemillError(
      'E_NO_LAYER',
      `no task is called ${name}; expected SYMBOL/YYYY-MM or SYMBOL/bars`,
      {
        expected: 'SYMBOL/YYYY-MM',
        found: name,
      },
    );
  }
  if (key !== name && found.length > 1) {
    throw new TapemillError('E_USAGE', `${found.length} tasks are called ${name}: ${found.join(', ')}`, {
      expected: 'a whole key',
      found: name,
    });
  }
  return { key, task: queue.task(key) ?? null, events: queue.historyOf(key) };
}
