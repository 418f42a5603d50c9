import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { statusCommand } from '../../src/cli/status.js';
import { type StatusView, printHistory, printOnce, watchStatus } from '../../src/cli/status-view.js';
import { openLedgerView, readStatus } from '../../src/watch/index.js';
import { Filled, monthKeys } from './filled.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tapemill-status-'));
  folders.push(folder);
  return folder;
}

const ledgerOf = (dataDir: string): string => join(dataDir, '_ledger', 'ledger.sqlite');

function filledFile(dataDir = newFolder()): { filled: Filled; path: string; dataDir: string } {
  const path = ledgerOf(dataDir);
  const filled = new Filled(path, Date.now());
  filled.plan('BTCUSDT', monthKeys(2), 100e6);
  filled.worker('A');
  return { filled, path, dataDir };
}

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly error: unknown;
}

/** The command in this process, as another process's connection is writing. */
async function status(...args: readonly string[]): Promise<Ran> {
  let stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  const command = statusCommand().exitOverride();
  const error: unknown = await command.parseAsync([...args], { from: 'user' }).then(
    () => null,
    (reason: unknown) => reason,
  );
  vi.restoreAllMocks();
  return { status: Number(process.exitCode ?? 0), stdout, error };
}

function viewOf(path: string, own: Partial<StatusView> = {}): StatusView & { readonly text: () => string } {
  let text = '';
  const out = { write: (more: string) => (text += more) };
  return {
    path,
    json: false,
    all: false,
    color: true,
    stallMs: 900_000,
    out,
    env: {},
    text: () => text,
    ...own,
  };
}

test('prints where things stand while another connection writes, and writes nothing itself', async () => {
  const { filled, dataDir } = filledFile();
  const lease = filled.claim('A');
  filled.db.run('BEGIN IMMEDIATE');
  filled.db.run("UPDATE tasks SET reason = 'not committed'");
  const ran = await status('--data-dir', dataDir);
  filled.db.run('ROLLBACK');
  expect(ran).toMatchObject({ status: 0, error: null });
  expect(ran.stdout).toContain('0 of 2 months');
  expect(ran.stdout).toContain('BTCUSDT 2020-01');
  expect(ran.stdout).not.toContain('\u001b');
  filled.finish(lease);
  expect((await status('--data-dir', dataDir)).stdout).toContain('1 of 2 months');
});

test('--json prints one object with the exit status that the command has', async () => {
  const { filled, dataDir, path } = filledFile();
  filled.claim('A');
  const { stdout, status: exitStatus } = await status('--data-dir', dataDir, '--json');
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  const object = JSON.parse(stdout) as Record<string, unknown>;
  expect(object).toMatchObject({
    type: 'status',
    schemaVersion: 1,
    ledger: path,
    exitStatus: 0,
    isSettled: false,
  });
  expect(exitStatus).toBe(0);
  expect(Object.keys(object)).toEqual([
    'type',
    'schemaVersion',
    'ledger',
    'exitStatus',
    'nowMs',
    'isSettled',
    'isPlanning',
    'tasks',
    'bytes',
    'months',
    'symbols',
    'workers',
    'speed',
    'etaSeconds',
    'outputs',
    'stalls',
    'failures',
    'retries',
    'holes',
  ]);
  const [worker] = object['workers'] as { tasks: object[] }[];
  expect(Object.keys(worker!)).toEqual([
    'id',
    'host',
    'pid',
    'state',
    'why',
    'startedAtMs',
    'heartbeatAtMs',
    'silentSeconds',
    'tasks',
    'rowsTotal',
    'bytesTotal',
    'fetchedBytesTotal',
    'speed',
  ]);
  expect(Object.keys(worker!.tasks[0]!)).toEqual([
    'key',
    'group',
    'period',
    'phase',
    'share',
    'bytesDone',
    'bytesTotal',
    'fetchedBytes',
    'attempt',
    'startedAtMs',
    'advancedAtMs',
  ]);
});

test('75 when somebody has to do something, 3 when settled with failures', async () => {
  const { filled, dataDir } = filledFile();
  filled.ledger.roster.leave('A');
  expect((await status('--data-dir', dataDir)).status).toBe(75);
  filled.finish(filled.claim('A'));
  const failure = { code: 'E_ZIP', reason: 'damaged', retryable: false, retryDelayMs: 0 };
  filled.ledger.queue.fail(filled.claim('A'), failure);
  filled.finish(filled.claim('A'));
  const ran = await status('--data-dir', dataDir);
  expect(ran.status).toBe(3);
  expect(ran.stdout).toContain('E_ZIP');
});

test('5 when there is no ledger, which is not made; the ledgers of shards are named', async () => {
  const dataDir = newFolder();
  const { error } = await status('--data-dir', dataDir);
  expect(error).toMatchObject({ code: 'E_NO_LAYER', exitStatus: 5 });
  expect(readdirSync(dataDir)).toEqual([]);
  new Filled(join(dataDir, '_ledger', 'shard-2-of-5.sqlite')).ledger.close();
  expect((await status('--data-dir', dataDir)).error).toMatchObject({
    message: expect.stringContaining('shard-2-of-5.sqlite') as string,
  });
  expect(existsSync(ledgerOf(dataDir))).toBe(false);
  expect((await status('--data-dir', dataDir, '--shard', '2/5')).error).toBe(null);
  expect((await status('--queue', join(dataDir, '_ledger', 'shard-2-of-5.sqlite'))).error).toBe(null);
});

