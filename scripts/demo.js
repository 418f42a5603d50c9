// The demo: simulates an archive, mills it, and shows what came out, by the same commands that a user types.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

const FOLDER = 'demo';

function run(...args) {
  console.log(`\n$ npx tapemill ${args.map((arg) => (/[\s*]/.test(arg) ? `"${arg}"` : arg)).join(' ')}`);
  const { status, signal, error } = spawnSync(process.execPath, ['bin/tapemill.js', ...args], {
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error(`demo: this command ended with ${error?.message ?? signal ?? `status ${status}`}`);
    process.exit(status ?? 1);
  }
}

rmSync(FOLDER, { recursive: true, force: true });
const archive = `${FOLDER}/archive`;
const data = `${FOLDER}/data`;
run(
  'simulate',
  '--out',
  archive,
  '--symbols',
  '2',
  '--start',
  '2024-01',
  '--end',
  '2024-02',
  '--ticks',
  '200000',
  '--monthly-only',
  '--sources',
  'aggTrades,klines',
);
run('collect', 'SIMAUSDT', 'SIMBUSDT', '--archive', archive, '--data-dir', data);
run('factors', '--freq', '4h', '--data-dir', data);
run(
  'query',
  "SELECT symbol, minute, trade_count AS ticks, vwap, cvd_quote, whale_cvd_quote, imbalance_ratio_quote FROM bars_4h WHERE minute >= '2024-01-15' ORDER BY minute, symbol LIMIT 10",
  '--data-dir',
  data,
);
run(
  'query',
  'SELECT symbol, count(*) AS minutes, sum(trade_count) AS ticks, round(sum(quote_volume)) AS quote_volume FROM minutes GROUP BY ALL ORDER BY ALL',
  '--data-dir',
  data,
);
console.log(
  `\nEverything is in ${FOLDER}/: try "npx tapemill collect --help", or open ${data}/binance_aggTrades/SIMAUSDT_aggTrades.csv`,
);
