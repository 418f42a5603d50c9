import { type Command, CommanderError } from 'commander';
import { EXIT, TapemillError } from '../errors.js';
import { makeProgram } from './program.js';

/** Runs one command line and sets the process's exit status. Never throws. */
export async function main(args: readonly string[]): Promise<void> {
  // A reader that has seen enough (head, less), or a terminal that was closed, does not stop the work.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  try {
    // `tapemill collect …` and `tapemill help collect`: options of tapemill itself take no values.
    const named = args.filter((arg) => !arg.startsWith('-')).slice(0, 2);
    const program = await makeProgram(({ name }) => named.includes(name));
    throwInsteadOfExit(program);
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