test('a file that is no ledger is E_LEDGER', () => {
  const path = join(newFolder(), 'x.sqlite');
  writeFileSync(path, 'no database at all, but long enough to be taken for one'.repeat(100));
  expect(() => printOnce(viewOf(path))).toThrow(expect.objectContaining({ code: 'E_LEDGER' }));
});

test('--history tells of one task by its short name, and asks for more where that is not enough', async () => {
  const { filled, dataDir, path } = filledFile();
  filled.finish(filled.claim('A'));
  const { stdout } = await status('--data-dir', dataDir, '--history', 'BTCUSDT/2020-01');
  expect(stdout).toContain('um/aggTrades/BTCUSDT/2020-01');
  expect(stdout).toMatch(/queued[\s\S]*claimed by A, attempt 1[\s\S]*done by A/);
  const json = viewOf(path, { json: true });
  printHistory(json, 'BTCUSDT/2020-01');
  expect(JSON.parse(json.text())).toMatchObject({
    type: 'history',
    task: { state: 'done' },
    events: [{ type: 'task-queued' }, {}, {}, {}, {}],
  });
  expect((await status('--data-dir', dataDir, '--history', 'X/2020-01')).error).toMatchObject({
    exitStatus: 5,
  });
  const group = 'spot/aggTrades/BTCUSDT';
  filled.ledger.queue.enqueue(
    [],
    [{ key: `${group}/2020-01`, group, stage: 0, weight: 1, state: 'done', reason: 'reused' }],
  );
  expect((await status('--data-dir', dataDir, '--history', 'BTCUSDT/2020-01')).error).toMatchObject({
    code: 'E_USAGE',
  });
});

test('--watch prints a line an interval, and ends with the status of the collection when all is settled', async () => {
  const { filled, path } = filledFile();
  const view = viewOf(path);
  const watching = watchStatus(view, 20, new AbortController().signal);
  const failure = { code: 'E_ZIP', reason: 'damaged', retryable: false, retryDelayMs: 0 };
  filled.finish(filled.claim('A'));
  filled.ledger.queue.fail(filled.claim('A'), failure);
  await new Promise((resolve) => setTimeout(resolve, 60));
  filled.finish(filled.claim('A'));
  expect(await watching).toBe(3);
  const lines = view.text().trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(line).toMatch(/^20\d\d-\d\d-\d\dT[\d:]{8}Z {2}\d+%/);
});

test('--watch --json is NDJSON; Ctrl-C ends it with 0', async () => {
  const { path } = filledFile();
  const view = viewOf(path, { json: true });
  const stop = new AbortController();
  const watching = watchStatus(view, 20, stop.signal);
  await new Promise((resolve) => setTimeout(resolve, 70));
  stop.abort();
  expect(await watching).toBe(0);
  const objects = view
    .text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  expect(objects.length).toBeGreaterThan(1);
  expect(objects.every(({ type }) => type === 'status')).toBe(true);
});

test('--watch redraws on a terminal, within its size', async () => {
  const { path } = filledFile();
  let text = '';
  const out = { isTTY: true, columns: 60, rows: 8, write: (more: string) => (text += more) };
  const stop = new AbortController();
  const watching = watchStatus(viewOf(path, { out }), 20, stop.signal);
  await new Promise((resolve) => setTimeout(resolve, 70));
  stop.abort();
  await watching;
  expect(text).toContain('\u001b[J');
  const [first] = text.split('\u001b[?2026l');
  expect(first!.split('\n').length - 1).toBeLessThanOrEqual(7);
});

// Who may write anywhere is refused nothing: the look is taken by a process of a user who may not.
/** Another process knows no TypeScript. Absent before a build. */
const BUILT = new URL('../../dist/watch/index.js', import.meta.url);
const isRoot = process.getuid?.() === 0;
const asNobody = (script: string, path: string): { out: string; err: string } => {
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', script, path], {
    encoding: 'utf8',
    uid: 65534,
    gid: 65534,
  });
  return { out: ran.stdout, err: ran.stderr };
};

test.skipIf(!isRoot || !existsSync(BUILT))(
  'a ledger in a folder that cannot be written to: closed cleanly, in use, and left by a killed process',
  () => {
    // The built module, because another process knows no TypeScript; absent before a build.
    const script = `const { openLedgerView, readStatus } = await import(${JSON.stringify(BUILT.href)});
    const view = openLedgerView(process.argv[1]);
    console.log(readStatus(view.db, { nowMs: Date.now() }).months.total);
    view.close();`;
    const { filled, path, dataDir } = filledFile();
    chmodSync(dataDir, 0o755);
    expect(asNobody(script, path)).toEqual({ out: '2\n', err: '' });
    // As a killed process leaves them: a WAL, and nothing that says what is in it.
    const killed = join(dataDir, 'killed');
    mkdirSync(killed, { mode: 0o755 });
    for (const end of ['', '-wal']) copyFileSync(path + end, join(killed, `ledger.sqlite${end}`));
    filled.ledger.close();
    expect(asNobody(script, path)).toEqual({ out: '2\n', err: '' });
    expect(asNobody(script, join(killed, 'ledger.sqlite'))).toEqual({ out: '2\n', err: '' });
    expect(readdirSync(killed).sort()).toEqual(['ledger.sqlite', 'ledger.sqlite-wal']);
  },
);

test('a look cannot write and changes nothing', () => {
  const { filled, path } = filledFile();
  filled.ledger.close();
  const before = readFileSync(path);
  const view = openLedgerView(path);
  expect(readStatus(view.db, { nowMs: Date.now() }).months.total).toBe(2);
  expect(() => view.db.run('DELETE FROM tasks')).toThrow();
  view.close();
  expect(readFileSync(path).equals(before)).toBe(true);
});
