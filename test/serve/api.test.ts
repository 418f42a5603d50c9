import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { importPath } from '../../src/imports/index.js';
import { Ledger, ledgerPath } from '../../src/ledger/index.js';
import { monthPath } from '../../src/layer/index.js';
import type {
  ColumnsAnswer,
  CoverageAnswer,
  ExplainAnswer,
  InfoAnswer,
  MonthAnswer,
  QualityAnswer,
} from '../../src/serve/api.js';
import { VERSION } from '../../src/version.js';
import { tapemill, temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun } from '../collect/collecting.js';
import { ask, hashes, serving } from './serving.js';

const [GOOD, GAPPY, LATE] = ['GOODUSDT', 'GAPPYUSDT', 'LATEUSDT'];
let dataDir = '';
let dashboard: Awaited<ReturnType<typeof serving>>;
let untouched: Record<string, string> = {};

beforeAll(async () => {
  const { outDir: archive } = await archiveOf('2024-01-30', '2024-02-03', {
    symbols: [GOOD, GAPPY, LATE],
    sources: ['aggTrades', 'klines', 'metrics'],
    monthly: false,
    ticksPerMonth: 20_000,
    defects: [
      `missing-day:${GAPPY}:2024-02-02`,
      `crc-mismatch:${GAPPY}:2024-01-31`,
      `kline-wrong:${GOOD}:2024-02-01`,
      `consecutive-duplicates:${GOOD}:2024-02-03`,
      `late-listing:${LATE}:2024-02-02`,
    ],
  });
  dataDir = temporaryFolder();
  const symbols = [GOOD, GAPPY, LATE];
  // In processes of their own: in this one, connections would be closed whenever memory is swept.
  const where = ['--archive', archive, '--data-dir', dataDir];
  expect(await tapemill('collect', ...symbols, ...where, '--workers', '1')).toMatchObject({ status: 3 });
  expect(await tapemill('audit', GOOD, ...where)).toMatchObject({ stderr: '' });
  untouched = hashes(dataDir);
  dashboard = await serving(dataDir);
});

const coverage = async (query = ''): Promise<CoverageAnswer> =>
  (await ask<CoverageAnswer>(dashboard, `/api/coverage?market=um${query}`)).body;
const monthOf = (symbol: string, month: string, dataType = 'aggTrades') =>
  ask<MonthAnswer>(
    dashboard,
    `/api/coverage/month?market=um&dataType=${dataType}&symbol=${symbol}&month=${month}`,
  );

describe('/api/info', () => {
  it('says what there is', async () => {
    const { status, body } = await ask<InfoAnswer>(dashboard, '/api/info');
    expect(status).toBe(200);
    expect(body).toMatchObject({ version: VERSION, queue: true, quality: true });
    expect(dataDir.endsWith(`/${body.dataDir}`)).toBe(true);
    expect(body.symbols.map(({ symbol, dataTypes }) => [symbol, dataTypes])).toEqual([
      [GAPPY, ['aggTrades']],
      [GOOD, ['aggTrades', 'klines:1m', 'klines:1h']],
      [LATE, ['aggTrades']],
    ]);
    const good = body.symbols[1]!;
    expect([good.startMs >= Date.UTC(2024, 0, 30), good.startMs < Date.UTC(2024, 0, 30, 2)]).toEqual([
      true,
      true,
    ]);
    expect([good.endMs < Date.UTC(2024, 1, 4), good.endMs > Date.UTC(2024, 1, 3, 22)]).toEqual([true, true]);
  });
});

describe('/api/columns', () => {
  it('says of each column what it is, and whether it may be cumulated', async () => {
    const { columns } = (await ask<ColumnsAnswer>(dashboard, '/api/columns')).body;
    const kinds = Object.fromEntries(columns.map(({ name, kind }) => [name, kind]));
    expect(kinds).toMatchObject({ open: 'level', vwap: 'level', cvd_quote: 'flow', whale_cvd_quote: 'flow' });
    expect(columns.every(({ family, formula }) => family !== '' && formula !== '')).toBe(true);
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
  });
});

