import { Command } from 'commander';
import { auditCommand } from '../../src/cli/audit.js';
import { explainCommand } from '../../src/cli/explain.js';
import { TapemillError } from '../../src/errors.js';

export interface Said {
  readonly status: number;
  readonly lines: readonly string[];
  readonly error: TapemillError | null;
}

/** Runs `audit` or `explain` in this process, as the command line does. */
export async function run(...args: readonly string[]): Promise<Said> {
  const program = new Command('tapemill').exitOverride();
  for (const command of [auditCommand(), explainCommand()]) program.addCommand(command.exitOverride());
  const lines: string[] = [];
  const { log } = console;
  const before = process.exitCode;
  process.exitCode = 0;
  console.log = (...texts: unknown[]) => void lines.push(...texts.join(' ').split('\n'));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return { status: process.exitCode, lines, error: null };
  } catch (error) {
    if (!TapemillError.is(error)) throw error;
    return { status: error.exitStatus, lines, error };
  } finally {
    console.log = log;
    process.exitCode = before;
  }
}
