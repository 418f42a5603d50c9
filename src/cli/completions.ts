import type { Command, Option } from 'commander';
import { listSymbols } from '../layer/index.js';
import { MARKETS, type Market } from '../market/index.js';
import { COMMANDS } from './commands.js';
import { makeProgram } from './program.js';

export interface Completion {
  readonly word: string;
  readonly meaning: string;
}

/**
 * What could stand in the place of the last word. Nothing where a file, or anything at all, may stand: the shell knows
 * those better.
 * @param words after `tapemill`; the last one is what has been typed of it, possibly nothing
 */
export async function completions(words: readonly string[]): Promise<Completion[]> {
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? '';
  let command = await makeProgram(({ name }) => before.includes(name));
  let pending: Option | undefined;
  for (const word of before) {
    if (pending) pending = undefined;
    else if (word.startsWith('-')) pending = takesValue(optionOf(command, word), word);
    else command = command.commands.find((child) => child.name() === word) ?? command;
  }
  const starting = (found: readonly Completion[]): Completion[] =>
    found.filter(({ word }) => word.startsWith(typed));
  if (pending) return starting(choicesOf(pending));
  if (typed.startsWith('-')) return starting(optionsOf(command));
  const symbols = wantsSymbols(command) ? await symbolsOf(before) : [];
  return starting([...commandsOf(command), ...symbols]);
}

function optionOf(command: Command, word: string): Option | undefined {
  return command.options.find(({ long, short }) => word === long || word === short);
}

/** `--freq` waits for a value; `--json`, `--freq=1h` and what does not exist do not. */
function takesValue(option: Option | undefined, word: string): Option | undefined {
  return option && !word.includes('=') && (option.required || option.optional) ? option : undefined;
}

function choicesOf({ argChoices, description }: Option): Completion[] {
  return (argChoices ?? []).map((word) => ({ word, meaning: description }));
}

function optionsOf(command: Command): Completion[] {
  const found = command.options.flatMap(({ long, description, hidden }) =>
    long != null && !hidden ? [{ word: long, meaning: description }] : [],
  );
  return [...found, { word: '--help', meaning: 'examples and options' }];
}

function commandsOf(command: Command): Completion[] {
  const hidden = new Set(['words']);
  return command.commands
    .filter((child) => !hidden.has(child.name()))
    .map((child) => ({
      word: child.name(),
      meaning: COMMANDS.find(({ name }) => name === child.name())?.summary ?? child.description(),
    }));
}

function wantsSymbols(command: Command): boolean {
  return command.registeredArguments.some((argument) => /^symbols?$/.test(argument.name()));
}

/** Those of the layer: of the folder and market that the line names. */
async function symbolsOf(words: readonly string[]): Promise<Completion[]> {
  const valueOf = (option: string): string | undefined => {
    const at = words.indexOf(option);
    return at >= 0 ? words[at + 1] : undefined;
  };
  const dataDir = valueOf('--data-dir') ?? process.env['TAPEMILL_DATA_DIR'] ?? 'data';
  const market = MARKETS.find((one: Market) => one === valueOf('--market')) ?? 'um';
  const symbols = await listSymbols(dataDir, market);
  return symbols
    .filter((word) => !words.includes(word))
    .map((word) => ({ word, meaning: `${market} symbol` }));
}