describe('/api/coverage', () => {
  it('has a row for each symbol and data type, and a state for each month', async () => {
    const { rows, ...edges } = await coverage();
    expect(edges).toEqual({
      market: 'um',
      firstMonth: '2024-01',
      lastMonth: '2024-02',
      dataTypes: ['aggTrades', 'klines:1m', 'klines:1h'],
    });
    const of = (symbol: string, dataType = 'aggTrades') =>
      rows.find((row) => row.symbol === symbol && row.dataType === dataType)!.months;
    expect(of(GOOD)).toEqual([
      { month: '2024-01', share: 2 / 31, state: 'partial' },
      { month: '2024-02', share: 3 / 29, state: 'partial' },
    ]);
    expect(of(GAPPY)).toEqual([
      { month: '2024-01', share: 1 / 31, state: 'partial' },
      { month: '2024-02', share: 2 / 29, state: 'partial' },
    ]);
    expect(of(LATE).map(({ month }) => month)).toEqual(['2024-02']);
    expect(of(GOOD, 'klines:1m')).toHaveLength(2);
    expect(rows.map(({ symbol }) => symbol)).toEqual([GAPPY, GOOD, GOOD, GOOD, LATE]);
  });

  it('of one symbol', async () => {
    expect((await coverage(`&symbol=${LATE}`)).rows.map(({ symbol }) => symbol)).toEqual([LATE]);
    expect((await coverage('&symbol=NOBODY')).rows).toEqual([]);
  });

  it('shows holes, months that failed and files that are damaged', async () => {
    const { outDir: archive } = await archiveOf('2024-01', '2024-04', {
      symbols: [GOOD],
      ticksPerMonth: 300,
      defects: [`missing-month:${GOOD}:2024-02`],
    });
    const own = temporaryFolder();
    await collectRun({ archive, dataDir: own, symbols: [GOOD] });
    rmSync(monthPath(own, 'um', GOOD, '2024-02'), { force: true });
    writeFileSync(monthPath(own, 'um', GOOD, '2024-03'), 'PAR1 but not really PAR1');
    const ledger = Ledger.open(ledgerPath(own));
    const group = `um/aggTrades/${GOOD}`;
    ledger.queue.enqueue([
      { key: `${group}/2024-05`, group, stage: 0, weight: 1, isRemote: false, payload: {} },
    ]);
    const lease = ledger.queue.claim('tester')!;
    ledger.queue.fail(lease, {
      ...{ code: 'E_CHECKSUM', reason: 'bad', retryable: false, retryDelayMs: 0 },
    });
    ledger.close();
    const other = await serving(own);
    const { rows } = (await ask<CoverageAnswer>(other, '/api/coverage?market=um')).body;
    expect(rows[0]!.months).toEqual([
      { month: '2024-01', share: 1, state: 'whole' },
      { month: '2024-02', share: 0, state: 'none' },
      { month: '2024-03', share: 0, state: 'failed' },
      { month: '2024-04', share: 1, state: 'whole' },
      { month: '2024-05', share: 0, state: 'failed' },
    ]);
    const damaged = `/api/coverage/month?market=um&dataType=aggTrades&symbol=${GOOD}&month=2024-03`;
    expect(await ask(other, damaged)).toMatchObject({ status: 500, body: { error: { code: 'E_LAYER' } } });
    expect(other.bugs).toEqual([]);
  });
});

describe('/api/coverage/month', () => {
  it('says what a month is made of and what an audit found', async () => {
    const { status, body } = await monthOf(GOOD, '2024-02');
    expect(status).toBe(200);
    expect(body.objects.map(({ period, checksum }) => [period, checksum])).toEqual([
      ['2024-02-01', 'verified'],
      ['2024-02-02', 'verified'],
      ['2024-02-03', 'verified'],
    ]);
    for (const { sha256, bytes, rows, accepted, key } of body.objects) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect([bytes > 0, accepted > 0, rows >= accepted, key.endsWith('.zip')]).toEqual([
        true,
        true,
        true,
        true,
      ]);
    }
    expect(body.objects[2]!.account['duplicate']).toBeGreaterThan(0);
    expect(body.version).toBe(VERSION);
    expect(body.file.bytes).toBe(statSync(monthPath(dataDir, 'um', GOOD, '2024-02')).size);
    expect(body.audit).toMatchObject({ days: 3, classes: { 'kline-wrong': 1 } });
    expect(body.audit!.exactShare).toBe(body.audit!.exact / body.audit!.compared);
  });

  it('names days that are missing, with the reason', async () => {
    const { body } = await monthOf(GAPPY, '2024-01');
    expect(body.missing).toEqual([
      { period: '2024-01-31', reason: 'failed', detail: expect.stringContaining('E_ZIP_CRC') as string },
    ]);
    expect(body.audit).toBeNull();
    expect((await monthOf(GOOD, '2024-01', 'klines:1m')).body.objects).toHaveLength(2);
  });

  it('is 404 where there is none', async () => {
    for (const asked of [
      monthOf('NOBODY', '2024-01'),
      monthOf(GOOD, '2023-01'),
      monthOf(GOOD, '2024-01', 'metrics'),
    ]) {
      expect(await asked).toMatchObject({ status: 404, body: { error: { code: 'E_NO_LAYER' } } });
    }
    expect(importPath(dataDir, 'liquidations', GOOD, '2024-01')).toContain('imported_');
  });
});

