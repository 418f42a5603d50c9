/** Sharing work among processes: tasks, leases, workers. Nothing here knows what a task does. */
export {
  type Failure,
  type Lease,
  type QueueRules,
  type SettledSpec,
  type Shard,
  type TaskRow,
  type TaskSpec,
  type TaskState,
  type WorkEvent,
  QUEUE_RULES,
  TASK_STATES,
} from './tasks.js';
export { type ClaimOptions, type QueueOptions, TaskQueue } from './queue.js';
export { Roster, type WorkerRow, type WorkerTotals } from './roster.js';
export { isInShard, parseShard, shardHash } from './shard.js';
export { WORK_SCHEMA } from './schema.js';
export {
  type DoTask,
  type TaskContext,
  type TaskOutcome,
  type WorkerLoopOptions,
  runWorkerLoop,
} from './worker-loop.js';
