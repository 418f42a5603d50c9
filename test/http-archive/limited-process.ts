import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterTest } from './setup.js';

export const CHILD = fileURLToPath(new URL('limited.js', import.meta.url));

export interface Running {
  readonly child: ChildProcess;
  /** Lines it printed, parsed. */
  readonly said: Record<string, number>[];
  readonly ended: Promise<void>;
}

/** Starts `limited.js`; it is killed when the test ends. */
export function run(job: object): Running {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Record<string, number>[] = [];
  let [rest, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    said.push(...lines.map((line) => JSON.parse(line) as Record<string, number>));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'close').then(() => {
    if (errors !== '') throw new Error(errors);
  });
  afterTest(async () => {
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
  });
  return { child, said, ended };
}
