import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Running, startCommand, temporaryFolder } from '../cli/run.js';
import { ask } from './serving.js';

/** The command alone, compiled, in a process of its own: what the signals do to it is seen from outside. */
const RUNNER = `
  import { Command } from 'commander';
  import { serveCommand } from '${new URL('../../dist/cli/serve.js', import.meta.url).href}';
  const program = new Command('tapemill').addCommand(serveCommand());
  await program.parseAsync(['serve', ...process.argv.slice(1)], { from: 'user' }).catch((error) => {
    console.error(error.code + ': ' + error.message);
    process.exitCode = error.exitStatus;
  });
`;

function serve(...args: readonly string[]): Running {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const all = ['--input-type=module', '-e', RUNNER, '--', '--data-dir', temporaryFolder(), ...args];
  return startCommand(process.execPath, all, { cwd });
}

async function started(running: Running): Promise<number> {
  let text = '';
  running.child.stdout!.on('data', (part: string) => (text += part));
  await running.said('/  (Ctrl-C stops it)');
  return Number(/^http:\/\/127\.0\.0\.1:(\d+)\//.exec(text)![1]);
}

describe('tapemill serve', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('prints where it listens, and ends by %s while somebody listens', async (signal, status) => {
    const running = serve('--port', '0');
    const port = await started(running);
    expect((await ask({ port }, '/api/info')).status).toBe(200);
    const stream = fetch(`http://127.0.0.1:${port}/api/status/stream`).then((answer) => answer.text());
    const ended = stream.catch(() => 'broken off');
    running.child.kill(signal);
    expect(await running.done).toMatchObject({ status, stderr: '' });
    await ended;
  });

  it('says what to do where the port is taken', async () => {
    const first = serve('--port', '0');
    const port = await started(first);
    const second = await serve('--port', String(port)).done;
    first.child.kill('SIGTERM');
    await first.done;
    expect(second).toMatchObject({ status: 2, stdout: '' });
    expect(second.stderr).toMatch(/^E_USAGE: port \d+ of 127\.0\.0\.1 is taken.*--port 0/);
  });

  it('warns of an address that others reach, and refuses odd names', async () => {
    const open = serve('--host', '0.0.0.0', '--port', '0', '--allow-host', 'lab.example');
    const port = await started(open);
    expect((await ask({ port }, '/api/columns', { Host: 'lab.example' })).status).toBe(200);
    expect((await ask({ port }, '/api/columns', { Host: 'other.example' })).status).toBe(403);
    open.child.kill('SIGTERM');
    expect((await open.done).stderr).toContain('without a password');
    expect(await serve('--allow-host', 'http://x').done).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('E_USAGE') as string,
    });
  });
});
