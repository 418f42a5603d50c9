// @ts-check
/**
 * LiquidationFactorEngine over 10 million events, one thread.
 *
 *     npm run bench:liquidations
 *     npm run bench:liquidations -- --events 1000000 --runs 5
 *
 * Right before fast: the same engine is first compared with a slow computation, by other means, on a few thousand
 * events, and the run ends with status 1 when a cell differs by more than 1e-9.
 */
import { parseArgs } from 'node:util';
import {
  LiquidationFactorEngine,
  allocateEvents,
  coverageOfEvents,
  liquidationFactors,
} from '../dist/factors/index.js';
import { parseFrequency } from '../dist/time/index.js';
import { slowEngine } from './liquidations-slow.js';
import { describeMachine, machineLine } from './lib/machine.js';
import { wholeNumber } from './lib/options.js';
import { median } from './lib/summary.js';

const MAX_SECONDS = 20;
const MAX_RSS_MIB = 1024;
const DAY_US = 86_400e6;
const FREQ = '15m';
const PARAMETERS = {
  bucketQuantiles: [0.5, 0.9],
  bucketWindowHours: [24],
  miningWindows: [24, 96, 672],
  miningQuantiles: [0.9, 0.95, 0.99],
};

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000000' },
    runs: { type: 'string', default: '3' },
  },
});
const count = wholeNumber('--events', values.events);
const runs = wholeNumber('--runs', values.runs);
const engine = new LiquidationFactorEngine({ freq: FREQ });

checkSample();

const events = makeEvents(count, 182, 1);
const seconds = [];
let bars = 0;
let columns = 0;
for (let run = 0; run < runs; run++) {
  const started = performance.now();
  const table = engine.process(events, PARAMETERS);
  seconds.push((performance.now() - started) / 1000);
  [bars, columns] = [table.length, table.names.length];
}
const best = Math.min(...seconds);
const engineRss = peakRss();

const started = performance.now();
const factors = liquidationFactors(events, coverageOfEvents(events, parseFrequency(FREQ)), null, {
  freq: FREQ,
});
const factorSeconds = (performance.now() - started) / 1000;

console.log(machineLine(describeMachine()));
console.log(
  `${count.toLocaleString('en-US')} events over half a year → ${bars} bars of ${FREQ}, ${columns} columns, ${runs} runs`,
);
console.log(
  `engine   best ${best.toFixed(2)} s   median ${median(seconds).toFixed(2)} s   ${speed(count, best)}`,
);
console.log(
  `factors  once ${factorSeconds.toFixed(2)} s   ${speed(count, factorSeconds)}   (${factors.names.length} columns)`,
);
console.log(`peak RSS ${engineRss} MiB after the engine, ${peakRss()} MiB in all, the events included`);
// The goal is for all 10 million; it depends on the machine, and so does not change the exit status.
if (median(seconds) > MAX_SECONDS) console.log(`missed: at most ${MAX_SECONDS} s`);
if (engineRss > MAX_RSS_MIB) console.log(`missed: at most ${MAX_RSS_MIB} MiB`);

/** @param {number} n @param {number} time */
function speed(n, time) {
  return `${(n / time / 1e6).toFixed(2)} million events/s`;
}

function peakRss() {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/**
 * Events in order of time over some days: quiet and busy hours, values over five orders of magnitude. The same ones for
 * the same arguments.
 *
 * @param {number} n @param {number} days @param {number} seed
 */
function makeEvents(n, days, seed) {
  const random = mulberry(seed);
  const made = allocateEvents(n);
  const start = Date.UTC(2025, 0, 1) * 1000;
  const step = (days * DAY_US) / n;
  let ts = start;
  let pace = 1;
  let price = 4000;
  for (let row = 0; row < n; row++) {
    // A few hundred events keep one pace, from a flood to a trickle; on average it is 1.
    if (row % 500 === 0) pace = -Math.log(1 - random());
    ts += Math.floor(step * pace * 2 * random());
    price *= 1 + (random() - 0.5) * 1e-4;
    made.ts[row] = ts;
    made.side[row] = random() < 0.5 ? 0 : 1;
    made.price[row] = price;
    made.qty[row] = Math.exp(random() * 11) / 1000;
    made.value[row] = made.price[row] * made.qty[row];
  }
  return made;
}

/** @param {number} seed */
function mulberry(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function checkSample() {
  const sample = makeEvents(4000, 12, 2);
  const got = engine.process(sample, PARAMETERS);
  const want = slowEngine(sample, parseFrequency(FREQ).minutes, PARAMETERS);
  let cells = 0;
  for (const name of got.names) {
    const slow = want[name];
    if (!slow) continue;
    for (let row = 0; row < got.length; row++, cells++) {
      const [a, b] = [got.columns[name][row], slow[row]];
      const same = Number.isNaN(b) ? Number.isNaN(a) : Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(b), 1);
      if (same) continue;
      console.error(`${name}[${row}] is ${a}, and ${b} by the slow computation`);
      process.exit(1);
    }
    delete want[name];
  }
  if (Object.keys(want).length > 0) {
    console.error(`missing columns: ${Object.keys(want).join(', ')}`);
    process.exit(1);
  }
  console.log(
    `checked ${cells.toLocaleString('en-US')} cells of ${got.length} bars against a slow computation`,
  );
}
