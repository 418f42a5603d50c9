import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Ledger, ledgerPath } from '../../src/ledger/index.js';
import { simulateArchive } from '../../src/simulator/index.js';
import { parseRange } from '../../src/time/index.js';
import { archiveOf } from '../collect/collecting.js';
import { type Ran, filesBelow, parseLines, snapshot, start, tapemill, temporaryFolder } from './run.js';

const SYMBOLS = ['AAAUSDT', 'BBBUSDT', 'CCCUSDT'];
let archive = '';
let undisturbed: Record<string, string> = {};

const collect = (dataDir: string, ...more: string[]): Promise<Ran> =>
  tapemill('collect', ...SYMBOLS, '--archive', archive, '--data-dir', dataDir, ...more);

beforeAll(async () => {
  archive = (await archiveOf('2024-01-30', '2024-02-03', { symbols: SYMBOLS, monthly: false })).outDir;
  const dataDir = temporaryFolder();
  expect((await collect(dataDir)).status).toBe(0);
  undisturbed = snapshot(dataDir);
});

describe('plan', () => {
  const plan = (dataDir: string, ...more: string[]): Promise<Ran> =>
    tapemill('plan', ...SYMBOLS, '--archive', archive, '--data-dir', dataDir, ...more);

  it('tells objects and bytes, and writes nothing at all', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    const ran = await plan(dataDir, '--json');
    expect(ran.status).toBe(0);
    const [told] = parseLines<{
      objects: number;
      bytes: number;
      symbols: { objects: { key: string; bytes: number }[] }[];
    }>(ran.stdout);
    const zips = filesBelow(archive).filter((path) => path.endsWith('.zip'));
    expect(told!.symbols.flatMap(({ objects }) => objects.map(({ key }) => key)).sort()).toEqual(zips);
    expect(told).toMatchObject({ objects: 15, monthsToBuild: 6, monthsReused: 0, holes: 0 });
    const sum = told!.symbols.flatMap(({ objects }) => objects).reduce((n, { bytes }) => n + bytes, 0);
    expect(told!.bytes).toBe(sum);
    expect(filesBelow(dataDir)).toEqual([]);
  });

  it('counts only what is not there yet', async () => {
    const dataDir = temporaryFolder();
    await collect(dataDir, '--end', '2024-02-02', '--start', '2024-01-30');
    const before = filesBelow(dataDir);
    const ran = await plan(dataDir, '--objects');
    expect(ran.stdout).toMatch(/^AAAUSDT +1 +1 +1 /m);
    expect(ran.stdout).toContain('AAAUSDT-aggTrades-2024-02-03.zip');
    expect(ran.stdout).not.toContain('AAAUSDT-aggTrades-2024-02-02.zip');
    expect(filesBelow(dataDir)).toEqual(before);
  });

  it('says what there is when nothing is', async () => {
    const ran = await tapemill('plan', 'NONEUSDT', '--archive', archive, '--data-dir', temporaryFolder());
    expect(ran.status).toBe(5);
    expect(ran.stdout).toContain('E_NOT_FOUND');
  });
});

