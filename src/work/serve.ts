import { parentPort } from 'node:worker_threads';
import { TapemillError } from '../errors.js';
import type { PoolReply, PoolRequest } from './pool.js';

/** Does one task; `report` sends an event to whoever asked for it. */
export type TaskHandler = (
  task: unknown,
  report: (event: unknown) => void,
  signal: AbortSignal,
) => Promise<unknown>;

/** Makes this thread a worker of a `WorkerPool`. The last line of a worker module. */
export function serveTasks(handle: TaskHandler): void {
  const port = parentPort;
  if (!port) throw new Error('serveTasks must be called in a worker thread');
  const reply = (message: PoolReply): void => {
    port.postMessage(message);
  };
  let controller = new AbortController();
  port.on('message', (request: PoolRequest) => {
    if (request.type === 'abort') {
      controller.abort();
      return;
    }
    controller = new AbortController();
    handle(
      request.task,
      (event) => {
        reply({ type: 'event', event });
      },
      controller.signal,
    ).then(
      (result) => {
        reply({ type: 'result', result });
      },
      (error: unknown) => {
        const plain = TapemillError.is(error)
          ? { code: error.code, message: error.message, context: error.context }
          : { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
        reply({ type: 'failure', error: plain });
      },
    );
  });
}
