import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { type ExitStatus, TapemillError } from '../errors.js';
import { parseMarket } from '../market/index.js';
import { parseFrequency } from '../time/index.js';
import { VERSION } from '../version.js';
import type { BuildReport } from '../wide-table/index.js';
import { readRange } from './archive-options.js';
import { dataDirOption, marketOption, readSymbols } from './options.js';
import { StepProgress } from './step-progress.js';

const EXAMPLES = `Examples:
  tapemill dataset build BTCUSDT ETHUSDT --data-dir data
  tapemill dataset build --all --start 2023-01-01 --end 2023-12-31
  tapemill dataset build --symbols-file top100.txt --freq 4h --families price,funding,orderflow
  tapemill dataset build BTCUSDT --factors ./my-factors.js

Writes {data-dir}/final_dataset/{SYMBOL}_final.csv and .parquet, dataset_summary.csv and dataset.lock, and
{data-dir}/final_dataset_all.parquet. Of what is made already of the same data nothing is made again.
docs/dataset.md tells how rows come about, docs/wide-table.md what the columns are.

`;

const EXIT_HELP = `
Exit status: 0 done, 2 wrong usage, 3 symbols failed and all else is done, 5 nothing is collected.`;

interface DatasetBuildOptions {
  readonly all?: true;
  readonly symbolsFile?: string;
  readonly market: string;
  readonly start?: string;
  readonly end?: string;
  readonly freq: string;
  readonly families?: readonly string[];
  readonly factors: readonly string[];
  readonly workers: number;
  readonly dataDir: string;
  readonly json?: true;
}

export function datasetBuildCommand(): Command {
  return new Command('build')
    .description('bring the wide table up to date')
    .argument('[symbols...]', 'symbols of the table; it holds these and no others')
    .option('--all', 'all symbols of the minute layer, else of 1m klines')
    .option('--symbols-file <file>', 'symbols, one a line')
    .addOption(marketOption())
    .option('--start <date>', 'first day, YYYY-MM or YYYY-MM-DD (default: all there is)')
    .option('--end <date>', 'last day, inclusive')
    .option('--freq <frequency>', 'length of a bar: 5m … 30m, 1h … 12h, 1d', '1h')
    .option('--families <names>', 'groups of columns, separated by commas (default: all)', splitNames)
    .option('--factors <file>', 'a module that exports your own factors; may be repeated', collect, [])
    .option(
      '--workers <n>',
      'threads that work at the same time',
      wholeNumber,
      Math.min(2, availableParallelism()),
    )
    .addOption(dataDirOption())
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_HELP)
    .action(async (named: string[], options: DatasetBuildOptions) => {
      process.exitCode = await runBuild(named, options);
    });
}

const splitNames = (text: string): string[] => text.split(',').filter((name) => name.trim() !== '');
const collect = (value: string, before: readonly string[]): string[] => [...before, value];

function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 0 up.');
  return Number(text);
}

async function runBuild(named: readonly string[], options: DatasetBuildOptions): Promise<ExitStatus> {
  const range = readRange(options);
  const market = parseMarket(options.market);
  const frequency = parseFrequency(options.freq);
  const dataDir = resolve(options.dataDir);
  // Loading it takes longer than showing the help does.
  const { buildDataset, listTableSymbols, parseFamilies } = await import('../wide-table/index.js');
  const isNamed = named.length > 0 || options.symbolsFile !== undefined;
  if (options.all === true && isNamed) {
    throw new TapemillError('E_USAGE', 'expected symbols or --all, found both');
  }
  if (options.all !== true && !isNamed) {
    throw new TapemillError('E_USAGE', 'expected symbols, or --all for all that are collected');
  }
  const symbols = isNamed
    ? await readSymbols(named, options.symbolsFile)
    : await listTableSymbols(dataDir, market);
  if (symbols.length === 0) {
    throw new TapemillError(
      'E_NO_LAYER',
      `${dataDir} has neither a minute layer nor 1m klines of market ${market}`,
      {
        path: dataDir,
      },
    );
  }
  const progress = new StepProgress(process.stderr);
  const startedMs = performance.now();
  const report = await buildDataset({
    ...{ dataDir, market, symbols, frequency, range },
    families: options.families === undefined ? null : parseFamilies(options.families),
    factorPaths: options.factors,
    workers: options.workers,
    tapemillVersion: VERSION,
    onProgress: ({ step, done, of }) => {
      progress.show(`${step} ${done}/${of}`, done / of);
    },
  });
  progress.clear();
  const seconds = (performance.now() - startedMs) / 1000;
  if (options.json) console.log(JSON.stringify(asJson(report, seconds)));
  else tell(report, seconds);
  return report.exitStatus;
}

function tell({ paths, columns, symbols, failures, removed }: BuildReport, seconds: number): void {
  for (const { status, record } of symbols) {
    const { symbol, rows, first, last, validForTraining } = record;
    const valid = validForTraining === null ? '' : `, ${validForTraining} valid for training`;
    console.log(`${symbol}  ${rows} rows  ${first ?? ''} … ${last ?? ''}${valid}  ${status}`);
  }
  for (const { symbol, error } of failures)
    console.error(`${symbol}  failed: ${error.code}: ${error.message}`);
  for (const symbol of removed) console.error(`${symbol}  is not in this table: its files were removed`);
  const written = symbols.filter(({ status }) => status === 'written').length;
  console.log(
    `${symbols.length} symbols × ${columns.length} columns, ${written} written, ${symbols.length - written} unchanged, in ${seconds.toFixed(1)} s`,
  );
  console.log(`  ${paths.folder}`);
  console.log(`  ${paths.all}`);
}

/** Raised when a member changes its meaning or goes; new members may come at any time. */
const JSON_VERSION = 1;

function asJson(
  { paths, columns, symbols, failures, removed, exitStatus }: BuildReport,
  seconds: number,
): object {
  return {
    type: 'dataset-build',
    schemaVersion: JSON_VERSION,
    exitStatus,
    seconds,
    paths,
    columns: columns.map(({ name, family }) => ({ name, family })),
    symbols: symbols.map(({ status, record }) => {
      const { symbol, rows, first, last, lives, holes, validForTraining, files } = record;
      return { symbol, status, rows, first, last, lives, holes, validForTraining, files };
    }),
    failures: failures.map(({ symbol, error }) => ({ symbol, ...error.toJSON() })),
    removed,
  };
}