describe('worker', () => {
  /** Tasks in the queue, nobody at work. */
  async function planned(): Promise<string> {
    const dataDir = temporaryFolder();
    const run = start(['collect', ...SYMBOLS, '--archive', archive, '--data-dir', dataDir, '--json']);
    await run.said('"planned"');
    run.child.kill('SIGKILL');
    await run.done;
    return dataDir;
  }

  it('does what a killed collection left, and is gone when there is nothing left', async () => {
    const dataDir = await planned();
    const ran = await tapemill('worker', '--data-dir', dataDir, '--worker-id', 'B');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    // What was not planned yet is for the next collection.
    expect((await collect(dataDir)).status).toBe(0);
    expect(snapshot(dataDir)).toEqual(undisturbed);
  });

  it('ends after --max-tasks', async () => {
    const dataDir = temporaryFolder();
    await collect(dataDir, '--shard', '1/1');
    const queue = join(dataDir, '_ledger', 'shard-1-of-1.sqlite');
    const ledger = Ledger.open(queue);
    const keys = ledger.queue.tasksOf('um/aggTrades/AAAUSDT').map(({ key }) => key);
    expect(keys).toHaveLength(3);
    const payload = {
      type: 'bars',
      stream: 'aggTrades',
      dataDir,
      market: 'um',
      symbol: 'AAAUSDT',
      range: null,
      missingPeriods: [],
      after: [],
    };
    ledger.queue.enqueue(
      ['x', 'y', 'z'].map((name) => ({
        ...{ key: `um/aggTrades/AAAUSDT/${name}`, group: 'um/aggTrades/AAAUSDT', stage: 1, weight: 0 },
        ...{ isRemote: false, payload },
      })),
    );
    const ran = await tapemill('worker', '--queue', queue, '--max-tasks', '2');
    expect(ran.status).toBe(0);
    expect(ledger.queue.pendingCount()).toBe(1);
    ledger.close();
  });

  it('refuses a name that is taken', async () => {
    const dataDir = temporaryFolder();
    await collect(dataDir);
    const first = start(['worker', '--data-dir', dataDir, '--worker-id', 'B', '--wait']);
    await first.said('worker B');
    // It has said its name before it is in the queue.
    const ledger = Ledger.open(ledgerPath(dataDir));
    while (!ledger.roster.find('B')) await new Promise((resolve) => setTimeout(resolve, 20));
    ledger.close();
    const second = await tapemill('worker', '--data-dir', dataDir, '--worker-id', 'B');
    expect(second).toMatchObject({ status: 2 });
    expect(second.stderr).toMatch(/E_WORKER_ID: worker B is at work/);
    first.child.kill('SIGTERM');
    expect(await first.done).toMatchObject({ status: 143 });
  });
});

describe('shards', () => {
  it('together are the whole, and each has a ledger of its own', async () => {
    const dataDir = temporaryFolder();
    for (const shard of ['1/3', '2/3', '3/3']) {
      expect((await collect(dataDir, '--shard', shard)).status).toBe(0);
    }
    expect(snapshot(dataDir)).toEqual(undisturbed);
    const ledgers = filesBelow(join(dataDir, '_ledger')).filter((name) => name.endsWith('.sqlite'));
    expect(ledgers).toEqual(['shard-1-of-3.sqlite', 'shard-2-of-3.sqlite', 'shard-3-of-3.sqlite']);
  });

  it('must be one of so many', async () => {
    expect((await collect(temporaryFolder(), '--shard', '4/3')).status).toBe(2);
  });
});

