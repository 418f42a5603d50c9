import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { simulateArchive, type SimulationReport, type SimulationRequest } from '../../src/simulator/index.js';
import { parseRange } from '../../src/time/index.js';
import { linesOf, temporaryFolder } from './read-tree.js';

const folder = await temporaryFolder();

async function simulate(name: string, request: Partial<SimulationRequest>) {
  const outDir = join(folder, name);
  const range = parseRange('2024-02', '2024-03');
  const report = await simulateArchive({
    outDir,
    symbols: 1,
    range,
    ticksPerMonth: 3000,
    seed: 7,
    ...request,
  });
  return { outDir, report };
}

const periods = (report: SimulationReport, type: string, cadence: 'daily' | 'monthly'): string[] =>
  report.objects
    .filter((object) => (object.interval ?? object.dataType) === type && object.cadence === cadence)
    .map((object) => object.period);

async function cells(outDir: string, report: SimulationReport, type: string): Promise<number[][]> {
  const objects = report.objects.filter(
    (object) => (object.interval ?? object.dataType) === type && object.cadence === 'daily',
  );
  return (await Promise.all(objects.map((object) => linesOf(outDir, object.key))))
    .flat()
    .map((line) => line.split(',').map(Number));
}

const at = (row: number[] | undefined, index: number): number => row?.[index] ?? NaN;

function expectGapless(rows: readonly number[][]): void {
  for (const [i, row] of rows.slice(1).entries()) expect(at(row, 0)).toBe(at(rows[i], 0) + 1);
}

describe('the life of a symbol', () => {
  test('halt: ids go on, time jumps, klines repeat the close', async () => {
    const { outDir, report } = await simulate('halt', {
      ticksPerMonth: 100_000,
      range: parseRange('2024-02-10', '2024-02-12'),
      sources: ['aggTrades', 'klines'],
      defects: [{ kind: 'halt', period: '2024-02-11' }],
    });
    const { fromMs = NaN, toMs = NaN } = report.planted[0] ?? {};
    expect([fromMs, toMs]).toEqual([Date.UTC(2024, 1, 11, 16, 39), Date.UTC(2024, 1, 11, 17, 14)]);
    const rows = await cells(outDir, report, 'aggTrades');
    expectGapless(rows);
    expect(rows.filter((row) => at(row, 5) >= fromMs && at(row, 5) < toMs)).toEqual([]);
    const still = (await cells(outDir, report, '1m')).filter(
      (row) => at(row, 0) >= fromMs && at(row, 0) < toMs,
    );
    expect(still.length).toBe(35);
    expect(new Set(still.map((row) => `${at(row, 1)} ${at(row, 4)} ${at(row, 8)}`)).size).toBe(1);
    expect(at(still[0], 8)).toBe(0);
  });

  test('late-listing: nothing before, ids from 1, klines from the first minute', async () => {
    const { outDir, report } = await simulate('late', {
      range: parseRange('2024-02-27', '2024-03'),
      defects: [{ kind: 'late-listing', period: '2024-03-22' }],
    });
    const listedMs = Date.UTC(2024, 2, 22, 7);
    expect(report.planted[0]).toMatchObject({ fromMs: listedMs });
    for (const type of ['aggTrades', '1m', '1h', 'metrics'])
      expect(periods(report, type, 'daily')[0]).toBe('2024-03-22');
    for (const type of ['aggTrades', '1m', 'fundingRate'])
      expect(periods(report, type, 'monthly')).toEqual(['2024-03']);
    const rows = await cells(outDir, report, 'aggTrades');
    expect(rows[0]?.slice(0, 1)).toEqual([1]);
    expect(at(rows[0], 3)).toBeLessThan(10);
    expect(at(rows[0], 5)).toBeGreaterThanOrEqual(listedMs);
    expectGapless(rows);
    const [kline] = await cells(outDir, report, '1m');
    expect(at(kline, 0)).toBe(Math.floor(at(rows[0], 5) / 60_000) * 60_000);
    const [funding] = await linesOf(
      outDir,
      'data/futures/um/monthly/fundingRate/SIMAUSDT/SIMAUSDT-fundingRate-2024-03.zip',
    );
    expect(Number(funding?.split(',')[0])).toBeGreaterThanOrEqual(listedMs);
  });

  test('delisting: no more ticks, but klines of zero volume, and made-up funding on request', async () => {
    const { outDir, report } = await simulate('delisted', {
      range: parseRange('2024-02', '2024-02'),
      defects: [
        { kind: 'delisting', period: '2024-02-20' },
        { kind: 'funding-after-delisting', period: '2024-02' },
      ],
    });
    const delistedMs = Date.UTC(2024, 1, 20, 9);
    for (const type of ['aggTrades', 'metrics'])
      expect(periods(report, type, 'daily').at(-1)).toBe('2024-02-20');
    expect(periods(report, 'aggTrades', 'monthly')).toEqual(['2024-02']);
    expect(periods(report, '1m', 'daily').at(-1)).toBe('2024-02-29');
    const rows = await cells(outDir, report, 'aggTrades');
    expect(at(rows.at(-1), 5)).toBeLessThan(delistedMs);
    const after = (await cells(outDir, report, '1m')).filter((row) => at(row, 0) >= delistedMs);
    expect(after.length).toBe(15 * 60 + 9 * 1440);
    for (const row of after)
      expect(row.slice(1, 6).concat(at(row, 8))).toEqual([
        ...Array<number>(4).fill(at(rows.at(-1), 1)),
        0,
        0,
      ]);
    const funding = (name: string): Promise<string[]> =>
      linesOf(outDir, `data/futures/um/monthly/fundingRate/SIMAUSDT/SIMAUSDT-fundingRate-${name}.zip`);
    const fake = (await funding('2024-02')).filter((line) => Number(line.split(',')[0]) > delistedMs);
    expect(fake.every((line) => line.endsWith(',8,0.00010000'))).toBe(true);
    expect(report.planted[1]?.objects[0]?.changed).toEqual({ fakeRows: fake.length });
    expect(periods(report, 'fundingRate', 'monthly')).toEqual(['2024-02']);
  });

  test('re-listing-gap: three days without any object, ids go on', async () => {
    const defects = [{ kind: 're-listing-gap', period: '2024-02-28' }];
    const few = await simulate('relisted-days', { range: parseRange('2024-02-26', '2024-03-03'), defects });
    for (const type of ['aggTrades', '1m', '1h', 'metrics']) {
      expect(periods(few.report, type, 'daily')).toEqual([
        '2024-02-26',
        '2024-02-27',
        '2024-03-02',
        '2024-03-03',
      ]);
    }
    const { outDir, report } = await simulate('relisted', { sources: ['aggTrades'], defects });
    expect(periods(report, 'aggTrades', 'monthly')).toEqual(['2024-02', '2024-03']);
    const rows = await cells(outDir, report, 'aggTrades');
    expectGapless(rows);
    expect(report.ticks).toBe(rows.length);
  });
});
