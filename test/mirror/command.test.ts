import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { mirrorCommand } from '../../src/cli/mirror.js';
import { FAULT_KINDS } from '../../src/mirror/index.js';
import { OBJECT, ZIP_KEY, folderOf } from './fixture.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Runs the command in this process; `said` waits for a text on standard output. */
function start(...args: string[]) {
  let stdout = '';
  let stderr = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((stdout += String(text)), true));
  const mirror = mirrorCommand()
    .exitOverride()
    .configureOutput({ writeOut: (text) => (stdout += text), writeErr: (text) => (stderr += text) });
  const program = new Command('tapemill').exitOverride().addCommand(mirror);
  const done = program.parseAsync(['mirror', ...args], { from: 'user' }).then(
    () => ({ stdout, stderr, error: undefined }),
    (error: unknown) => ({ stdout, stderr, error }),
  );
  const said = (text: string): Promise<void> => expect.poll(() => stdout).toContain(text);
  return { done, said, stdout: () => stdout };
}

const urlIn = (text: string): string => /http:\/\/127\.0\.0\.1:\d+/.exec(text)![0];

test.each(['SIGINT', 'SIGTERM'] as const)('serves until %s', async (signal) => {
  const before = process.listenerCount(signal);
  const { done, said, stdout } = start(
    folderOf(OBJECT),
    '--port',
    '0',
    '--fault',
    '503:*.zip:1',
    '--verbose',
  );
  await said('Ctrl-C');
  const url = urlIn(stdout());
  expect(stdout()).toContain(`is served at ${url}\n`);
  expect(stdout()).toContain('  fault 503:*.zip:1\n');
  expect(stdout()).toContain(`tapemill collect SYMBOL --archive ${url}\n`);
  await fetch(`${url}/${ZIP_KEY}`, { method: 'HEAD' });
  await (await fetch(`${url}/${ZIP_KEY}`, { headers: { range: 'bytes=0-99' } })).arrayBuffer();
  await said(`GET   206  /${ZIP_KEY}  bytes=0-99  100 B`);
  process.emit(signal, signal);
  const { stdout: all, error } = await done;
  expect(error).toBeUndefined();
  expect(all).toMatch(new RegExp(`HEAD {2}503 {2}/${ZIP_KEY} {2}0 B {2}\\d+ ms {2}\\[503\\]\n`));
  expect(all).toMatch(/stopped after 2 requests, 100 B\n$/);
  expect(process.listenerCount(signal)).toBe(before);
  await expect(fetch(url)).rejects.toThrow();
});

test('--simulated-index: a listing without a folder', async () => {
  const { done, said, stdout } = start(
    '--simulated-index',
    'symbols=9,start=2024-02,end=2024-03',
    '--port',
    '0',
  );
  await said('Ctrl-C');
  const prefix = 'data/futures/um/daily/aggTrades/BTCUSDT/';
  const page = await fetch(`${urlIn(stdout())}/?delimiter=/&prefix=${prefix}`);
  expect(await page.text()).toContain(`<Key>${prefix}BTCUSDT-aggTrades-2024-02-01.zip</Key>`);
  process.emit('SIGTERM', 'SIGTERM');
  expect((await done).error).toBeUndefined();
  for (const [text, said] of [
    ['symbols=x', /whole number/],
    ['names=3', /"names"/],
    ['type=gold', /"gold" is no data type/],
  ] as const) {
    const { stderr, error } = await start('--simulated-index', text).done;
    expect([stderr, error]).toEqual([expect.stringMatching(said), expect.objectContaining({ exitCode: 1 })]);
  }
}, 20_000);

test('--json: NDJSON', async () => {
  const { done, said, stdout } = start(folderOf(OBJECT), '--port', '0', '--json', '--verbose', '--seed', '5');
  await said('"listening"');
  const listening = JSON.parse(stdout()) as { url: string };
  expect(listening).toMatchObject({ type: 'listening', seed: 5, faults: [] });
  await fetch(`${listening.url}/${ZIP_KEY}`, { method: 'HEAD' });
  await said('"request"');
  process.emit('SIGTERM', 'SIGTERM');
  const lines = (await done).stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  expect(lines.map(({ type }) => type)).toEqual(['listening', 'request', 'stopped']);
  expect(lines[1]).toMatchObject({ method: 'HEAD', key: ZIP_KEY, status: 200 });
});

test('without --verbose requests are not printed', async () => {
  const { done, said, stdout } = start(folderOf(OBJECT), '--port', '0');
  await said('Ctrl-C');
  await fetch(`${urlIn(stdout())}/${ZIP_KEY}`, { method: 'HEAD' });
  process.emit('SIGTERM', 'SIGTERM');
  expect((await done).stdout).not.toContain('HEAD');
});

test('--list-faults', async () => {
  const table = (await start('--list-faults').done).stdout;
  for (const kind of FAULT_KINDS) expect(table).toMatch(new RegExp(`^${kind} `, 'm'));
  const listed = JSON.parse((await start('--list-faults', '--json').done).stdout) as { kind: string }[];
  expect(listed.map(({ kind }) => kind)).toEqual(FAULT_KINDS);
});

test('--help leads with examples', async () => {
  const { stdout } = await start('--help').done;
  expect(stdout).toMatch(/^Examples:\n {2}tapemill mirror sim /);
  expect(stdout).toContain('kind[=value][:pattern][:probability or count]');
});

test.each([
  [['--fault', 'nonsense', 'x'], 'no fault is called "nonsense"'],
  [['--port', '70000', 'x'], 'expected a port'],
  [['--seed', 'x', 'x'], 'expected a whole number'],
  [[], "missing required argument 'folder'"],
  [['/no/such/folder'], 'cannot serve /no/such/folder'],
])('%j is refused', async (args, message) => {
  const { error, stderr } = await start(...args).done;
  expect(`${String(error)}${stderr}`).toContain(message);
});
