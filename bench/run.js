// @ts-check
/** Measures tapemill beside others over the same month of ticks; see README.md. */
import { checkContender, makeReference } from './lib/check.js';
import { CONTENDERS, THREADS } from './lib/contenders.js';
import { prepareData } from './lib/data.js';
import { findPandas, installContenders, versionOf } from './lib/install.js';
import { describeMachine, machineLine } from './lib/machine.js';
import { measure } from './lib/measure.js';
import { readOptions } from './lib/options.js';
import { printReport } from './lib/report.js';
import { summarize } from './lib/summary.js';

const options = readOptions();
const machine = describeMachine();
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);
say(machineLine(machine));

installContenders();
const pandas = findPandas();
const data = await prepareData(options.rows);
const job = { ...data, threads: THREADS };
const wanted = CONTENDERS.filter(({ id }) => options.only === null || options.only.includes(id));
const ready = wanted.filter(({ id }) => id !== 'pandas' || pandas !== null);
const python = pandas?.command ?? '';

say('checking that all find the same minutes');
const reference = await makeReference({ job, python });
let wrong = 0;
for (const contender of ready) {
  const fault = await checkContender(contender, reference, { job, python }).catch(String);
  say(`  ${contender.label}: ${fault ?? 'right'}`);
  if (fault !== null) wrong++;
}
if (wrong > 0) {
  say(`${wrong} of ${ready.length} contenders are wrong, so nothing was timed`);
  process.exit(1);
}

/** @type {Record<string, import('./lib/measure.js').Measurement[]>} */
const measurements = Object.fromEntries(ready.map(({ id }) => [id, []]));
for (let round = 1; round <= options.runs; round++) {
  for (const contender of ready) {
    const result = await measure(contender, { ...job, resultPath: null }, python);
    measurements[contender.id].push(result);
    say(`round ${round} of ${options.runs}: ${contender.label} ${result.seconds.toFixed(2)} s`);
  }
}

const versions = Object.fromEntries(
  wanted.map(({ id }) => [id, id === 'pandas' ? (pandas?.version ?? null) : versionOf(id)]),
);
const summary = summarize({ machine, data, wanted, measurements, versions });
if (options.json) process.stdout.write(`${JSON.stringify({ ...summary, measurements }, undefined, 2)}\n`);
else process.stdout.write(printReport(summary));
