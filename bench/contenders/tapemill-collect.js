// @ts-check
/** `tapemill collect --workers 2` of two symbols, from listing the archive to the 1h factors, starting processes included. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_THRESHOLDS, collect } from '../../dist/index.js';
import { joinTables } from '../lib/columns.js';
import { readBack } from './tapemill.js';

/** @param {any} job */
export async function load({ archive, months, month, out, threads }) {
  const dataDir = join(out, 'collect');
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
