// @ts-check
/**
 * Runs one contender once, in a process of its own:
 *
 *     node lib/child.js duckdb.js '{"csv": …}'
 *
 * A contender exports `load(job)`, which imports and sets up what it needs and resolves to `{ work, finish }`.
 * Only `work` is timed. `finish` takes its result and gives what is to be checked: `{ bytes }` or `{ table }`.
 */
import { readFileSync } from 'node:fs';
import { writeTable } from './columns.js';

const [module, text] = process.argv.slice(2);
const job = JSON.parse(text);
const { load } = await import(`../contenders/${module}`);
const { work, finish } = await load(job);
process.stdout.write('ready\n');

const cpuBefore = process.cpuUsage();
const started = performance.now();
const result = await work();
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
const report = { seconds, cpuSeconds: (user + system) / 1e6, peakRssBytes: peakRss() };

const { bytes, table } = job.resultPath === null ? {} : await finish(result);
if (table) writeTable(job.resultPath, table);
process.stdout.write(`${JSON.stringify({ ...report, bytes })}\n`, () => process.exit(0));

/** Linux hands the peak of the parent down to `maxRSS`, so its own record is asked first. */
function peakRss() {
  try {
    const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
    if (kib) return Number(kib) * 1024;
  } catch {
    // not Linux
  }
  return process.resourceUsage().maxRSS * 1024;
}
