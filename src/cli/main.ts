import { Command, CommanderError } from 'commander';
import { EXIT, TapemillError } from '../errors.js';
import { VERSION } from '../version.js';
import { auditCommand } from './audit.js';
import { collectCommand } from './collect.js';
import { doctorCommand } from './doctor.js';
import { explainCommand } from './explain.js';
import { factorsCommand } from './factors.js';
import { importCommand } from './import.js';
import { liquidationsCommand } from './liquidations.js';
import { mirrorCommand } from './mirror.js';
import { planCommand } from './plan.js';
import { queryCommand } from './query.js';
import { refreshCommand } from './refresh.js';
import { simulateCommand } from './simulate.js';
import { statusCommand } from './status.js';
import { symbolsCommand } from './symbols.js';
import { workerCommand } from './worker.js';

const EXAMPLES = `Examples:
  tapemill simulate --out sim --symbols 2 --start 2024-01 --end 2024-01      make an archive to play with
  tapemill collect SIMAUSDT --archive sim --data-dir data                    ticks to minute layer and 1h factors
  tapemill factors SIMAUSDT --freq 4h --data-dir data                        another frequency, no ticks read
  tapemill query "SELECT * FROM bars_1h LIMIT 5" --data-dir data             SQL over all of it
  tapemill status --watch --data-dir data                                    what a collection is doing, from anywhere
  tapemill audit SIMAUSDT --archive sim --data-dir data                      the layer against the exchange's klines
  tapemill doctor --data-dir data                                            when something looks wrong

`;

/** Runs one command line and sets the process's exit status. Never throws. */
export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('tapemill')
    .description("Mills Binance's public tick archives into minute bars and order-flow factors.")
    .version(VERSION)
    .addHelpText('before', EXAMPLES)
    .showHelpAfterError('(tapemill --help shows the commands)')
    .configureHelp({ showGlobalOptions: false });
  for (const command of [
    collectCommand(),
    workerCommand(),
    planCommand(),
    refreshCommand(),
    symbolsCommand(),
    statusCommand(),
    doctorCommand(),
    importCommand(),
    factorsCommand(),
    liquidationsCommand(),
    auditCommand(),
    explainCommand(),
    queryCommand(),
    simulateCommand(),
    mirrorCommand(),
  ]) {
    program.addCommand(command);
  }
  throwInsteadOfExit(program);
  // A reader that has seen enough (head, less), or a terminal that was closed, does not stop the work.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, args.includes('--json'));
  }
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
}

/** Prints an error where it belongs and returns the exit status. */
function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (TapemillError.is(error)) {
    if (json) console.log(JSON.stringify({ type: 'error', ...error.toJSON(), exitStatus: error.exitStatus }));
    console.error(`tapemill: ${error.code}: ${error.message}`);
    return error.exitStatus;
  }
  console.error('tapemill: a bug, please report it:');
  console.error(error);
  return EXIT.failed;
}