describe('/api/quality', () => {
  it('adds up the audited days, and lists the worst', async () => {
    const { status, body } = await ask<QualityAnswer>(dashboard, '/api/quality?market=um');
    expect(status).toBe(200);
    const [good] = body.symbols;
    expect(body.symbols).toHaveLength(1);
    expect(good).toMatchObject({ symbol: GOOD, days: 5, firstDay: '2024-01-30', lastDay: '2024-02-03' });
    expect(good!.months.map(({ month, days }) => [month, days])).toEqual([
      ['2024-01', 2],
      ['2024-02', 3],
    ]);
    expect(good!.months.reduce((sum, { compared }) => sum + compared, 0)).toBe(good!.compared);
    expect(good!.exact + Object.values(good!.classes).reduce((a, b) => a + b, 0)).toBe(good!.compared);
    expect(good!.classes).toMatchObject({ 'kline-wrong': 1 });
    expect(body.classMeanings['kline-wrong']).toContain('kline');
    const duplicates = body.worstObjects.find(({ period }) => period === '2024-02-03')!;
    expect(duplicates.counts['duplicate']).toBe(duplicates.blemishes);
    const wrong = body.worstMinutes.find((minute) => minute.class === 'kline-wrong')!;
    expect(new Date(wrong.at * 1000).toISOString().slice(0, 10)).toBe('2024-02-01');
    expect(Object.keys(wrong.deltas).length).toBeGreaterThan(0);
  });

  it('is 404 where nothing was audited', async () => {
    expect(await ask(dashboard, '/api/quality?market=spot')).toMatchObject({
      status: 404,
      body: { error: { code: 'E_NO_LAYER', message: expect.stringContaining('tapemill audit') as string } },
    });
  });
});

describe('/api/explain', () => {
  it('follows one minute down, with the klines that are there', async () => {
    const at = '2024-02-01T12:34Z';
    const { status, body } = await ask<ExplainAnswer>(
      dashboard,
      `/api/explain?market=um&symbol=${GOOD}&at=${at}`,
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ type: 'explanation', symbol: GOOD, startMs: Date.UTC(2024, 1, 1, 12, 34) });
    expect(body.klineObjects.length).toBeGreaterThan(0);
    expect(body.tickObjects.map(({ period }) => period)).toEqual(['2024-02-01']);
    expect(body.rows).toBeNull();
    const seconds = Date.UTC(2024, 1, 1, 12, 34) / 1000;
    expect((await ask(dashboard, `/api/explain?market=um&symbol=${GOOD}&at=${seconds}`)).body).toEqual(body);
  });

  it('is 404 where the layer has nothing', async () => {
    expect((await ask(dashboard, `/api/explain?market=um&symbol=${GOOD}&at=2024-02-09`)).status).toBe(404);
    expect((await ask(dashboard, '/api/explain?market=um&symbol=NOBODY&at=2024-02-01')).status).toBe(404);
  });
});

describe('parameters', () => {
  const month = '/api/coverage/month?market=um&dataType=aggTrades';
  it.each([
    ['/api/info?x=1', 'E_USAGE'],
    ['/api/status/stream?since=1', 'E_USAGE'],
    ['/api/coverage', 'E_USAGE'],
    ['/api/coverage?market=xx', 'E_USAGE'],
    ['/api/coverage?market=um&market=cm', 'E_USAGE'],
    ['/api/coverage?market=um&symbol=..%2F..%2Fetc', 'E_SYMBOL'],
    ['/api/coverage?market=um&symbol=A%00B', 'E_SYMBOL'],
    [`${month}&symbol=${GOOD}&month=2024-13`, 'E_PERIOD'],
    [`${month}&symbol=${GOOD}&month=2024-01-01`, 'E_PERIOD'],
    [`${month}&symbol=${GOOD}&month=../2024-01`, 'E_PERIOD'],
    [`${month}&symbol=.&month=2024-01`, 'E_SYMBOL'],
    [`/api/explain?market=um&symbol=${GOOD}&at=yesterday`, 'E_PERIOD'],
    [`/api/explain?market=um&symbol=${GOOD}&at=2024-02-30`, 'E_PERIOD'],
    [`/api/explain?market=um&symbol=${GOOD}`, 'E_USAGE'],
  ])('%s is refused with %s', async (path, code) => {
    const { status, body } = await ask(dashboard, path);
    expect([status, body.error.code]).toEqual([400, code]);
    expect(body.error.message).not.toBe('');
  });
});

describe('a folder', () => {
  it('with nothing in it, or that is not there, is served', async () => {
    for (const empty of [temporaryFolder(), join(temporaryFolder(), 'none')]) {
      const other = await serving(empty);
      expect((await ask(other, '/api/info')).body).toMatchObject({
        symbols: [],
        queue: false,
        quality: false,
      });
      expect((await ask(other, '/api/coverage?market=cm')).body).toEqual({
        ...{ market: 'cm', firstMonth: null, lastMonth: null, rows: [], dataTypes: [] },
      });
      for (const path of [
        '/api/status',
        '/api/quality?market=um',
        `/api/series?market=um&symbol=${GOOD}&from=2024-01-01&to=2024-01-02&columns=open`,
        `/api/explain?market=um&symbol=${GOOD}&at=2024-01-01`,
      ]) {
        expect(await ask(other, path)).toMatchObject({
          status: 404,
          body: { error: { code: 'E_NO_LAYER' } },
        });
      }
      expect(other.bugs).toEqual([]);
      expect(hashes(empty)).toEqual({});
    }
  });

  it('is not changed by anything above', async () => {
    await ask(dashboard, '/api/status');
    await dashboard.close();
    expect(hashes(dataDir)).toEqual(untouched);
    expect(dashboard.bugs).toEqual([]);
  });
});
