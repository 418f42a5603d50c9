// @ts-check
/**
 * Runs one contender once, in a process of its own:
 *
 *     node lib/child.js duckdb.js '{"csv": …}'
 *
 * A contender exports `load(job)`, which imports and sets up what it needs and resolves to `{ work, finish }`.
 * Only `work` is timed. `finish` takes its result and gives what is to be checked: `{ bytes }` or `{ table }`.
 */
import { writeTable } from './columns.js';
import { cpuSeconds, peakRssBytes } from './usage.js';

const [module, text] = process.argv.slice(2);
const job = JSON.parse(text);
const { load } = await import(`../contenders/${module}`);
const { work, finish } = await load(job);
process.stdout.write('ready\n');

const before = cpuSeconds();
const started = performance.now();
const result = await work();
const seconds = (performance.now() - started) / 1000;
const after = cpuSeconds();
const own = after.own - before.own;
const machine = after.machine === null || before.machine === null ? null : after.machine - before.machine;
const report = {
  seconds,
  cpuSeconds: own,
  othersCpuSeconds: machine === null ? null : Math.max(0, machine - own),
  peakRssBytes: peakRssBytes(),
};

const { bytes, table } = job.resultPath === null ? {} : await finish(result);
if (table) writeTable(job.resultPath, table);
process.stdout.write(`${JSON.stringify({ ...report, bytes })}\n`, () => process.exit(0));
