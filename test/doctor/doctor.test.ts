import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { doctorCommand } from '../../src/cli/doctor.js';
import { checkKernel } from '../../src/doctor/kernel.js';
import {
  type DoctorRequest,
  type DoctorWorld,
  type Finding,
  examine,
  realDoctorWorld,
  renderDiagnosis,
} from '../../src/doctor/index.js';
import { encodeMonth, monthPath } from '../../src/layer/index.js';
import { Ledger, ledgerPath } from '../../src/ledger/index.js';
import { type Mirror, startMirror } from '../../src/mirror/index.js';
import { displayWidth } from '../../src/watch/index.js';
import { minutesFrom, sampleBars, sampleFacts, sampleSource } from '../layer/sample.js';
import { Filled } from '../watch/filled.js';

const folders: string[] = [];
const mirrors: Mirror[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  for (const mirror of mirrors.splice(0)) await mirror.close();
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tapemill-doctor-'));
  folders.push(folder);
  return folder;
}

/** An archive that holds `data/`. */
function archiveFolder(): string {
  const folder = newFolder();
  put(join(folder, 'data', 'futures', 'um', 'an-object.zip'), 'x');
  return folder;
}

const archive = archiveFolder();
const DEAD_PID = 2 ** 22 + 1;

async function diagnose(dataDir: string, own: Partial<DoctorRequest> = {}, world: Partial<DoctorWorld> = {}) {
  const request = { dataDir, archive, index: null, offline: false, fix: false, ...own };
  const diagnosis = await examine(request, { ...realDoctorWorld(), env: {}, ...world });
  const finding = (id: string): Finding | undefined => diagnosis.findings.find((one) => one.id === id);
  return {
    ...diagnosis,
    finding,
    troubles: diagnosis.findings
      .filter(({ level }) => level !== 'ok')
      .map(({ id, level }) => `${level} ${id}`),
  };
}

function writeMonth(dataDir: string, month = '2026-04', damage = false): string {
  const path = monthPath(dataDir, 'um', 'BTCUSDT', month);
  mkdirSync(dirname(path), { recursive: true });
  const startMs = Date.parse(`${month}-01T00:00:00Z`);
  const bytes = encodeMonth(
    sampleBars(minutesFrom(startMs, 3)),
    sampleFacts({ period: month, sources: [sampleSource(month)] }),
  );
  writeFileSync(path, damage ? bytes.subarray(0, bytes.length - 20) : bytes);
  return path;
}

function put(path: string, text: string, ageMs = 0): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const at = new Date(Date.now() - ageMs);
  utimesSync(path, at, at);
  return path;
}

test('nothing is wrong with a new folder, and nothing is left in it', async () => {
  const dataDir = newFolder();
  const { findings, troubles } = await diagnose(dataDir);
  expect(troubles).toEqual([]);
  expect(findings.map(({ id }) => id)).toEqual([
    'node',
    'byte-order',
    'memory',
    'kernel',
    'data-folder',
    'disk',
    'file-system',
    'archive',
    'proxy',
    'layer',
    'ledger',
    'leftovers',
  ]);
  expect(readdirSync(dataDir)).toEqual([]);
});

describe('the machine', () => {
  test.each([
    ['fail node', { nodeVersion: '20.18.9' }],
    ['fail byte-order', { endianness: 'BE' as const }],
    ['warn memory', { cores: 64, memoryBytes: 4e9 }],
    ['warn file-system', { fileSystem: () => Promise.resolve({ type: 0x6969, freeBytes: 1e12 }) }],
    ['warn file-system', { fileSystem: () => Promise.resolve({ type: -11317950, freeBytes: 1e12 }) }],
    ['warn disk', { fileSystem: () => Promise.resolve({ type: 0xef53, freeBytes: 2e9 }) }],
    ['fail disk', { fileSystem: () => Promise.resolve({ type: 0xef53, freeBytes: 5e8 }) }],
  ])('%s', async (trouble, world: Partial<DoctorWorld>) => {
    expect((await diagnose(newFolder(), {}, world)).troubles).toEqual([trouble]);
  });

  test('a kernel that gives other sums, or takes no rows', async () => {
    expect(await checkKernel('101,42000.10,0.251,500,502,1704412800123,false\n')).toMatchObject({
      level: 'fail',
      detail: expect.stringContaining('mills a sample wrongly') as string,
    });
    const twice = '101,42000.10,0.251,500,502,1704412800123,false\n'.repeat(2);
    expect(await checkKernel(twice)).toMatchObject({ level: 'fail' });
    expect(await checkKernel('no ticks\n')).toMatchObject({
      level: 'fail',
      detail: expect.stringContaining('E_CSV_LAYOUT') as string,
    });
  });

  test('a data folder that is a file', async () => {
    const dataDir = put(join(newFolder(), 'data'), 'a file');
    expect((await diagnose(dataDir)).troubles).toEqual(['fail data-folder', 'fail layer']);
  });
});

