// The demo: the main job end to end on simulated data, by the same commands that a user types.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

const FOLDER = 'demo';
const ARCHIVE = `${FOLDER}/archive`;
const AT = ['--data-dir', `${FOLDER}/data`];

function run(what, ...args) {
  console.log(`\n# ${what}`);
  console.log(`$ npx tapemill ${args.map((arg) => (/[\s*]/.test(arg) ? `"${arg}"` : arg)).join(' ')}`);
  const { status, signal, error } = spawnSync(process.execPath, ['bin/tapemill.js', ...args], {
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error(`demo: this command ended with ${error?.message ?? signal ?? `status ${status}`}`);
    process.exit(status ?? 1);
  }
}

const started = performance.now();
rmSync(FOLDER, { recursive: true, force: true });
run(
  'An archive like the public one, with made-up numbers: ticks, klines, metrics, funding',
  ...['simulate', '--out', ARCHIVE, '--symbols', '2', '--start', '2024-01', '--end', '2024-01'],
  ...['--ticks', '200000', '--monthly-only'],
);
run(
  'Every object verified; ticks become minutes, minutes 1h bars',
  ...['collect', 'SIMAUSDT', 'SIMBUSDT', '--data-type', 'aggTrades,metrics,fundingRate'],
  ...['--archive', ARCHIVE, ...AT],
);
run("Proof: each minute beside the exchange's own kline", 'audit', '--all', '--archive', ARCHIVE, ...AT);
run('Bars of another length, from the minutes; no tick is read again', 'factors', '--freq', '4h', ...AT);
run(
  'SQL over all of it',
  'query',
  "SELECT symbol, minute, trade_count AS ticks, vwap, cvd_quote, whale_cvd_quote FROM bars_4h WHERE minute >= '2024-01-15' ORDER BY minute, symbol LIMIT 4",
  ...AT,
);
run(
  'The wide table: a row a symbol and hour, all that was known by its end',
  'dataset',
  'build',
  '--all',
  ...AT,
);
run('Proof: made anew from what was known at three instants', 'dataset', 'check', '--leaks', ...AT);
run(
  'A picture',
  ...['plot', 'SIMBUSDT', '--start', '2024-01-08', '--end', '2024-01-14'],
  ...['-o', `${FOLDER}/plot.png`, ...AT],
);
console.log(`
Done in ${((performance.now() - started) / 1000).toFixed(0)} s. Look at:
  ${FOLDER}/plot.png                                          price, CVD, volume, funding, open interest
  ${FOLDER}/data/final_dataset/SIMBUSDT_final.csv             the wide table, for pandas
  ${FOLDER}/data/binance_aggTrades/SIMBUSDT_aggTrades.csv     1h bars and order flow
  npx tapemill serve ${AT.join(' ')} --open         the same in a browser
Go on with docs/guides/first-dataset.md, or with real data: npx tapemill collect --help`);
