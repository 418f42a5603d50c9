// @ts-check
/**
 * What the wide table costs: a year of 50 simulated symbols, all families, from nothing; then with a month and with a
 * symbol more; and how the cost grows with symbols and months. Each build is a process of its own, whose peak memory
 * counts. Before a time is printed, the table is checked: every symbol has its hours, and a second build from nothing
 * holds the same, to the bit.
 *
 *   node bench/dataset.js [--symbols 50] [--months 12] [--ticks 60000] [--rounds 3] [--quick]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine, machineLine } from './lib/machine.js';

const { values } = parseArgs({
  options: {
    symbols: { type: 'string', default: '50' },
    months: { type: 'string', default: '12' },
    ticks: { type: 'string', default: '60000' },
    rounds: { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
  },
});
const symbolCount = Number(values.symbols);
const monthCount = Number(values.months);
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);
const monthKey = (/** @type {number} */ month) => `2023-${String(month).padStart(2, '0')}`;

/** @param {readonly string[]} args */
function tapemill(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [here('../bin/tapemill.js'), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0)
    throw new Error(`tapemill ${args.join(' ')} ended with ${status}: ${stderr.slice(-2000)}`);
  return stdout;
}

/** Simulated and collected once, kept for the next run. */
function prepare() {
  const work = here(`./work/dataset-${symbolCount}-${monthCount}-${values.ticks}`);
  const [sim, data] = [join(work, 'sim'), join(work, 'data')];
  if (existsSync(join(work, 'ready'))) return data;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  say(`simulating ${symbolCount} symbols × ${monthCount} months …`);
  const range = ['--start', monthKey(1), '--end', monthKey(monthCount)];
  tapemill(
    'simulate',
    '--out',
    sim,
    '--symbols',
    String(symbolCount),
    ...range,
    '--ticks',
    values.ticks,
    '--monthly-only',
    '--level',
    '1',
    '--seed',
    '7',
  );
  const symbols = readdirSync(join(sim, 'data/futures/um/monthly/aggTrades'));
  say('collecting …');
  tapemill(
    'collect',
    ...symbols,
    '--archive',
    sim,
    '--data-dir',
    data,
    '--data-type',
    'aggTrades,metrics,fundingRate,klines',
    '--interval',
    '1h',
  );
  rmSync(sim, { recursive: true, force: true });
  writeFileSync(join(work, 'ready'), '');
  return data;
}

/**
 * A data folder with the same collected files and no table.
 * @param {string} data
 * @param {string} name
 */
function freshFolder(data, name) {
  const folder = join(data, '..', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const entry of readdirSync(data)) {
    if (entry.startsWith('binance_')) symlinkSync(join(data, entry), join(folder, entry));
  }
  return folder;
}

/** @typedef {{ seconds: number, peakRssBytes: number, rows: number, symbols: number }} Built */

/**
 * @param {string} dataDir
 * @param {readonly string[]} symbols
 * @param {number} months
 * @returns {Built}
 */
function build(dataDir, symbols, months) {
  const job = JSON.stringify({ dataDir, symbols, start: monthKey(1), end: monthKey(months) });
  const { status, stdout, stderr } = spawnSync(process.execPath, [here('./lib/build-table.js'), job], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the build ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

/** @param {string} folder SHA-256 of each table in it */
function hashes(folder) {
  const of = (/** @type {string} */ path) => createHash('sha256').update(readFileSync(path)).digest('hex');
  return Object.fromEntries(
    readdirSync(join(folder, 'final_dataset'))
      .filter((name) => /\.(csv|parquet)$/.test(name))
      .map((name) => [name, of(join(folder, 'final_dataset', name))]),
  );
}

/** @param {readonly number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

/** @param {string} what @param {Built} built */
function line(what, { seconds, rows, peakRssBytes }) {
  const rate = Math.round(rows / seconds).toLocaleString('en-US');
  console.log(
    `${what.padEnd(44)} ${seconds.toFixed(1).padStart(7)} s ${rows.toLocaleString('en-US').padStart(9)} rows ` +
      `${rate.padStart(7)} rows/s ${(peakRssBytes / 1e6).toFixed(0).padStart(6)} MB`,
  );
}

say(machineLine(describeMachine()));
const data = prepare();
const symbols = readdirSync(join(data, 'binance_aggTrades_1m_parquet')).sort();
const hours = (Date.UTC(2023, monthCount, 1) - Date.UTC(2023, 0, 1)) / 3_600_000;

const first = freshFolder(data, 'first');
const rounds = [build(first, symbols, monthCount)];
if (rounds[0].rows !== hours * symbols.length) {
  throw new Error(`expected ${hours * symbols.length} rows, found ${rounds[0].rows}`);
}
const second = freshFolder(data, 'second');
rounds.push(build(second, symbols, monthCount));
const [a, b] = [hashes(first), hashes(second)];
const other = Object.keys(a).filter((name) => a[name] !== b[name]);
if (other.length > 0 || Object.keys(a).length !== Object.keys(b).length) {
  throw new Error(`two builds differ in ${other.join(', ')}`);
}
for (let round = 2; round < Number(values.rounds); round++) {
  rounds.push(build(freshFolder(data, 'second'), symbols, monthCount));
}
console.log(`twice the same content: ${Object.keys(a).length} files`);
const middle = rounds.find(({ seconds }) => seconds === median(rounds.map((round) => round.seconds)));
line(`${symbols.length} symbols × ${monthCount} months, from nothing`, /** @type {Built} */ (middle));
line('the same again, nothing to do', build(first, symbols, monthCount));

const growing = freshFolder(data, 'growing');
build(growing, symbols, monthCount - 1);
line('a month more', build(growing, symbols, monthCount));
const fewer = freshFolder(data, 'fewer');
build(fewer, symbols.slice(1), monthCount);
line('a symbol more', build(fewer, symbols, monthCount));

if (!values.quick) {
  for (const share of [0.2, 0.5]) {
    const some = symbols.slice(0, Math.max(1, Math.round(symbols.length * share)));
    line(
      `${some.length} symbols × ${monthCount} months`,
      build(freshFolder(data, 'second'), some, monthCount),
    );
  }
  for (const share of [0.25, 0.5]) {
    const months = Math.max(1, Math.round(monthCount * share));
    line(`${symbols.length} symbols × ${months} months`, build(freshFolder(data, 'second'), symbols, months));
  }
}
for (const name of ['first', 'second', 'growing', 'fewer'])
  rmSync(join(data, '..', name), { recursive: true, force: true });
