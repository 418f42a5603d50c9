import type { Command, Option } from 'commander';
import { VERSION } from '../version.js';
import { makeProgram } from './program.js';

/** Width of the help in docs/cli.md, whatever the terminal it is made at. */
const COLUMNS = 110;

/** A command with the words that it is called by. */
interface Named {
  readonly path: string;
  readonly command: Command;
}

async function allCommands(): Promise<readonly [program: Command, commands: readonly Named[]]> {
  const program = await makeProgram(() => true);
  return [program, program.commands.flatMap((command) => namesBelow(command, 'tapemill'))];
}

function namesBelow(command: Command, above: string): Named[] {
  const path = `${above} ${command.name()}`;
  const below = command.createHelp().visibleCommands(command);
  // `help` is in every list and is no command of ours.
  const ours = below.filter((child) => command.commands.includes(child));
  return [{ path, command }, ...ours.flatMap((child) => namesBelow(child, path))];
}

/** docs/cli.md: what `--help` prints of every command. */
export async function renderCliReference(): Promise<string> {
  const [program, commands] = await allCommands();
  const sections = [{ path: 'tapemill', command: program }, ...commands].map(
    ({ path, command }) => `## ${path}\n\n\`\`\`\n${helpOf(command)}\n\`\`\`\n`,
  );
  return `# Command line

<!-- Made by scripts/generate-docs.js from src/cli/; do not edit. -->

What \`tapemill <command> --help\` prints. \`tapemill completion\` makes your shell complete all of it.

${sections.join('\n')}`;
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => (text += part),
    getOutHelpWidth: () => COLUMNS,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trim().replace(/\n{3,}/g, '\n\n');
}

/** The manual page, in roff. */
export async function renderManPage(): Promise<string> {
  const [program, commands] = await allCommands();
  const body = commands.map(({ path, command }) => {
    const options = command.createHelp().visibleOptions(command).map(optionEntry);
    return [
      `.SS ${roff(path)}`,
      `.B ${roff(`${path} ${command.usage()}`)}`,
      '.PP',
      roff(command.description()),
      ...options,
    ].join('\n');
  });
  return `.TH TAPEMILL 1 "" "tapemill ${VERSION}" "User Commands"
.SH NAME
tapemill \\- ticks of Binance's public archives to minute bars, factors and a point-in-time wide table
.SH SYNOPSIS
.B tapemill
.I command
[options]
.SH DESCRIPTION
${roff(program.description())}
Every command explains itself, examples first:
.B tapemill
.I command
.BR \\-\\-help .
.SH COMMANDS
${body.join('\n')}
.SH ENVIRONMENT
.TP
.B TAPEMILL_DATA_DIR
Default of \\-\\-data\\-dir.
.TP
.B TAPEMILL_QUEUE
Default of \\-\\-queue.
.TP
.B TARDIS_API_KEY
Key for files of Tardis; the first day of each month needs none.
.SH EXIT STATUS
0 done, 1 failed, 2 wrong usage, 3 partial, 4 data integrity, 5 nothing there, 75 try again later, 130 and 143 stopped
by a signal.
`;
}

function optionEntry({ flags, description, defaultValue, defaultValueDescription }: Option): string {
  const usual: unknown = defaultValueDescription ?? defaultValue;
  const isWorthTelling = typeof usual === 'string' || typeof usual === 'number';
  return `.TP\n.B ${roff(flags)}\n${roff(`${description}${isWorthTelling ? ` (default: ${usual})` : ''}`)}`;
}

function codePoint(character: string): string {
  return character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
}

/** Text that roff leaves as it is: no escapes, no hyphens of its own, no requests at the start of a line. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/^[.']/, '\\&$&')
    .replace(/[^\p{ASCII}]/gu, (character) => `\\[u${codePoint(character)}]`);
}
