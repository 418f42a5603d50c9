import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEachFile } from '../cleaning.js';

/** The command line as users run it: the compiled one, in a process of its own. */
export const TAPEMILL = fileURLToPath(new URL('../../bin/tapemill.js', import.meta.url));

export interface Ran {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Ran>;
  /** Standard output so far has this text; rejects when the process ends before. */
  readonly said: (text: string) => Promise<void>;
}

/** Settings of whoever runs the tests must not reach the command; a local time zone must not matter to it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('TAPEMILL_')),
  );
  return { ...inherited, TZ: 'America/New_York' };
}

export function start(args: readonly string[], own: { env?: NodeJS.ProcessEnv; cwd?: string } = {}): Running {
  // Each process takes its time to start; that they share the work is tested where it matters, and said there.
  const isAlone = args[0] === 'collect' && !args.includes('--workers') && !args.includes('--help');
  return startCommand(process.execPath, [TAPEMILL, ...args, ...(isAlone ? ['--workers', '1'] : [])], own);
}

export function startCommand(
  command: string,
  args: readonly string[],
  { env = {}, cwd }: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Running {
  const child = spawn(command, args, {
    env: { ...cleanEnvironment(), ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const done = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      resolve({ status, signal, stdout, stderr });
    });
  });
  const said = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!stdout.includes(text)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      void done.then(() => {
        reject(new Error(`ended without saying "${text}":\n${stdout}${stderr}`));
      });
    });
  return { child, done, said };
}

export const tapemill = (...args: readonly string[]): Promise<Ran> => start(args).done;

const folders: string[] = [];
afterEachFile(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tapemill-cli-'));
  folders.push(folder);
  return folder;
}

/**
 * Every file below a folder, hidden ones too, with the SHA-256 of its bytes; meta files without their time. The ledger
 * is left out: it remembers how things came to be, which differs.
 */
export function snapshot(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const path of outputsBelow(folder)) {
    const bytes = readFileSync(join(folder, path));
    const content = path.endsWith('.meta.json')
      ? bytes.toString().replace(/"created_at_utc": "[^"]*"/, '')
      : bytes;
    files[path] = createHash('sha256').update(content).digest('hex');
  }
  return files;
}

/** `filesBelow` without the ledger. */
export function outputsBelow(folder: string): string[] {
  return filesBelow(folder).filter((path) => !path.startsWith('_ledger/'));
}

/** Paths of all files below a folder, sorted; none when it does not exist. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Lines of NDJSON. */
export function parseLines<T = Record<string, unknown>>(stdout: string): T[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}
