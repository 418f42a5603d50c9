import { EXIT, TapemillError } from '../errors.js';
import { runWorker } from './run-worker.js';

/**
 * A worker that a collection starts as a process of its own. It stops when it is told to, when a signal comes, and when
 * the process that started it is gone; the second signal ends it at once. What it fails with is in the queue.
 */
const [queue, workerId, crew] = process.argv.slice(2);
if (queue === undefined || workerId === undefined || crew === undefined) {
  throw new Error('expected the queue, a name, and whose tasks to do');
}

const controller = new AbortController();
let signals = 0;
const stop = (why: string): void => {
  controller.abort(new Error(why));
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (++signals > 1) process.exit(EXIT.failed);
    stop(`stopped by ${signal}`);
  });
}
process.on('message', () => {
  stop('the collection is over');
});
process.on('disconnect', () => {
  stop('the collection has ended');
});
// It may have ended while this module was being loaded.
if (!process.connected) stop('the collection has ended');

try {
  await runWorker({
    ...{ queue, workerId, crew, maxTasks: null, shard: null, whenIdle: 'wait' },
    signal: controller.signal,
  });
} catch (error) {
  process.exitCode = TapemillError.is(error) ? error.exitStatus : EXIT.failed;
}
if (process.connected) process.disconnect();
