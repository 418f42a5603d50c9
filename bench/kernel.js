// @ts-check
/**
 * The tick kernel alone, on the bytes of a month that lie in memory: no file, no inflating, one thread.
 *
 *     node bench/kernel.js --rows 10000000 --runs 11
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { aggregateAggTrades } from '../dist/index.js';
import { prepareData } from './lib/data.js';
import { describeMachine, machineLine } from './lib/machine.js';
import { wholeNumber } from './lib/options.js';
import { median } from './lib/summary.js';

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '10000000' }, runs: { type: 'string', default: '11' } },
});
const { csv, months, month } = await prepareData(wholeNumber('--rows', values.rows));
const bytes = readFileSync(csv);
const [{ symbol }] = months;

const seconds = [];
const cpuSeconds = [];
let rows = 0;
for (let run = 0; run < wholeNumber('--runs', values.runs); run++) {
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const { account } = await aggregateAggTrades(bytes, { market: 'um', symbol, period: month });
  seconds.push((performance.now() - started) / 1000);
  const { user, system } = process.cpuUsage(cpuBefore);
  cpuSeconds.push((user + system) / 1e6);
  rows = account.accepted;
}

console.log(machineLine(describeMachine()));
console.log(
  `${rows.toLocaleString('en-US')} ticks, ${(bytes.length / 1e6).toFixed(0)} MB of CSV in memory, ${seconds.length} runs`,
);
print('best', Math.min(...seconds));
print('median', median(seconds));
print('best, CPU time', Math.min(...cpuSeconds));

/** @param {string} name @param {number} time */
function print(name, time) {
  const [speed, throughput] = [rows / time / 1e6, bytes.length / time / 1e9];
  console.log(
    `${name.padEnd(14)}  ${time.toFixed(3)} s  ${speed.toFixed(1)} million rows/s  ${throughput.toFixed(2)} GB/s`,
  );
}
