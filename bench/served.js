// @ts-check
/**
 * How fast `collect --workers 2` mills what a local server serves, beside the kernel's own throughput over two files at
 * once: the same ticks in several symbols, so that the start of the processes does not count for much. Rounds are
 * interleaved; what was milled is checked before a time is printed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_THRESHOLDS, collect, readLayerFacts, monthPath } from '../dist/index.js';
import { CONTENDERS } from './lib/contenders.js';
import { prepareData } from './lib/data.js';
import { describeMachine, machineLine } from './lib/machine.js';
import { measure } from './lib/measure.js';
import { readOptions } from './lib/options.js';

const COPIES = 4;
const WORKERS = 2;
const options = readOptions();
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);
say(machineLine(describeMachine()));
const data = await prepareData(options.rows);

/** Each month under `COPIES` names, by hard links: content is not looked at by name. */
const served = join(data.folder, 'served');
/** @type {string[]} */
const symbols = [];
for (const { symbol, entry, zip } of data.months) {
  for (let i = 1; i <= COPIES; i++) {
    const copy = `${symbol.slice(0, 3)}${i}USDT`;
    symbols.push(copy);
    const key = entry.key.replaceAll(symbol, copy);
    const path = join(served, ...key.split('/'));
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) {
      try {
        linkSync(zip, path);
      } catch {
        copyFileSync(zip, path);
      }
    }
    const { default: fs } = await import('node:fs');
    const [hash] = fs.readFileSync(`${zip}.CHECKSUM`, 'utf8').split(' ');
    writeFileSync(`${path}.CHECKSUM`, `${hash}  ${key.split('/').at(-1)}\n`);
  }
}

const bin = fileURLToPath(new URL('../bin/tapemill.js', import.meta.url));
const mirror = spawn(process.execPath, [bin, 'mirror', served, '--port', '0', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [first] = await once(mirror.stdout, 'data');
const { url } = JSON.parse(String(first).split('\n')[0]);

/** @returns {Promise<{ seconds: number, steady: number }>} million rows a second of the whole, and while milling */
async function collectServed() {
  const dataDir = join(data.out, 'served');
  rmSync(dataDir, { recursive: true, force: true });
  const begun = performance.now();
  let firstMs = 0;
  let lastMs = 0;
  const summary = await collect({
    ...{ archive: url, dataDir, market: 'um', symbols, range: null, thresholds: DEFAULT_THRESHOLDS },
    ...{ workers: WORKERS, keepZip: false, prefer: null },
    onEvent: (event) => {
      if (event.type === 'month-started' && firstMs === 0) firstMs = performance.now();
      if (event.type === 'month-written') lastMs = performance.now();
    },
  });
  const seconds = (performance.now() - begun) / 1000;
  if (summary.exitStatus !== 0) throw new Error(`collect ended with status ${summary.exitStatus}`);
  for (const symbol of symbols) {
    const facts = await readLayerFacts(monthPath(dataDir, 'um', symbol, data.month));
    const accepted = facts.sources.reduce((sum, { account }) => sum + account.accepted, 0);
    if (accepted !== data.rows) throw new Error(`${symbol} has ${accepted} ticks, not ${data.rows}`);
  }
  return { seconds, steady: (lastMs - firstMs) / 1000 };
}

const pair = CONTENDERS.find(({ id }) => id === 'pair');
if (!pair) throw new Error('no pair');
const rows = symbols.length * data.rows;
/** @type {{ pair: number, whole: number, steady: number }[]} */
const rounds = [];
try {
  for (let round = 1; round <= options.runs; round++) {
    const { seconds } = await measure(pair, { ...data, threads: WORKERS, resultPath: null }, '');
    const mine = await collectServed();
    const million = {
      pair: (2 * data.rows) / seconds / 1e6,
      whole: rows / mine.seconds / 1e6,
      steady: rows / mine.steady / 1e6,
    };
    rounds.push(million);
    say(
      `round ${round}: kernel, two files ${million.pair.toFixed(1)}, collect from the server ` +
        `${million.whole.toFixed(1)} (while milling ${million.steady.toFixed(1)}) million rows/s`,
    );
  }
} finally {
  mirror.kill();
}
const median = (/** @type {number[]} */ values) =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const of = (/** @type {'pair' | 'whole' | 'steady'} */ what) => median(rounds.map((round) => round[what]));
console.log(`kernel, two files at once:          ${of('pair').toFixed(2)} million rows/s`);
console.log(
  `collect --workers ${WORKERS}, ${symbols.length} objects over HTTP: ${of('whole').toFixed(2)} (${((100 * of('whole')) / of('pair')).toFixed(0)} %), ` +
    `while milling ${of('steady').toFixed(2)} (${((100 * of('steady')) / of('pair')).toFixed(0)} %)`,
);
