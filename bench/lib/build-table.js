// @ts-check
/** Builds a wide table in this process and prints what it cost. Started by `bench/dataset.js`. */
import { parseFrequency, parseRange } from '../../dist/time/index.js';
import { VERSION } from '../../dist/version.js';
import { buildDataset } from '../../dist/wide-table/index.js';
import { peakRssBytes } from './usage.js';

const { dataDir, symbols, start, end } = JSON.parse(process.argv[2] ?? '');
const started = performance.now();
const report = await buildDataset({
  ...{ dataDir, symbols, market: 'um', frequency: parseFrequency('1h'), range: parseRange(start, end) },
  ...{ families: null, factorPaths: [], workers: 2, tapemillVersion: VERSION },
});
const seconds = (performance.now() - started) / 1000;
const rows = report.symbols.reduce((sum, symbol) => sum + symbol.record.rows, 0);
console.log(JSON.stringify({ seconds, peakRssBytes: peakRssBytes(), rows, symbols: report.symbols.length }));
