import { Command } from 'commander';
import { datasetBuildCommand } from './dataset-build.js';
import { datasetCheckCommand } from './dataset-check.js';
import { datasetDescribeCommand } from './dataset-describe.js';

const EXAMPLES = `Examples:
  tapemill dataset build BTCUSDT ETHUSDT --data-dir data          the wide table: one row a symbol and hour
  tapemill dataset check --leaks --data-dir data                  prove that no cell knows the future
  tapemill dataset describe --columns 'oi_*' --data-dir data      what columns mean, and how far they are filled

`;

export function datasetCommand(): Command {
  const command = new Command('dataset')
    .description('the wide table: everything that was known at the end of each bar, in one row')
    .addHelpText('before', EXAMPLES);
  for (const subcommand of [
    datasetBuildCommand(),
    datasetCheckCommand(),
    datasetDescribeCommand(),
    // datasetExportCommand() and datasetReportCommand() go here.
  ]) {
    command.addCommand(subcommand);
  }
  return command;
}
