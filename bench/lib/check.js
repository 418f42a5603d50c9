// @ts-check
import { join } from 'node:path';
import { COLUMNS, firstDifference, joinTables, readTable } from './columns.js';
import { CONTENDERS } from './contenders.js';
import { measure } from './measure.js';

/** @typedef {{ job: any, python: string }} Setting */

/**
 * What tapemill makes of each month, against which all others are checked.
 * @param {Setting} setting @returns {Promise<import('./columns.js').Table[]>}
 */
export async function makeReference({ job, python }) {
  const tapemill = CONTENDERS.find(({ id }) => id === 'tapemill');
  if (!tapemill) throw new Error('tapemill is no contender');
  const tables = [];
  for (const month of job.months) {
    const resultPath = join(job.out, `tapemill-${month.symbol}.columns`);
    await measure(tapemill, { ...job, months: [month], resultPath }, python);
    const table = readTable(resultPath);
    const ticks = table[COLUMNS.indexOf('trade_count')].reduce((sum, count) => sum + count, 0);
    if (ticks !== job.rows)
      throw new Error(`tapemill has ${ticks} ticks of ${month.symbol}, expected ${job.rows}`);
    tables.push(table);
  }
  return tables;
}

/**
 * Runs a contender once, not for its time but for what it finds.
 * @param {import('./contenders.js').Contender} contender
 * @param {import('./columns.js').Table[]} reference
 * @param {Setting} setting
 * @returns {Promise<string | null>} what is wrong
 */
export async function checkContender(contender, reference, { job, python }) {
  const resultPath = join(job.out, `${contender.id}.columns`);
  const { bytes } = await measure(contender, { ...job, resultPath }, python);
  if (contender.id === 'inflate') {
    const expected = job.months[0].member.bytes;
    return bytes === expected ? null : `inflated ${bytes} bytes, expected ${expected}`;
  }
  return firstDifference(
    contender.months === 1 ? reference[0] : joinTables(reference),
    readTable(resultPath),
  );
}
