import { Argument, Command } from 'commander';

const EXAMPLES = `Examples:
  tapemill completion bash >> ~/.bashrc
  tapemill completion zsh > "\${fpath[1]}/_tapemill"
  tapemill completion fish > ~/.config/fish/completions/tapemill.fish

`;

const HELP = `
Completes commands, options, their choices, files, and the symbols that the data folder holds.
The scripts ask tapemill itself, so they stay right when it is updated.`;

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/**
 * Each hands the words up to the cursor to `tapemill completion words`, and falls back to files where that says nothing
 * to choose from.
 */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_tapemill() {
  local IFS=$'\\n' line
  COMPREPLY=()
  while read -r line; do COMPREPLY+=("\${line%%$'\\t'*}"); done \\
    < <(tapemill completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _tapemill tapemill
`,
  zsh: `#compdef tapemill
_tapemill() {
  local -a found
  local line
  while IFS= read -r line; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(tapemill completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe tapemill found; else _files; fi
}
if [ "$funcstack[1]" = "_tapemill" ]; then _tapemill "$@"; else compdef _tapemill tapemill; fi
`,
  fish: `function __tapemill_words
  set -l words (commandline -opc) (commandline -ct)
  tapemill completion words -- $words[2..-1] 2>/dev/null
end
function __tapemill_no_words
  test -z "$(__tapemill_words)"
end
complete -c tapemill -f -a '(__tapemill_words)'
complete -c tapemill -n __tapemill_no_words -F
`,
};

export function completionCommand(): Command {
  const command = new Command('completion')
    .description('print what makes a shell complete tapemill')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', HELP)
    .addArgument(new Argument('<shell>', 'the shell that you use').choices(SHELLS))
    .action((shell: Shell) => {
      process.stdout.write(SCRIPTS[shell]);
    });
  command
    .command('words', { hidden: true })
    .description('what could stand at the end of a command line: a line each, a tab, what it is')
    .argument('[words...]', 'those after tapemill, the last one as far as it is typed')
    .allowUnknownOption()
    .action(async (words: string[]) => {
      const { completions } = await import('./completions.js');
      const found = await completions(words);
      process.stdout.write(found.map(({ word, meaning }) => `${word}\t${meaning}\n`).join(''));
    });
  return command;
}
