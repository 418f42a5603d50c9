import { resolve } from 'node:path';
import { Command } from 'commander';
import { TapemillError } from '../errors.js';
import { parseMarket } from '../market/index.js';
import { parseFrequency } from '../time/index.js';
import type { DescribedColumn, Description } from '../wide-table/index.js';
import { dataDirOption, marketOption } from './options.js';

const EXAMPLES = `Examples:
  tapemill dataset describe --data-dir data                        every column
  tapemill dataset describe --columns 'oi_*,funding_*'             some of them
  tapemill dataset describe --columns 'at_*' --freq 4h --json      for a script

`;

interface DatasetDescribeOptions {
  readonly columns?: string;
  readonly market: string;
  readonly freq: string;
  readonly dataDir: string;
  readonly json?: true;
}

export function datasetDescribeCommand(): Command {
  return new Command('describe')
    .description('what the columns of the wide table mean, and how far the built one is filled')
    .option('--columns <patterns>', 'names, * for any characters, separated by commas (default: all)')
    .addOption(marketOption())
    .option('--freq <frequency>', 'length of a bar', '1h')
    .addOption(dataDirOption())
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES)
    .action(runDescribe);
}

async function runDescribe(options: DatasetDescribeOptions): Promise<void> {
  const market = parseMarket(options.market);
  const frequency = parseFrequency(options.freq);
  const { describeDataset } = await import('../wide-table/index.js');
  const { lock, columns } = await describeDataset(resolve(options.dataDir), market, frequency);
  const isWanted = matcher(options.columns ?? '*');
  const wanted = columns.filter(({ name }) => isWanted(name));
  if (wanted.length === 0) {
    throw new TapemillError(
      'E_USAGE',
      `no column of the wide table is named like "${options.columns ?? ''}"`,
    );
  }
  if (options.json) console.log(JSON.stringify(asJson(lock, wanted)));
  else tell(lock, wanted);
}

function matcher(patterns: string): (name: string) => boolean {
  const expressions = patterns.split(',').map((pattern) => {
    const escaped = pattern.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${escaped.replaceAll('\\*', '.*')}$`, 'i');
  });
  return (name) => expressions.some((expression) => expression.test(name));
}

function tell(lock: Description['lock'], columns: readonly DescribedColumn[]): void {
  let family: string | null = null;
  for (const column of columns) {
    if (column.family !== family) console.log(`${family === null ? '' : '\n'}[${column.family}]`);
    family = column.family;
    const { name, type, unit, range, formula, window, whenNull, inputs, filled } = column;
    const coverage = filled === null ? '' : `  ${(Math.floor(filled * 1000) / 10).toFixed(1)} % filled`;
    console.log(`${name}  ${type}, ${unit}, ${range}${coverage}`);
    console.log(`    ${formula}`);
    console.log(`    window: ${window}; from ${inputs.join(', ')}; null: ${whenNull ?? 'never'}`);
  }
  console.log('');
  if (lock === null) console.log(`${columns.length} columns; no table is built`);
  else
    console.log(
      `${columns.length} columns; the table has ${lock.rows} rows of ${lock.symbols.length} symbols`,
    );
}

/** Raised when a member changes its meaning or goes; new members may come at any time. */
const JSON_VERSION = 1;

function asJson(lock: Description['lock'], columns: readonly DescribedColumn[]): object {
  const table = lock && {
    rows: lock.rows,
    symbols: lock.symbols.map(({ symbol }) => symbol),
    start: lock.start,
    end: lock.end,
  };
  return { type: 'dataset-describe', schemaVersion: JSON_VERSION, table, columns };
}