describe('the archive', () => {
  async function mirror(faults: string[] = [], nowMs?: () => number): Promise<string> {
    const started = await startMirror({ root: archive, faults, ...(nowMs && { clock: { nowMs } }) });
    mirrors.push(started);
    return started.url;
  }

  test('a mirror answers, and its index lists data/', async () => {
    const { finding, troubles } = await diagnose(newFolder(), { archive: await mirror() });
    expect(troubles).toEqual([]);
    expect(finding('index')).toMatchObject({ level: 'ok' });
    expect(finding('clock')).toMatchObject({ level: 'ok' });
  });

  test('nobody is asked with --offline', async () => {
    const { troubles } = await diagnose(newFolder(), { archive: 'http://127.0.0.1:9', offline: true });
    expect(troubles).toEqual(['skip archive']);
  });

  test('nobody answers; no data/ in a folder', async () => {
    const { finding } = await diagnose(newFolder(), { archive: 'http://127.0.0.1:9' });
    expect(finding('archive')).toMatchObject({
      level: 'fail',
      detail: expect.stringContaining('E_NETWORK') as string,
    });
    expect((await diagnose(newFolder(), { archive: newFolder() })).finding('archive')).toMatchObject({
      level: 'fail',
    });
  });

  test('an index that cannot be used is a warning', async () => {
    const url = await mirror();
    expect((await diagnose(newFolder(), { archive: url, index: `${url}/nothing` })).troubles).toEqual([
      'warn index',
    ]);
  });

  test('a clock that is off by minutes', async () => {
    const { finding } = await diagnose(
      newFolder(),
      { archive: await mirror([]) },
      { now: () => Date.now() + 300_000 },
    );
    expect(finding('clock')).toMatchObject({
      level: 'warn',
      detail: expect.stringMatching(/(4 min 59 s|5 min) ahead of the server's/) as string,
    });
  });

  test('the proxy is named without its password', async () => {
    const env = { HTTPS_PROXY: 'http://me:secret@proxy:3128', NO_PROXY: 'localhost' };
    const { finding } = await diagnose(
      newFolder(),
      { archive: 'https://data.binance.vision', offline: true },
      { env },
    );
    expect(finding('proxy')!.detail).toBe('http://proxy:3128 by HTTPS_PROXY, except for localhost');
  });
});

describe('the layer and the ledger', () => {
  test('a month file whose footer cannot be read', async () => {
    const dataDir = newFolder();
    const path = writeMonth(dataDir, '2026-04', true);
    const { finding } = await diagnose(dataDir);
    expect(finding('layer')).toMatchObject({ level: 'fail', items: [path] });
    expect((await diagnose(dataDir, { fix: true })).finding('layer')).toMatchObject({ level: 'fail' });
    expect(existsSync(path)).toBe(true);
  });

  test('a missing ledger is made from the layer by --fix', async () => {
    const dataDir = newFolder();
    writeMonth(dataDir);
    expect((await diagnose(dataDir)).troubles).toEqual(['warn ledger']);
    expect(existsSync(ledgerPath(dataDir))).toBe(false);
    const fixed = await diagnose(dataDir, { fix: true });
    expect(fixed.repairs).toEqual([{ id: 'ledger', done: 'learned 1 object of 1 month from the layer' }]);
    expect(fixed.troubles).toEqual([]);
  });

  test('a damaged ledger is kept aside and made anew by --fix', async () => {
    const dataDir = newFolder();
    writeMonth(dataDir);
    put(ledgerPath(dataDir), 'garbage '.repeat(1000));
    expect((await diagnose(dataDir)).finding('ledger')).toMatchObject({
      level: 'fail',
      isFixable: true,
      detail: expect.stringContaining('E_LEDGER') as string,
    });
    const fixed = await diagnose(dataDir, { fix: true });
    expect(fixed.troubles).toEqual([]);
    expect(fixed.repairs).toHaveLength(1);
    const aside = readdirSync(dirname(ledgerPath(dataDir))).find((name) => name.includes('damaged'))!;
    expect(readFileSync(join(dirname(ledgerPath(dataDir)), aside), 'utf8')).toMatch(/^garbage/);
  });

  test('a ledger with a torn page', async () => {
    const dataDir = newFolder();
    const ledger = Ledger.open(ledgerPath(dataDir));
    for (let i = 0; i < 2000; i++) ledger.queue.log('x'.repeat(100), {});
    ledger.db.all('PRAGMA wal_checkpoint(TRUNCATE)');
    ledger.close();
    const bytes = readFileSync(ledgerPath(dataDir));
    bytes.fill(7, 4096 * 30, 4096 * 34);
    writeFileSync(ledgerPath(dataDir), bytes);
    expect((await diagnose(dataDir)).finding('ledger')).toMatchObject({ level: 'fail', isFixable: true });
  });

  test('a ledger that opens, and whose index contradicts its table', async () => {
    const dataDir = newFolder();
    const ledger = Ledger.open(ledgerPath(dataDir));
    ledger.queue.log('x', {}, { key: 'SOMEKEY' });
    ledger.db.all('PRAGMA wal_checkpoint(TRUNCATE)');
    ledger.close();
    const bytes = readFileSync(ledgerPath(dataDir));
    bytes.write('ANOTHER', bytes.indexOf('SOMEKEY'));
    writeFileSync(ledgerPath(dataDir), bytes);
    const { finding } = await diagnose(dataDir);
    expect(finding('ledger')).toMatchObject({
      level: 'fail',
      isFixable: true,
      detail: expect.stringContaining('integrity check') as string,
    });
  });

  test('a ledger of another version is left alone', async () => {
    const dataDir = newFolder();
    const ledger = Ledger.open(ledgerPath(dataDir));
    ledger.db.run("UPDATE schemas SET version = 99 WHERE name = 'work'");
    ledger.close();
    const { finding, repairs } = await diagnose(dataDir, { fix: true });
    expect(finding('ledger')).toMatchObject({
      level: 'fail',
      isFixable: false,
      remedy: 'It was made by a later tapemill: use that one.',
    });
    expect(repairs).toEqual([]);
  });

  test('months that the ledger does not know are learned by --fix; months whose file is gone are told', async () => {
    const dataDir = newFolder();
    const gone = writeMonth(dataDir, '2026-03');
    await diagnose(dataDir, { fix: true });
    rmSync(gone);
    writeMonth(dataDir, '2026-04');
    const before = await diagnose(dataDir);
    expect(before.troubles).toEqual(['warn agreement', 'warn months-gone']);
    expect(before.finding('months-gone')!.items).toEqual(['um/BTCUSDT/2026-03']);
    expect((await diagnose(dataDir, { fix: true })).troubles).toEqual(['warn months-gone']);
  });
});

describe('the queue', () => {
  test('tasks of a worker that is gone are given back by --fix', async () => {
    const dataDir = newFolder();
    const filled = new Filled(ledgerPath(dataDir), Date.now());
    filled.plan('BTCUSDT', ['2024-01']);
    filled.worker('A', { pid: DEAD_PID });
    const { key } = filled.claim('A');
    const before = await diagnose(dataDir);
    expect(before.troubles).toEqual(['warn lost-tasks', 'warn stall-nobody']);
    expect(before.finding('lost-tasks')!.items).toEqual([`${key} (A)`]);
    const fixed = await diagnose(dataDir, { fix: true });
    expect(fixed.repairs).toEqual([{ id: 'lost-tasks', done: 'gave back 1 task of lost workers' }]);
    expect(filled.ledger.queue.task(key)).toMatchObject({ state: 'pending', owner: null });
    expect(fixed.troubles).toEqual(['warn lost-workers', 'warn stall-nobody']);
  });

  test('failed tasks with their codes; a living worker is no trouble', async () => {
    const dataDir = newFolder();
    const filled = new Filled(ledgerPath(dataDir), Date.now());
    filled.plan('BTCUSDT', ['2024-01']);
    filled.worker('A');
    filled.ledger.queue.fail(filled.claim('A'), {
      code: 'E_ZIP',
      reason: 'x',
      retryable: false,
      retryDelayMs: 0,
    });
    const { troubles, finding } = await diagnose(dataDir);
    expect(troubles).toEqual(['warn failed-tasks']);
    expect(finding('failed-tasks')!.items).toEqual(['um/aggTrades/BTCUSDT/2024-01 (E_ZIP)']);
  });
});

describe('leftovers', () => {
  const HOST = hostname()
    .replace(/[^A-Za-z0-9]+/g, '_')
    .slice(0, 40);
  const temp = (pid: number, host = HOST): string => `.tapemill-${host}-${pid}-0123456789abcdef.tmp`;

  test('temporary files of ended processes go by --fix; those of living ones and of other machines stay', async () => {
    const dataDir = newFolder();
    const folder = join(dataDir, 'binance_aggTrades_1m_parquet', 'BTCUSDT');
    const dead = put(join(folder, temp(DEAD_PID)), 'x');
    const kept = [
      put(join(folder, temp(process.ppid)), 'x'),
      put(join(folder, temp(DEAD_PID, 'elsewhere')), 'x'),
    ];
    expect((await diagnose(dataDir)).finding('temp-files')!.items).toEqual([dead]);
    expect((await diagnose(dataDir, { fix: true })).repairs).toEqual([
      { id: 'temp-files', done: 'removed 1 temporary file' },
    ]);
    expect(existsSync(dead)).toBe(false);
    expect(kept.every((path) => existsSync(path))).toBe(true);
  });

  test('of builds and exports are found, and go by --fix; what was being replaced is put back', async () => {
    const dataDir = newFolder();
    const host = hostname().replaceAll(/[^A-Za-z0-9]+/g, '_');
    const temp = `.tapemill-${host}-${DEAD_PID}-0123456789abcdef.tmp`;
    const temps = [
      '_cache/wide/um_1h/BTCUSDT',
      'final_dataset',
      'final_dataset_4h',
      'quality',
      'reports',
    ].map((folder) => put(join(dataDir, ...folder.split('/'), temp), 'x'));
    const staged = (name: string, pid: number, what: string): string =>
      put(
        join(dataDir, 'exports', `.${name}.tapemill-${host}-${pid}-0123456789ab.${what}`, 'data.csv'),
        what,
      );
    const [half, old] = [staged('um_1h_csv', DEAD_PID, 'new'), staged('um_1h_csv', DEAD_PID, 'old')];
    const held = staged('um_4h_csv', process.ppid, 'new');
    put(join(dataDir, 'final_dataset', 'BTCUSDT_final.csv'), 'x');
    put(join(dataDir, 'final_dataset_4h', 'BTCUSDT_final.csv'), 'x');
    put(join(dataDir, 'final_dataset_4h', 'dataset.lock'), '{}');
    const { finding } = await diagnose(dataDir);
    expect([...finding('temp-files')!.items!].sort()).toEqual(temps.sort());
    expect(finding('exports')).toMatchObject({
      isFixable: true,
      items: [half, old].map((path) => dirname(path)),
    });
    expect(finding('wide-tables')!.items).toEqual([join(dataDir, 'final_dataset')]);
    const { repairs } = await diagnose(dataDir, { fix: true });
    expect(repairs.map(({ id }) => id)).toEqual(['temp-files', 'exports']);
    expect([...temps, half, old].filter((path) => existsSync(path))).toEqual([]);
    expect(readFileSync(join(dataDir, 'exports', 'um_1h_csv', 'data.csv'), 'utf8')).toBe('old');
    expect(existsSync(held)).toBe(true);
  });

  test('abandoned locks go by --fix; held ones stay', async () => {
    const dataDir = newFolder();
    const folder = join(dataDir, '_tmp', 'binance_vision', 'um', 'monthly', 'aggTrades');
    const owner = (pid: number): string => JSON.stringify({ host: hostname(), pid, token: 'x' });
    const dead = put(join(folder, 'a.zip.lock'), owner(DEAD_PID));
    const held = put(join(folder, 'b.zip.lock'), owner(process.ppid));
    expect((await diagnose(dataDir)).finding('stale-locks')!.items).toEqual([dead]);
    expect((await diagnose(dataDir, { fix: true })).repairs).toEqual([
      { id: 'stale-locks', done: 'removed 1 abandoned lock' },
    ]);
    expect([dead, held].map((path) => existsSync(path))).toEqual([false, true]);
  });

  test('partial downloads are kept, and pointed at when they are old', async () => {
    const dataDir = newFolder();
    const folder = join(dataDir, '_tmp', 'binance_vision', 'um', 'monthly', 'aggTrades');
    const part = put(join(folder, 'a.zip.part'), 'x'.repeat(2000), 86_400_000);
    expect((await diagnose(dataDir, { fix: true })).finding('downloads')).toMatchObject({
      level: 'ok',
      detail: expect.stringContaining('1 download not used yet (2.0 KB)') as string,
    });
    put(part, 'x', 8 * 86_400_000);
    expect((await diagnose(dataDir, { fix: true })).troubles).toEqual(['warn downloads']);
    expect(existsSync(part)).toBe(true);
  });

  test('the quarantine with both hashes', async () => {
    const dataDir = newFolder();
    put(
      join(dataDir, '_quarantine', 'um', 'monthly', 'aggTrades', 'a.zip.json'),
      JSON.stringify({ key: 'data/a.zip', sha256: 'aa', expectedSha256: 'bb' }),
    );
    expect((await diagnose(dataDir)).finding('quarantine')).toMatchObject({
      level: 'warn',
      items: ['data/a.zip: SHA-256 aa, .CHECKSUM says bb'],
    });
  });
});

describe('the command', () => {
  async function doctor(...args: readonly string[]): Promise<{ status: number; stdout: string }> {
    let stdout = '';
    vi.spyOn(console, 'log').mockImplementation((text: string) => (stdout += `${text}\n`));
    await doctorCommand()
      .exitOverride()
      .parseAsync([...args], { from: 'user' });
    return { status: Number(process.exitCode), stdout };
  }

  test('0 with warnings, 1 with failures', async () => {
    const dataDir = newFolder();
    writeMonth(dataDir);
    expect((await doctor('--data-dir', dataDir, '--archive', archive)).status).toBe(0);
    writeMonth(dataDir, '2026-05', true);
    const { status, stdout } = await doctor('--data-dir', dataDir, '--archive', archive, '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'doctor',
      schemaVersion: 1,
      exitStatus: 1,
      repairs: [],
    });
  });

  test('a table of 80 columns, remedies included', async () => {
    const dataDir = newFolder();
    for (let i = 1; i < 9; i++) writeMonth(dataDir, `2026-0${i}`, true);
    const diagnosis = await diagnose(dataDir);
    for (const width of [40, 80]) {
      const lines = renderDiagnosis(diagnosis, { width, color: true });
      expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
    }
    const text = renderDiagnosis(diagnosis, { width: 80, color: false }).join('\n');
    expect(text).toContain('✗ fail Minute layer      8 month files of 8 cannot be read (E_LAYER)');
    expect(text).toContain('and 3 more (--all shows them)');
    expect(text).toContain('> Delete them');
    expect(text).toMatch(/\d+ ok, \d+ warnings?, 1 failed$/);
  });
});
