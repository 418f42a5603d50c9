// @ts-check
/** A month of two symbols each: `tapemill collect --workers 2`, planning, worker threads and 1h factors included. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_THRESHOLDS, collect } from '../../dist/index.js';
import { joinTables } from '../lib/columns.js';
import { readBack } from './tapemill.js';

/** @param {any} job */
export async function load({ archive, months, month, out, threads }) {
  const dataDir = join(out, 'pair');
  await rm(dataDir, { recursive: true, force: true });
  const symbols = months.map((/** @type {any} */ { symbol }) => symbol);
  const work = () =>
    collect({
      ...{ archive, dataDir, market: 'um', symbols, range: null, thresholds: DEFAULT_THRESHOLDS },
      ...{ workers: threads, keepZip: false, prefer: null },
    });
  const finish = async (/** @type {import('../../dist/index.js').CollectSummary} */ { exitStatus }) => {
    if (exitStatus !== 0) throw new Error(`collect ended with status ${exitStatus}`);
    const tables = [];
    for (const symbol of symbols) tables.push(await readBack(dataDir, symbol, month));
    return { table: joinTables(tables) };
  };
  return { work, finish };
}
