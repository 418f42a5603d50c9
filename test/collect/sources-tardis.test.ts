import { readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { previewCollection } from '../../src/collect/index.js';
import { importTardis, importTardisTrades, readImported } from '../../src/imports/index.js';
import { readMonth, monthPath } from '../../src/layer/index.js';
import { DEFAULT_THRESHOLDS } from '../../src/ticks/index.js';
import { parseRange } from '../../src/time/index.js';
import { filesBelow, snapshot, start, temporaryFolder } from '../cli/run.js';
import { createServer } from '../http-archive/server.js';
import { LIQUIDATION_HEADER, csv, eventLine, us } from '../imports/fixture.js';
import { type Collected, collectRun, eventsOf } from './collecting.js';

const KEY = 'TD.secret-key-of-somebody';
const RANGE = ['2025-10-01', '2025-10-04'] as const;
const QUICK = { backoffMs: 5, maxBackoffMs: 20, attempts: 2, diskReserveBytes: 0 };

afterEach(() => {
  delete process.env['TARDIS_API_KEY'];
});

/** Events every 7 s of the day, the last of them stamped in the next day's file's first second. */
function fileOf(day: string, n = 50): Buffer {
  const lines = Array.from({ length: n }, (_, i) =>
    eventLine({
      ts: us(`${day} 00:00`) + i * 7_000_000,
      side: i % 3 ? 'buy' : 'sell',
      price: 4000 + i,
      amount: i + 1,
      id: String(i + 1),
    }),
  );
  return gzipSync(csv(LIQUIDATION_HEADER, lines));
}

interface Served {
  readonly url: string;
  readonly files: Map<string, Buffer | number>;
  readonly seen: { readonly day: string; readonly key: string | undefined }[];
}

/** A server that wants the key but for first days of months; numbers are statuses. */
async function serve(days: readonly string[], channel = 'liquidations'): Promise<Served> {
  const files = new Map<string, Buffer | number>(days.map((day) => [day, fileOf(day)]));
  const seen: Served['seen'] = [];
  const dayOf = ({ url = '' }: IncomingMessage): string =>
    /^\/v1\/binance-futures\/(\w+)\/(\d{4})\/(\d\d)\/(\d\d)\/ETHUSDT\.csv\.gz$/
      .exec(url)
      ?.slice(1)
      .join('-') ?? '';
  const url = await createServer((request, response) => {
    const path = dayOf(request);
    const day = path.slice(channel.length + 1);
    seen.push({ day, key: request.headers.authorization });
    const file = path.startsWith(channel) ? files.get(day) : undefined;
    if (!day.endsWith('-01') && request.headers.authorization !== `Bearer ${KEY}`)
      response.writeHead(403).end();
    else if (typeof file === 'number') response.writeHead(file).end();
    else if (file === undefined) response.writeHead(404).end();
    else response.end(file);
  });
  return { url, files, seen };
}

const run = (
  { url }: Served,
  dataDir: string,
  range: readonly [string, string] = RANGE,
  dataTypes = ['tardis:liquidations'],
): Promise<Collected> =>
  collectRun(
    { archive: temporaryFolder(), dataDir, symbols: ['ETHUSDT'], dataTypes, tardisUrl: url, network: QUICK },
    range,
  );

const days = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `2025-10-${String(from + i).padStart(2, '0')}`);

