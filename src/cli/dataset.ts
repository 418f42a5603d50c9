import { Command } from 'commander';
import { datasetBuildCommand } from './dataset-build.js';
import { datasetCheckCommand } from './dataset-check.js';
import { datasetDescribeCommand } from './dataset-describe.js';
import { datasetExportCommand } from './dataset-export.js';
import { datasetReportCommand } from './dataset-report.js';

const EXAMPLES = `Examples:
  tapemill dataset build BTCUSDT ETHUSDT --data-dir data          the wide table: one row a symbol and hour
  tapemill dataset check --leaks --data-dir data                  prove that no cell knows the future
  tapemill dataset describe --columns 'oi_*' --data-dir data      what columns mean, and how far they are filled
  tapemill dataset report --open --data-dir data                  a page: coverage, distributions, drift, correlated pairs
  tapemill dataset export --format qlib --labels logret:1h,24h --valid-only --data-dir data

`;

export function datasetCommand(): Command {
  const command = new Command('dataset')
    .description('the wide table: everything that was known at the end of each bar, in one row')
    .addHelpText('before', EXAMPLES);
  for (const subcommand of [
    datasetBuildCommand(),
    datasetCheckCommand(),
    datasetDescribeCommand(),
    datasetReportCommand(),
    datasetExportCommand(),
  ]) {
    command.addCommand(subcommand);
  }
  return command;
}
