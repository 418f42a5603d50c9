import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { EXIT, type ExitStatus, TapemillError } from '../errors.js';
import { parseMarket } from '../market/index.js';
import { formatIso, formatUtcSeconds, parseFrequency } from '../time/index.js';
import type { CheckReport } from '../wide-table/index.js';
import { dataDirOption, marketOption, positiveInteger, readSymbols } from './options.js';
import { StepProgress } from './step-progress.js';

const EXAMPLES = `Examples:
  tapemill dataset check --leaks --data-dir data                 all symbols, at 3 instants
  tapemill dataset check --leaks BTCUSDT --cuts 12 --freq 4h     one symbol of the 4h table, at 12

The table is made anew from what was known at each instant, your own factors included, and compared with the files on
disk, every cell of every bar that had ended by then. docs/dataset.md says what that proves.

`;

const EXIT_HELP = `
Exit status: 0 nothing knows the future, 4 something does, or the table is damaged or not that of its
inputs any more, 5 there is no table.`;

interface DatasetCheckOptions {
  readonly leaks?: true;
  readonly cuts: number;
  readonly market: string;
  readonly freq: string;
  readonly dataDir: string;
  readonly json?: true;
}

export function datasetCheckCommand(): Command {
  return new Command('check')
    .description('prove that no cell of the wide table knows the future')
    .argument('[symbols...]', 'default: all symbols of the table')
    .option('--leaks', 'look for cells that change when the future is taken away')
    .option('--cuts <n>', 'instants to cut at', positiveInteger, 3)
    .addOption(marketOption())
    .option('--freq <frequency>', 'length of a bar', '1h')
    .addOption(dataDirOption())
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_HELP)
    .action(async (named: string[], options: DatasetCheckOptions) => {
      process.exitCode = await runCheck(named, options);
    });
}

async function runCheck(named: readonly string[], options: DatasetCheckOptions): Promise<ExitStatus> {
  if (options.leaks !== true) throw new TapemillError('E_USAGE', 'expected what to check: --leaks');
  const market = parseMarket(options.market);
  const frequency = parseFrequency(options.freq);
  const { checkDataset } = await import('../wide-table/index.js');
  const progress = new StepProgress(process.stderr);
  const report = await checkDataset({
    ...{ dataDir: resolve(options.dataDir), market, frequency, cuts: options.cuts },
    symbols: named.length === 0 ? null : await readSymbols(named, undefined),
    workers: Math.min(2, availableParallelism()),
    onProgress: (done, of) => {
      progress.show(`tables ${done}/${of}`, done / of);
    },
  });
  progress.clear();
  const exitStatus = report.found > 0 || report.compared === 0 ? EXIT.integrity : EXIT.done;
  if (options.json) console.log(JSON.stringify(asJson(report, exitStatus)));
  else tell(report);
  return exitStatus;
}

const LISTED = 50;

function tell({ symbols, cuts, leaks, found, compared }: CheckReport): void {
  const show = (value: number | null): string => (value === null ? 'null' : String(value));
  for (const { symbol, column, minute, row, whole, cut, cutMs } of leaks.slice(0, LISTED)) {
    console.log(
      `${symbol ?? ''}  ${column}  row ${row}, bar ${formatUtcSeconds(minute)}: ${show(whole)} in the table, ` +
        `${show(cut)} by what was known at ${formatUtcSeconds(cutMs)}`,
    );
  }
  if (leaks.length > LISTED) console.log(`… and ${leaks.length - LISTED} more (--json lists them)`);
  const columns = [...new Set(leaks.map(({ column }) => column))];
  const scope = `${symbols.length} symbols, ${cuts.length} cuts, ${compared} cells compared`;
  if (compared === 0) console.log(`${scope}: nothing was proven, no bar had ended by any cut`);
  else if (found === 0) console.log(`${scope}: none knows the future`);
  else console.log(`${scope}: ${found} know the future, in ${columns.join(', ')}`);
}

/** Raised when a member changes its meaning or goes; new members may come at any time. */
const JSON_VERSION = 1;

function asJson({ symbols, cuts, leaks, found, compared }: CheckReport, exitStatus: ExitStatus): object {
  return {
    type: 'dataset-check',
    schemaVersion: JSON_VERSION,
    exitStatus,
    symbols,
    cuts: cuts.map(formatIso),
    compared,
    found,
    leaks: leaks.map(({ symbol, column, minute, row, whole, cut, cutMs }) => {
      const [bar, at] = [formatIso(minute), formatIso(cutMs)];
      return { symbol, column, bar, row, table: whole, known: cut, cut: at };
    }),
  };
}
