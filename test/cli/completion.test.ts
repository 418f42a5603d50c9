import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS, COMMAND_GROUPS } from '../../src/cli/commands.js';
import { completions } from '../../src/cli/completions.js';
import { makeProgram } from '../../src/cli/program.js';
import { TAPEMILL } from './run.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapemill-complete-'));
  for (const symbol of ['BTCUSDT', 'BCHUSDT', 'ETHUSDT']) {
    await mkdir(join(folder, 'binance_aggTrades_1m_parquet', symbol), { recursive: true });
  }
  await symlink(TAPEMILL, join(folder, 'tapemill'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const words = async (...line: string[]): Promise<string[]> =>
  (await completions(line)).map(({ word }) => word);

describe('what could come next', () => {
  it('is a command, and below it another', async () => {
    expect(await words('co')).toEqual(['collect', 'completion']);
    expect(await words('')).toEqual(COMMANDS_IN_ORDER);
    expect(await words('import', 't')).toEqual(['ticker', 'trades']);
  });

  it('is an option of the command, a choice of the option', async () => {
    expect(await words('collect', '--mar')).toEqual(['--market']);
    expect(await words('collect', '--market', '')).toEqual(['um', 'cm', 'spot']);
    expect(await words('collect', '--market', 'um', '--hel')).toEqual(['--help']);
    expect(await words('import', 'ratios', '--for')).not.toContain('--format');
  });

  it('is a symbol of the data folder that is not there yet', async () => {
    expect(await words('factors', '--data-dir', folder, 'B')).toEqual(['BCHUSDT', 'BTCUSDT']);
    expect(await words('factors', '--data-dir', folder, 'BTCUSDT', 'B')).toEqual(['BCHUSDT']);
    expect(await words('factors', '--market', 'cm', '--data-dir', folder, 'B')).toEqual([]);
  });

  it('is left to the shell where a file or anything may come', async () => {
    expect(await words('collect', '--symbols-file', '')).toEqual([]);
    expect(await words('query', 'SEL')).toEqual([]);
    expect(await words('nonsense', 'x')).toEqual([]);
  });
});

const COMMANDS_IN_ORDER = [...COMMAND_GROUPS].flatMap((group) =>
  COMMANDS.filter((entry) => entry.group === group).map(({ name }) => name),
);

describe('the list of commands', () => {
  it('says of each what it is called by', async () => {
    const program = await makeProgram(() => true);
    expect(program.commands.map((command) => command.name())).toEqual(COMMANDS_IN_ORDER);
    for (const command of program.commands) {
      expect(command.description(), command.name()).not.toBe('');
      expect(command.summary(), command.name()).not.toBe('');
    }
  });
});

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

async function inShell(shell: string, script: string): Promise<string> {
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, LC_ALL: 'C.UTF-8' };
  const file = join(folder, `try.${shell}`);
  await writeFile(file, script);
  return (await promisify(execFile)(shell, [file], { env })).stdout.trim();
}

describe('the scripts', () => {
  it.skipIf(!has('bash'))('complete in bash (skipped without it)', async () => {
    const out = await inShell(
      'bash',
      `source <(tapemill completion bash)
       try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tapemill; echo "\${COMPREPLY[*]}"; }
       try tapemill co; try tapemill collect --market ''; try tapemill factors --data-dir '${folder}' B`,
    );
    expect(out.split('\n')).toEqual(['collect completion', 'um cm spot', 'BCHUSDT BTCUSDT']);
  });

  it.skipIf(!has('fish'))('complete in fish (skipped without it)', async () => {
    const out = await inShell(
      'fish',
      `tapemill completion fish | source
       complete -C 'tapemill co'; complete -C 'tapemill factors --data-dir ${folder} E'`,
    );
    expect(out.split('\n').map((line) => line.split('\t')[0])).toEqual(['collect', 'completion', 'ETHUSDT']);
  });

  it.skipIf(!has('zsh'))('complete in zsh (skipped without it)', async () => {
    const out = await inShell(
      'zsh',
      `_describe() { print -l -- \${(P)2} }; _files() { print files }; compdef() { }
       eval "$(tapemill completion zsh)"
       words=(tapemill co); CURRENT=2; _tapemill
       words=(tapemill query x); CURRENT=3; _tapemill`,
    );
    expect(out.split('\n')).toEqual([
      'collect:mill objects of an archive into the minute layer and 1h factors',
      'completion:completion of commands, options and symbols for bash, zsh and fish',
      'files',
    ]);
  });
});
