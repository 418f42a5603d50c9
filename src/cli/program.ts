import { Command } from 'commander';
import { VERSION } from '../version.js';
import { COMMANDS, COMMAND_GROUPS, type CommandEntry } from './commands.js';

const EXAMPLES = `Examples:
  tapemill simulate --out sim --symbols 2 --start 2024-01 --end 2024-01      make an archive to play with
  tapemill collect SIMAUSDT --archive sim --data-dir data                    ticks to minute layer and 1h factors
  tapemill factors SIMAUSDT --freq 4h --data-dir data                        another frequency, no ticks read
  tapemill audit SIMAUSDT --archive sim --data-dir data                      the layer against the exchange's klines
  tapemill dataset build --all --data-dir data                               the wide table: a row a symbol and hour
  tapemill plot SIMAUSDT --start 2024-01-08 --end 2024-01-14 -o week.png     price, CVD, volume by side
  tapemill serve --open --data-dir data                                      all of it in the browser
  tapemill doctor --data-dir data                                            when something looks wrong

`;

/**
 * The command line. Of the commands only those wanted are what they are; the others are names in the list.
 * @param isWanted for the commands to load
 */
export async function makeProgram(isWanted: (entry: CommandEntry) => boolean): Promise<Command> {
  const program = new Command('tapemill')
    .description(
      "Mills Binance's public tick archives into minute bars, factors and a point-in-time wide table.",
    )
    .version(VERSION)
    .addHelpText('before', EXAMPLES)
    .showHelpAfterError('(tapemill --help shows the commands)')
    .configureHelp({ showGlobalOptions: false, subcommandTerm: (command) => command.name() });
  for (const group of COMMAND_GROUPS) {
    for (const entry of COMMANDS.filter((one) => one.group === group)) {
      const command = isWanted(entry) ? await entry.load() : new Command(entry.name);
      program.addCommand(command.summary(entry.summary).helpGroup(group));
    }
  }
  return program;
}
