import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { normalizeSymbol, parseMarket } from '../market/index.js';
import { parseFrequency } from '../time/index.js';
import type { DatasetStatistics } from '../exports/index.js';
import { openBrowser } from './open-browser.js';
import { dataDirOption, marketOption } from './options.js';
import { StepProgress } from './step-progress.js';
import { formatCount, formatTable } from './table.js';

const EXAMPLES = `Examples:
  tapemill dataset report --open                                     all columns, in the browser
  tapemill dataset report BTCUSDT --html btc.html --columns 'liq_*'  one symbol, some columns, a file of your own
  tapemill dataset report --freq 4h --market cm --json               the numbers for a script

Coverage, nulls, distributions, drift, and pairs of columns that say the same. docs/exports.md says how each is reckoned.

`;

interface ReportOptions {
  readonly open?: true;
  readonly html?: string;
  readonly columns?: string;
  readonly freq: string;
  readonly market: string;
  readonly dataDir: string;
  readonly json?: true;
}

export function datasetReportCommand(): Command {
  return new Command('report')
    .description('a page about the columns of the wide table: coverage, distributions, drift, duplicates')
    .argument('[symbols...]', 'default: all symbols of the table')
    .option('--open', "show the page in the system's browser")
    .option('--html <file>', 'where to write it (default: {data-dir}/reports/dataset_{market}_{freq}.html)')
    .option('--columns <names>', 'names and globs, separated by commas (default: all)')
    .option('--freq <frequency>', 'length of a bar', '1h')
    .addOption(marketOption())
    .addOption(dataDirOption())
    .option('--json', 'print the numbers as one JSON object')
    .addHelpText('before', EXAMPLES)
    .action(runReport);
}

async function runReport(symbols: readonly string[], options: ReportOptions): Promise<void> {
  const frequency = parseFrequency(options.freq);
  const market = parseMarket(options.market);
  const dataDir = resolve(options.dataDir);
  // Loading these takes longer than showing the help does.
  const { measureDataset, parseColumns } = await import('../exports/index.js');
  const { datasetHtml } = await import('../report/index.js');
  const { atomicWriteFile } = await import('../layer/index.js');
  const progress = new StepProgress(process.stderr);
  const statistics = await measureDataset({
    dataDir,
    market,
    frequency,
    symbols: symbols.map(normalizeSymbol),
    columns: parseColumns(options.columns),
    onProgress: (done, all) => {
      progress.show(`reading, ${done} of ${all} symbols`, done / all);
    },
  }).finally(() => {
    progress.clear();
  });
  const file = resolve(options.html ?? join(dataDir, 'reports', `dataset_${market}_${frequency.label}.html`));
  const madeAt = `Market ${market}, bars of ${frequency.label}; made ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC.`;
  await atomicWriteFile(file, Buffer.from(datasetHtml(statistics, 'Columns of the wide table', madeAt)));
  if (options.json) console.log(JSON.stringify(asJson(statistics, file)));
  else for (const line of summary(statistics)) console.log(line);
  const isShown = options.open === true && (await openBrowser(file));
  if (options.json) return;
  if (options.open === true && !isShown) console.error('no browser could be started; open the page by hand');
  console.log(`report: ${file}`);
}

const LISTED = 5;

function summary({ rows, symbols, columns, correlated, sampleRows }: DatasetStatistics): string[] {
  const empty = columns.filter((column) => column.nulls === column.rows).length;
  const constant = columns.filter(({ isConstant }) => isConstant).length;
  const drifting = columns
    .filter(({ drift }) => drift !== null)
    .sort((a, b) => b.drift! - a.drift!)
    .slice(0, LISTED);
  return [
    `${formatCount(rows)} rows, ${symbols.length} symbols, ${columns.length} columns: ${empty} empty, ${constant} constant; ` +
      `${formatCount(correlated.pairs.length)} pairs with |correlation| > 0.95 (${formatCount(sampleRows)} rows looked at)`,
    ...(drifting.length === 0
      ? []
      : formatTable(
          ['most drift', 'PSI'],
          drifting.map(({ column, drift }) => [column.name, drift!.toFixed(3)]),
        )),
  ];
}

/** Raised when a member changes its meaning or goes; new members may come at any time. */
const JSON_VERSION = 1;

/** What is no number (nothing to take a mean of) is null. */
function asJson({ table, columns, correlated, ...facts }: DatasetStatistics, file: string): object {
  return {
    type: 'dataset-report',
    schemaVersion: JSON_VERSION,
    html: file,
    market: table.market,
    frequency: table.frequency.label,
    lock_sha256: table.lock.sha256,
    rows: facts.rows,
    sampleRows: facts.sampleRows,
    first: new Date(facts.firstMs).toISOString(),
    last: new Date(facts.lastMs).toISOString(),
    months: facts.months.map(({ key }) => key),
    symbols: facts.symbols,
    columns: columns.map(({ column, ...numbers }) => ({
      name: column.name,
      family: column.family,
      unit: column.unit,
      meaning: column.meaning,
      ...numbers,
    })),
    pairsCompared: correlated.compared,
    pairs: correlated.pairs,
  };
}