describe('refresh', () => {
  const DAY = 'AAAUSDT-aggTrades-2024-02-01.zip';

  /** An archive of our own, to change; `seed` decides all numbers. */
  async function publish(outDir: string, seed: number, end: string): Promise<void> {
    rmSync(outDir, { recursive: true, force: true });
    await simulateArchive({
      ...{ outDir, symbols: SYMBOLS, ticksPerMonth: 1500, seed, sources: ['aggTrades'], monthly: false },
      ...{ range: parseRange('2024-01-30', end), defects: [] },
    });
  }

  it('rebuilds what was replaced and what has appeared, and nothing else', async () => {
    const [root, dataDir] = [join(temporaryFolder(), 'archive'), temporaryFolder()];
    await publish(root, 11, '2024-02-02');
    const run = (...args: string[]): Promise<Ran> =>
      tapemill('refresh', '--data-dir', dataDir, '--json', ...args);
    await tapemill('collect', ...SYMBOLS, '--archive', root, '--data-dir', dataDir);
    const before = snapshot(dataDir);
    const quiet = parseLines((await run()).stdout);
    expect(quiet).toEqual([
      expect.objectContaining({ type: 'done', changed: 0, appeared: 0, collections: [] }),
    ]);

    // One object of other content, and one more day of every symbol.
    const other = join(temporaryFolder(), 'archive');
    await publish(other, 12, '2024-02-02');
    await publish(root, 11, '2024-02-03');
    const day = `data/futures/um/daily/aggTrades/AAAUSDT/${DAY}`;
    const { copyFileSync } = await import('node:fs');
    for (const name of [day, `${day}.CHECKSUM`]) copyFileSync(join(other, name), join(root, name));

    const looked = parseLines((await run('--dry-run')).stdout);
    expect(looked.at(-1)).toMatchObject({ appeared: 3, vanished: 0, collections: [] });
    expect(snapshot(dataDir)).toEqual(before);

    const ran = await run();
    expect(ran.status).toBe(0);
    const lines = parseLines(ran.stdout);
    expect(
      lines
        .filter(({ type }) => type === 'month-started')
        .map(({ symbol, month }) => [symbol, month])
        .sort(),
    ).toEqual(SYMBOLS.map((symbol) => [symbol, '2024-02']));
    const milled = lines
      .filter(({ type }) => type === 'object-milled')
      .map(({ object }) => String(object).split('/').at(-1));
    expect(milled.sort()).toEqual([DAY, ...SYMBOLS.map((symbol) => `${symbol}-aggTrades-2024-02-03.zip`)]);

    const fresh = temporaryFolder();
    await tapemill('collect', ...SYMBOLS, '--archive', root, '--data-dir', fresh);
    expect(snapshot(dataDir)).toEqual(snapshot(fresh));

    const ledger = Ledger.open(ledgerPath(dataDir), { readOnly: true });
    expect(ledger.objects.find(day)).toMatchObject({ revision: 2 });
    expect(ledger.objects.revisionsOf(day)).toMatchObject([{ revision: 1 }]);
    ledger.close();
    expect(parseLines((await run()).stdout)).toHaveLength(1);
  });

  it('leaves alone what was published before --since', async () => {
    const [root, dataDir] = [join(temporaryFolder(), 'archive'), temporaryFolder()];
    await publish(root, 11, '2024-02-02');
    await tapemill('collect', ...SYMBOLS, '--archive', root, '--data-dir', dataDir);
    await publish(root, 11, '2024-02-03');
    const since = (when: string): Promise<Ran> =>
      tapemill('refresh', '--data-dir', dataDir, '--json', '--since', when, '--dry-run');
    expect(parseLines((await since('2099-01-01')).stdout).at(-1)).toMatchObject({ appeared: 0 });
    expect(parseLines((await since('1d')).stdout).at(-1)).toMatchObject({ appeared: 3 });
  });

  it('says so when nothing was collected', async () => {
    expect(await tapemill('refresh', '--data-dir', temporaryFolder())).toMatchObject({ status: 5 });
  });
});

describe('a ledger', () => {
  it('that is deleted is made anew from the layer, and nothing is milled again', async () => {
    const dataDir = temporaryFolder();
    await collect(dataDir);
    const read = (): unknown[] => {
      const ledger = Ledger.open(ledgerPath(dataDir), { readOnly: true });
      const objects = SYMBOLS.flatMap((symbol) => ledger.objects.ofSymbol('um', 'aggTrades', symbol));
      ledger.close();
      return objects.map((object) => ({ ...object, seenAtMs: 0, milledAtMs: 0 }));
    };
    const before = read();
    expect(before).toHaveLength(15);
    rmSync(join(dataDir, '_ledger'), { recursive: true });
    const ran = await collect(dataDir);
    expect(ran.stdout).toContain('0 months built from 0 objects');
    expect(read()).toEqual(before);
  });

  it('that is damaged is told as such, and the data stay', async () => {
    const dataDir = temporaryFolder();
    await collect(dataDir);
    for (const end of ['-wal', '-shm']) rmSync(`${ledgerPath(dataDir)}${end}`, { force: true });
    writeFileSync(ledgerPath(dataDir), 'this is no ledger, and long enough to be taken for one'.repeat(100));
    const ran = await collect(dataDir);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(/^tapemill: E_LEDGER: .*ledger\.sqlite/);
    expect(snapshot(dataDir)).toEqual(undisturbed);
  });
});
