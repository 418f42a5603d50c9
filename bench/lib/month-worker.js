// @ts-check
/** One month in a worker thread: says when it is ready, works when told to, says when it is done. */
import { parentPort, workerData } from 'node:worker_threads';
import { load } from '../contenders/tapemill.js';

const { work } = await load(workerData);
parentPort?.once('message', async () => {
  await work();
  parentPort?.postMessage('done');
});
parentPort?.postMessage('ready');