describe('collecting from Tardis', () => {
  it('fetches days with the key of the environment, and imports them as an import of the folder does', async () => {
    process.env['TARDIS_API_KEY'] = KEY;
    const server = await serve(days(1, 4));
    const dataDir = temporaryFolder();
    const first = await run(server, dataDir);
    expect(first.summary).toMatchObject({
      exitStatus: 0,
      symbolsDone: 1,
      objectsMilled: 4,
      rows: 200,
      monthsBuilt: 1,
    });
    expect(server.seen.map(({ key }) => key)).toEqual(Array(4).fill(`Bearer ${KEY}`));
    expect(eventsOf(first, 'symbol-settled')).toMatchObject([
      { stream: 'tardis:liquidations', status: 'written', dataStatus: 'ok', bars: 200, missingPeriods: [] },
    ]);
    expect((await readImported('liquidations', dataDir, 'ETHUSDT', parseRange(...RANGE))).length).toBe(200);
    const imported = join(temporaryFolder(), 'data');
    const all = { path: join(dataDir, 'tardis'), range: null, symbols: null, dataDir: imported };
    await importTardis('liquidations', all);
    const month = 'imported_liquidations_parquet/ETHUSDT/2025-10.parquet';
    expect(snapshot(dataDir)[month]).toBe(snapshot(imported)[month]);
    // The key is nowhere: neither in the queue nor in what is told.
    for (const file of filesBelow(dataDir)) {
      expect(readFileSync(join(dataDir, file)).includes('secret-key'), file).toBe(false);
    }
    expect(JSON.stringify(first.events)).not.toContain('secret-key');
  });

  it('does nothing the second time, not even when the files were deleted', async () => {
    process.env['TARDIS_API_KEY'] = KEY;
    const server = await serve(days(1, 4));
    const dataDir = temporaryFolder();
    await run(server, dataDir);
    const before = snapshot(dataDir);
    server.seen.length = 0;
    const second = await run(server, dataDir);
    expect(second.summary).toMatchObject({ exitStatus: 0, objectsMilled: 0, monthsReused: 1 });
    expect(eventsOf(second, 'symbol-settled')).toMatchObject([{ status: 'unchanged', bars: 200 }]);
    expect(snapshot(dataDir)).toEqual(before);
    rmSync(join(dataDir, 'tardis'), { recursive: true });
    expect((await run(server, dataDir)).summary).toMatchObject({ exitStatus: 0, objectsMilled: 0 });
    expect(server.seen).toEqual([]);
    // Only what is new is fetched.
    server.files.set('2025-10-05', fileOf('2025-10-05'));
    const third = await run(server, dataDir, ['2025-10-01', '2025-10-05']);
    expect(server.seen.map(({ day }) => day)).toEqual(['2025-10-05']);
    expect(third.summary).toMatchObject({ exitStatus: 0, objectsMilled: 1, rows: 50 });
  });

  it('has the first days of months without a key, and names the others', async () => {
    const server = await serve([...days(1, 3), '2025-11-01']);
    const dataDir = temporaryFolder();
    const ran = await run(server, dataDir, ['2025-10-01', '2025-11-02']);
    expect(ran.summary).toMatchObject({ exitStatus: 3, symbolsPartial: 1, rows: 100 });
    const failed = eventsOf(ran, 'object-failed');
    expect(failed).toHaveLength(31);
    expect(failed[0]).toMatchObject({ code: 'E_FORBIDDEN', stream: 'tardis:liquidations' });
    expect(failed[0]!.message).toContain('set TARDIS_API_KEY');
    // One refusal a month is enough.
    expect(server.seen).toHaveLength(4);
    process.env['TARDIS_API_KEY'] = KEY;
    const again = await run(server, dataDir, ['2025-10-01', '2025-10-03']);
    expect(again.summary).toMatchObject({ exitStatus: 0, rows: 100 });
  });

  it('fails with what the server said when nothing could be had', async () => {
    const server = await serve([]);
    const forbidden = await run(server, temporaryFolder(), ['2025-10-02', '2025-10-03']);
    expect(forbidden.summary).toMatchObject({ exitStatus: 1, symbolsFailed: 1 });
    expect(eventsOf(forbidden, 'symbol-failed')).toMatchObject([{ code: 'E_FORBIDDEN' }]);
    const empty = await run(server, temporaryFolder(), ['2025-10-01', '2025-10-01']);
    expect(empty.summary.exitStatus).toBe(5);
    expect(eventsOf(empty, 'symbol-failed')).toMatchObject([{ code: 'E_NOT_FOUND' }]);
  });

  it('tells holes from days before the first and after the last file, and asks for them again', async () => {
    process.env['TARDIS_API_KEY'] = KEY;
    const server = await serve(['2025-10-02', '2025-10-04']);
    const dataDir = temporaryFolder();
    const ran = await run(server, dataDir, ['2025-10-01', '2025-10-05']);
    const missing = (of: Collected): string[] =>
      eventsOf(of, 'symbol-settled')[0]!.missingPeriods.map(({ period, reason }) => `${period} ${reason}`);
    expect(ran.summary.exitStatus).toBe(3);
    expect(missing(ran)).toEqual([
      '2025-10-01 before listing',
      '2025-10-03 not listed',
      '2025-10-05 after delisting',
    ]);
    server.seen.length = 0;
    server.files.set('2025-10-03', fileOf('2025-10-03'));
    const again = await run(server, dataDir, ['2025-10-01', '2025-10-05']);
    expect(server.seen.map(({ day }) => day)).toEqual(['2025-10-01', '2025-10-03', '2025-10-05']);
    expect(again.summary).toMatchObject({ exitStatus: 0, objectsMilled: 1 });
  });

  it('loses no more than the day when a file is damaged or its server fails', async () => {
    process.env['TARDIS_API_KEY'] = KEY;
    const server = await serve(days(1, 4));
    const dataDir = temporaryFolder();
    const good = server.files.get('2025-10-02') as Buffer;
    server.files.set('2025-10-02', good.subarray(0, good.length - 5));
    server.files.set('2025-10-03', 500);
    const ran = await run(server, dataDir);
    expect(ran.summary).toMatchObject({ exitStatus: 3, objectsFailed: 2, objectsMilled: 2 });
    expect(eventsOf(ran, 'object-failed').map(({ period, code }) => `${period} ${code}`)).toEqual([
      '2025-10-02 E_GZIP',
      '2025-10-03 E_NETWORK',
    ]);
    server.files.set('2025-10-02', good);
    server.files.set('2025-10-03', fileOf('2025-10-03'));
    expect((await run(server, dataDir)).summary).toMatchObject({ exitStatus: 0, objectsMilled: 2 });
    const clean = temporaryFolder();
    await run(server, clean);
    expect(snapshot(dataDir)).toEqual(snapshot(clean));
  });

  it('puts trades into the minute layer, those of a month’s last minutes from the next month’s file', async () => {
    process.env['TARDIS_API_KEY'] = KEY;
    const server = await serve(['2025-10-30', '2025-10-31', '2025-11-01'], 'trades');
    const straggler = eventLine({
      ts: us('2025-10-31 23:59:59'),
      side: 'buy',
      price: 4000,
      amount: 1,
      id: '51',
    });
    const late = gzipSync(
      csv(LIQUIDATION_HEADER, [
        straggler.replace(/,\d{16},51/, `,${us('2025-11-01 00:00:01')},51`),
        eventLine({ ts: us('2025-11-01 00:10'), side: 'sell', price: 4100, amount: 2, id: '52' }),
      ]),
    );
    server.files.set('2025-11-01', late);
    const dataDir = temporaryFolder();
    const range = ['2025-10-30', '2025-11-01'] as const;
    const ran = await run(server, dataDir, range, ['tardis:trades']);
    expect(ran.summary).toMatchObject({ exitStatus: 0, objectsMilled: 3 });
    const october = await readMonth(monthPath(dataDir, 'um', 'ETHUSDT', '2025-10'));
    expect(october.bars.columns.minute[october.bars.length - 1]).toBe(us('2025-10-31 23:59') / 1000);
    const imported = temporaryFolder();
    const all = { path: join(dataDir, 'tardis'), range: null, symbols: null, dataDir: imported };
    await importTardisTrades({ ...all, thresholds: DEFAULT_THRESHOLDS });
    const layer = (folder: string): [string, string][] =>
      Object.entries(snapshot(folder)).filter(([path]) => path.endsWith('.parquet'));
    expect(layer(dataDir)).toEqual(layer(imported));
    const again = await run(server, dataDir, range, ['tardis:trades']);
    expect(again.summary).toMatchObject({ exitStatus: 0, objectsMilled: 0, monthsReused: 2 });
  });

  it('gives the same files when its processes are killed, and says beforehand what it would fetch', async () => {
    const server = await serve(days(1, 4));
    const dataDir = temporaryFolder();
    const args = [
      'collect',
      'ETHUSDT',
      '--data-type',
      'tardis:liquidations',
      '--start',
      RANGE[0],
      '--end',
      RANGE[1],
    ];
    const env = { TARDIS_API_KEY: KEY };
    const more = [
      '--tardis-url',
      server.url,
      '--archive',
      temporaryFolder(),
      '--data-dir',
      dataDir,
      '--json',
    ];
    for (const after of ['"planned"', '"month-started"', '"object-milled"']) {
      const going = start([...args, ...more], { env });
      await going.said(after).catch(() => undefined);
      going.child.kill('SIGKILL');
      await going.done;
    }
    const last = await start([...args, ...more], { env }).done;
    expect(last).toMatchObject({ status: 0, stderr: '' });
    expect(last.stdout).not.toContain('secret-key');
    process.env['TARDIS_API_KEY'] = KEY;
    const undisturbed = temporaryFolder();
    const request = {
      archive: undisturbed,
      dataDir: undisturbed,
      symbols: ['ETHUSDT'],
      tardisUrl: server.url,
    };
    const asked = {
      ...({
        ...request,
        market: 'um',
        range: parseRange(...RANGE),
        dataTypes: ['tardis:liquidations'],
      } as const),
      ...{ thresholds: DEFAULT_THRESHOLDS, keepZip: false, prefer: null },
    };
    const previewed = [];
    for await (const one of previewCollection(asked)) previewed.push(one);
    expect(previewed).toMatchObject([{ stream: 'tardis:liquidations', monthsToBuild: 1, failure: null }]);
    expect(previewed[0]!.objects.map(({ period }) => period)).toEqual(days(1, 4));
    await run(server, undisturbed);
    expect(snapshot(dataDir)).toEqual(snapshot(undisturbed));
  });
});
