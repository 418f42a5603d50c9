import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { simulateArchive, type SimulationRequest } from '../../src/simulator/index.js';
import { parseObjectKey } from '../../src/market/index.js';
import { parseRange } from '../../src/time/index.js';
import { checksumHolds, csvOf, hashTree, linesOf, temporaryFolder } from './read-tree.js';
import { readZip } from './zip-reader.js';

const folder = await temporaryFolder();

async function simulate(name: string, request: Partial<SimulationRequest>) {
  const outDir = join(folder, name);
  const report = await simulateArchive({
    outDir,
    symbols: 1,
    range: parseRange('2024-02', '2024-02'),
    ticksPerMonth: 3000,
    seed: 7,
    ...request,
  });
  return { outDir, report };
}

describe('a tree', () => {
  test('is the same for the same request, byte for byte', async () => {
    const defects = [{ kind: 'shuffled-rows' }, { kind: 'corrupt-zip' }];
    const request = { defects, sources: ['aggTrades', 'metrics', 'fundingRate'] } as const;
    const a = await simulate('again-a', request);
    const b = await simulate('again-b', request);
    expect(await hashTree(a.outDir)).toEqual(await hashTree(b.outDir));
    expect({ ...a.report, outDir: '' }).toEqual({ ...b.report, outDir: '' });
    const other = await simulate('again-c', { ...request, seed: 8 });
    expect(await hashTree(other.outDir)).not.toEqual(await hashTree(a.outDir));
  });

  test('has days that depend neither on the range nor on the other symbols', async () => {
    const alone = await simulate('alone', {
      symbols: ['SIMBUSDT'],
      range: parseRange('2024-02-29', '2024-03-01'),
    });
    const among = await simulate('among', { symbols: 3, range: parseRange('2024-02-28', '2024-03-02') });
    const hashes = await hashTree(among.outDir);
    const days = await hashTree(alone.outDir);
    expect(days.size).toBe(2 * 2 * 4);
    for (const [path, hash] of days) expect(hashes.get(path), path).toBe(hash);
  });

  test('has sound ZIPs, named like their one member, with right checksums and true reports', async () => {
    for (const [market, symbol] of [
      ['um', '币安人生USDT'],
      ['cm', 'BTCUSD_PERP'],
      ['spot', 'SIMAUSDT'],
    ] as const) {
      const range =
        market === 'um' ? parseRange('2024-02', '2024-02') : parseRange('2024-02-01', '2024-02-02');
      const { outDir, report } = await simulate(`sound-${market}`, { market, symbols: [symbol], range });
      expect(report.objects.length).toBe({ um: 4 * 30, cm: 4 * 2, spot: 3 * 2 }[market]);
      for (const object of report.objects) {
        const bytes = await readFile(join(outDir, object.key));
        const [member, ...more] = readZip(bytes);
        expect(more).toEqual([]);
        expect(member?.name).toBe(object.key.replace(/^.*\//, '').replace(/zip$/, 'csv'));
        expect(member?.content.length).toBe(object.csvBytes);
        expect(member?.declaredSize).toBe(object.csvBytes);
        expect(bytes.length).toBe(object.zipBytes);
        expect(await checksumHolds(outDir, object.key)).toBe(true);
        const lines = member?.content.toString().split('\n') ?? [];
        expect(lines.pop()).toBe('');
        expect(lines.length).toBe(object.rows + (object.header ? 1 : 0));
        expect(parseObjectKey(object.key)).toMatchObject({ symbol, dataType: object.dataType, market });
      }
    }
  });

  test('has months that are their days, one after the other, and ids without a gap', async () => {
    const { outDir, report } = await simulate('months', { ticksPerMonth: 6000 });
    for (const interval of ['aggTrades', '1m', '1h']) {
      const of = (cadence: string) =>
        report.objects.filter(
          (object) => (object.interval ?? object.dataType) === interval && object.cadence === cadence,
        );
      const days = (await Promise.all(of('daily').map((object) => linesOf(outDir, object.key)))).flat();
      const months = (await Promise.all(of('monthly').map((object) => linesOf(outDir, object.key)))).flat();
      expect(of('monthly').length).toBe(1);
      expect(days).toEqual(months);
      if (interval !== 'aggTrades') continue;
      expect(days.length).toBe(6000);
      expect(report.ticks).toBe(6000);
      const rows = days.map((line) => line.split(',').map(Number));
      for (const [i, row] of rows.slice(1).entries()) {
        expect(row[0]).toBe((rows[i]?.[0] ?? NaN) + 1);
        expect(row[3]).toBeGreaterThan(rows[i]?.[4] ?? NaN);
        expect(row[5]).toBeGreaterThanOrEqual(rows[i]?.[5] ?? NaN);
      }
    }
  });

  test('has daily objects only for months that the range does not hold as a whole', async () => {
    const { report } = await simulate('partial', {
      range: parseRange('2024-01-30', '2024-03-03'),
      sources: ['aggTrades', 'fundingRate'],
    });
    const monthly = report.objects.filter((object) => object.cadence === 'monthly');
    expect(new Set(monthly.map((object) => object.period))).toEqual(new Set(['2024-02']));
    expect(new Set(monthly.map((object) => object.dataType))).toEqual(new Set(['aggTrades', 'fundingRate']));
    const days = report.objects.filter(
      (object) => object.dataType === 'aggTrades' && object.cadence === 'daily',
    );
    expect(days.length).toBe(2 + 29 + 3);
  });

  test('writes what it is asked for and nothing else', async () => {
    const monthly = await simulate('monthly-only', { daily: false, sources: ['aggTrades'] });
    expect(monthly.report.objects.map((object) => object.key)).toEqual([
      'data/futures/um/monthly/aggTrades/SIMAUSDT/SIMAUSDT-aggTrades-2024-02.zip',
    ]);
    expect((await hashTree(monthly.outDir)).size).toBe(2);
    const daily = await simulate('daily-only', { monthly: false, sources: ['aggTrades', 'metrics'] });
    expect(new Set(daily.report.objects.map((object) => object.cadence))).toEqual(new Set(['daily']));
    await expect(simulate('wrong', { sources: ['metrics'], market: 'spot' })).rejects.toMatchObject({
      code: 'E_USAGE',
    });
    await expect(simulate('wrong', { ticksPerMonth: 30 })).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(simulate('wrong', { range: parseRange('2018-01', '2018-01') })).rejects.toMatchObject({
      code: 'E_USAGE',
    });
    await expect(simulate('wrong', { symbols: ['../x'] })).rejects.toMatchObject({ code: 'E_SYMBOL' });
  });
});

describe('formats', () => {
  const header = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker';
  const first = async (outDir: string, key: string): Promise<string> =>
    (await csvOf(outDir, key)).split('\n')[0] ?? '';

  test('futures have a header from 2022-08-11 on', async () => {
    const { outDir } = await simulate('header', { range: parseRange('2022-08-10', '2022-08-11') });
    const key = 'data/futures/um/daily/aggTrades/SIMAUSDT/SIMAUSDT-aggTrades-2022-08';
    expect(await first(outDir, `${key}-10.zip`)).toMatch(/^\d+,\d+\.\d+,/);
    expect(await first(outDir, `${key}-11.zip`)).toBe(header);
    expect(
      await first(outDir, 'data/futures/um/daily/klines/SIMAUSDT/1m/SIMAUSDT-1m-2022-08-10.zip'),
    ).toMatch(/^\d/);
    const forced = await simulate('no-header', { header: false, sources: ['aggTrades', 'metrics'] });
    expect(
      forced.report.objects
        .filter((object) => object.header)
        .every(({ dataType }) => dataType !== 'aggTrades'),
    ).toBe(true);
  });

  test('spot has eight padded decimals, capital booleans, an eighth column and microseconds from 2025 on', async () => {
    const { outDir } = await simulate('spot', {
      market: 'spot',
      range: parseRange('2024-12-31', '2025-01-01'),
    });
    const key = 'data/spot/daily/aggTrades/SIMAUSDT/SIMAUSDT-aggTrades';
    const row = (digits: number): RegExp =>
      new RegExp(`^\\d+,\\d+\\.\\d{8},\\d+\\.\\d{8},\\d+,\\d+,\\d{${digits}},(True|False),True$`);
    for (const line of await linesOf(outDir, `${key}-2024-12-31.zip`)) expect(line).toMatch(row(13));
    for (const line of await linesOf(outDir, `${key}-2025-01-01.zip`)) expect(line).toMatch(row(16));
    const [kline] = await linesOf(outDir, 'data/spot/daily/klines/SIMAUSDT/1m/SIMAUSDT-1m-2025-01-01.zip');
    expect(kline).toMatch(
      /^1735689600000000,(\d+\.\d{8},){5}1735689659999999,\d+\.\d{8},\d+,\d+\.\d{8},\d+\.\d{8},0$/,
    );
  });

  test('first ids are 0 on spot and 1 on um', async () => {
    const spot = await simulate('first-spot', {
      market: 'spot',
      range: parseRange('2017-08-01', '2017-08-01'),
    });
    const um = await simulate('first-um', { range: parseRange('2019-09-01', '2019-09-01') });
    const idsOf = async (outDir: string, key: string): Promise<string> =>
      (await linesOf(outDir, key))[0]?.split(',')[0] ?? '';
    expect(
      await idsOf(spot.outDir, 'data/spot/daily/aggTrades/SIMAUSDT/SIMAUSDT-aggTrades-2017-08-01.zip'),
    ).toBe('0');
    expect(
      await idsOf(um.outDir, 'data/futures/um/daily/aggTrades/SIMAUSDT/SIMAUSDT-aggTrades-2019-09-01.zip'),
    ).toBe('1');
  });

  test('a cheap symbol has prices in scientific notation, a cm one whole contracts', async () => {
    const cheap = await simulate('cheap', {
      symbols: ['SIMCUSDT'],
      range: parseRange('2024-02-01', '2024-02-01'),
    });
    const lines = await linesOf(
      cheap.outDir,
      'data/futures/um/daily/aggTrades/SIMCUSDT/SIMCUSDT-aggTrades-2024-02-01.zip',
    );
    for (const line of lines) expect(line).toMatch(/^\d+,\d\.\d+E-4,\d+\.\d+(E\d)?,/);
    const cm = await simulate('contracts', { market: 'cm', range: parseRange('2024-02-01', '2024-02-01') });
    const contracts = await linesOf(
      cm.outDir,
      'data/futures/cm/daily/aggTrades/BTCUSD_PERP/BTCUSD_PERP-aggTrades-2024-02-01.zip',
    );
    for (const line of contracts) expect(line).toMatch(/^\d+,\d+\.\d,\d+,\d+,\d+,\d{13},(true|false)$/);
  });
});

describe('the ticks', () => {
  test('look like a market: whales and retail, shared milliseconds, quiet minutes, runs of sides, gaps between fills', async () => {
    const { outDir } = await simulate('market', {
      ticksPerMonth: 40_000,
      sources: ['aggTrades'],
      daily: false,
    });
    const rows = (
      await linesOf(outDir, 'data/futures/um/monthly/aggTrades/SIMAUSDT/SIMAUSDT-aggTrades-2024-02.zip')
    ).map((line) => line.split(','));
    const share = (holds: (row: string[], before: string[]) => boolean): number =>
      rows.slice(1).filter((row, i) => holds(row, rows[i] ?? [])).length / (rows.length - 1);
    const usd = (row: string[]): number => Number(row[1]) * Number(row[2]);
    expect(share((row) => usd(row) > 50_000)).toBeGreaterThan(0.001);
    expect(share((row) => usd(row) < 1_000)).toBeGreaterThan(0.5);
    expect(share((row, before) => row[5] === before[5])).toBeGreaterThan(0.05);
    expect(share((row, before) => row[6] === before[6])).toBeGreaterThan(0.6);
    expect(share((row) => row[6] === 'true')).toBeGreaterThan(0.3);
    expect(share((row) => row[6] === 'true')).toBeLessThan(0.7);
    expect(share((row, before) => Number(row[3]) > Number(before[4]) + 1)).toBeGreaterThan(0.01);
    expect(share((row) => row[3] !== row[4])).toBeGreaterThan(0.2);
    const minutes = new Set(rows.map((row) => Math.floor(Number(row[5]) / 60_000)));
    expect(minutes.size).toBeLessThan(0.7 * 29 * 1440);
    const prices = rows.map((row) => Number(row[1]));
    expect(Math.min(...prices)).toBeGreaterThan(0);
    expect(new Set(prices).size).toBeGreaterThan(1000);
  });
});
