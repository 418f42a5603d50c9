// @ts-check
/** The work of tapemill.js for two months at once, each in a worker thread. */
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { joinTables } from '../lib/columns.js';
import { readBack } from './tapemill.js';

/** @param {any} job */
export async function load(job) {
  const { months, month, out } = job;
  const folderOf = (/** @type {any} */ { symbol }) => join(out, `pair-${symbol}`);
  const hands = await Promise.all(
    months.map(async (/** @type {any} */ one) => {
      const workerData = { ...job, months: [one], out: folderOf(one) };
      const hand = new Worker(new URL('../lib/month-worker.js', import.meta.url), { workerData });
      await once(hand, 'message');
      return hand;
    }),
  );
  const work = () =>
    Promise.all(
      hands.map((hand) => {
        const done = once(hand, 'message');
        hand.postMessage('go');
        return done;
      }),
    );
  const finish = async () => {
    const tables = [];
    for (const one of months) tables.push(await readBack(join(folderOf(one), 'tapemill'), one.symbol, month));
    return { table: joinTables(tables) };
  };
  return { work, finish };
}
