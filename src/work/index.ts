/** Sharing work among threads. Nothing here knows what a task does. */
export { WorkerPool } from './pool.js';
export { type TaskHandler, serveTasks } from './serve.js';
