import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SimulationReport } from '../../src/simulator/index.js';
import { filesBelow, snapshot, temporaryFolder } from '../cli/run.js';
import { archiveOf, bits, collectRun, eventsOf, layerMonth } from './collecting.js';

const MONTH = '2024-02';
const day = (n: number): string => `${MONTH}-${String(n).padStart(2, '0')}`;
const DAILY = 'data/futures/um/daily/aggTrades';
const MONTHLY = 'data/futures/um/monthly/aggTrades';

let whole: SimulationReport;
let archive = '';
let dailyOnly = '';
let viaMonthly = '';
beforeAll(async () => {
  whole = await archiveOf('2024-02', '2024-02', {
    symbols: ['AAAUSDT', 'LACKUSDT', 'ODDUSDT'],
    defects: [`missing-day-in-monthly:LACKUSDT:${day(12)}`, `monthly-daily-disagree:ODDUSDT:${day(14)}`],
  });
  archive = whole.outDir;
  dailyOnly = join(temporaryFolder(), 'archive');
  cpSync(archive, dailyOnly, { recursive: true });
  rmSync(join(dailyOnly, MONTHLY), { recursive: true });
  viaMonthly = temporaryFolder();
  await collectRun({ archive, dataDir: viaMonthly, symbols: ['AAAUSDT'] });
});

describe('a month', () => {
  it('has the same bits from its monthly object and from its days', async () => {
    const dataDir = temporaryFolder();
    const run = await collectRun({ archive: dailyOnly, dataDir, symbols: ['AAAUSDT'] });
    expect(run.summary).toMatchObject({ exitStatus: 0, objectsMilled: 29, monthsBuilt: 1 });
    const [days, month] = [
      await layerMonth(dataDir, 'AAAUSDT', MONTH),
      await layerMonth(viaMonthly, 'AAAUSDT', MONTH),
    ];
    expect(month.facts.sources.map(({ key }) => key)).toEqual([
      `${MONTHLY}/AAAUSDT/AAAUSDT-aggTrades-${MONTH}.zip`,
    ]);
    expect(days.facts.sources).toHaveLength(29);
    expect(bits(days.bars)).toEqual(bits(month.bars));
  });

  it('assembled over several runs equals one run, without milling a day twice', async () => {
    const [piecewise, atOnce] = [temporaryFolder(), temporaryFolder()];
    const request = { archive: dailyOnly, dataDir: piecewise, symbols: ['AAAUSDT'] };
    const milled: string[] = [];
    for (const [from, to] of [
      [3, 4],
      [7, 7],
      [3, 7],
      [1, 10],
    ] as const) {
      milled.push(...(await collectRun(request, [day(from), day(to)])).milled);
    }
    expect(milled.map((key) => key.slice(-14, -4)).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(day));
    await collectRun({ ...request, dataDir: atOnce }, [day(1), day(10)]);
    expect(snapshot(piecewise)).toEqual(snapshot(atOnce));
  });

  it('remembers why days are missing when later runs ask for others', async () => {
    const holed = join(temporaryFolder(), 'archive');
    cpSync(dailyOnly, holed, { recursive: true });
    rmSync(join(holed, DAILY, 'AAAUSDT', `AAAUSDT-aggTrades-${day(5)}.zip`));
    const dataDir = temporaryFolder();
    await collectRun({ archive: holed, dataDir, symbols: ['AAAUSDT'] }, [day(4), day(6)]);
    await collectRun({ archive: holed, dataDir, symbols: ['AAAUSDT'] }, [day(7), day(8)]);
    const { facts } = await layerMonth(dataDir, 'AAAUSDT', MONTH);
    expect(facts.missingPeriods).toEqual([{ period: day(5), reason: 'not listed' }]);
  });

  it('is compared with its days when the monthly object appears', async () => {
    const dataDir = temporaryFolder();
    await collectRun({ archive: dailyOnly, dataDir, symbols: ['AAAUSDT'] }, [day(1), day(20)]);
    const run = await collectRun({ archive, dataDir, symbols: ['AAAUSDT'] }, [MONTH, MONTH]);
    expect(eventsOf(run, 'month-started')[0]?.reason).toBe(`${MONTH} appeared`);
    expect(run.milled).toEqual([`${MONTHLY}/AAAUSDT/AAAUSDT-aggTrades-${MONTH}.zip`]);
    expect(eventsOf(run, 'month-written')[0]?.notes.join()).toMatch(
      /equals 20 daily ones in all \d+ minutes/,
    );
    const { bars, facts } = await layerMonth(dataDir, 'AAAUSDT', MONTH);
    expect(bits(bars)).toEqual(bits((await layerMonth(viaMonthly, 'AAAUSDT', MONTH)).bars));
    expect(facts.comparison).toMatchObject({ days: 20, minutesDiffering: 0, prefer: null });
    expect(facts.sources).toHaveLength(21);
    const again = await collectRun({ archive, dataDir, symbols: ['AAAUSDT'] }, [MONTH, MONTH]);
    expect(again.summary).toMatchObject({ monthsBuilt: 0, monthsReused: 1, objectsMilled: 0 });
  });

  it('takes whole days that the monthly object lacks from the daily ones', async () => {
    const [dataDir, daysDir] = [temporaryFolder(), temporaryFolder()];
    const run = await collectRun({ archive, dataDir, symbols: ['LACKUSDT'] });
    expect(run.milled).toEqual([
      `${DAILY}/LACKUSDT/LACKUSDT-aggTrades-${day(12)}.zip`,
      `${MONTHLY}/LACKUSDT/LACKUSDT-aggTrades-${MONTH}.zip`,
    ]);
    await collectRun({ archive: dailyOnly, dataDir: daysDir, symbols: ['LACKUSDT'] });
    const { bars, facts } = await layerMonth(dataDir, 'LACKUSDT', MONTH);
    expect(bits(bars)).toEqual(bits((await layerMonth(daysDir, 'LACKUSDT', MONTH)).bars));
    expect(facts.comparison).toMatchObject({ days: 1, minutesOnlyMonthly: 0 });
    expect(facts.comparison?.minutesOnlyDaily).toBe(facts.comparison?.minutesCompared);
  });

  it('takes the minutes with more fills where its objects disagree, or those of --prefer', async () => {
    const dataDir = temporaryFolder();
    await collectRun({ archive: dailyOnly, dataDir, symbols: ['ODDUSDT'] });
    const daily = await layerMonth(dataDir, 'ODDUSDT', MONTH);
    const monthlyDir = temporaryFolder();
    await collectRun({ archive, dataDir: monthlyDir, symbols: ['ODDUSDT'] });
    const monthly = await layerMonth(monthlyDir, 'ODDUSDT', MONTH);
    expect(bits(daily.bars)).not.toEqual(bits(monthly.bars));

    const collected = async (prefer: 'monthly' | 'daily' | null): Promise<string[]> => {
      const run = await collectRun({ archive, dataDir, symbols: ['ODDUSDT'], prefer }, [MONTH, MONTH]);
      return eventsOf(run, 'month-started').map(({ reason }) => reason);
    };
    expect(await collected(null)).toEqual([`${MONTH} appeared`]);
    const merged = await layerMonth(dataDir, 'ODDUSDT', MONTH);
    // Each object lacks rows of its own, so together they have more than either, and every minute the larger count.
    const fills = (bars: typeof merged.bars): Map<number, number> =>
      new Map(Array.from(bars.columns.minute, (minute, i) => [minute, bars.columns.fill_count[i]!]));
    const [byDay, byMonth, best] = [fills(daily.bars), fills(monthly.bars), fills(merged.bars)];
    const minutes = [...new Set([...byDay.keys(), ...byMonth.keys()])].sort((a, b) => a - b);
    expect([...best]).toEqual(
      minutes.map((minute) => [minute, Math.max(byDay.get(minute) ?? 0, byMonth.get(minute) ?? 0)]),
    );
    expect(merged.facts.comparison?.minutesDiffering).toBeGreaterThan(0);

    expect(await collected('monthly')).toEqual(['preferred object was the one with more fills, now monthly']);
    expect(bits((await layerMonth(dataDir, 'ODDUSDT', MONTH)).bars)).toEqual(bits(monthly.bars));
    expect(await collected('daily')).toEqual(['preferred object was monthly, now daily']);
    expect(bits((await layerMonth(dataDir, 'ODDUSDT', MONTH)).bars)).toEqual(bits(daily.bars));
    expect(await collected('daily')).toEqual([]);
  });

  it('is rebuilt with other thresholds, without losing days beyond the request', async () => {
    const dataDir = temporaryFolder();
    const request = { archive: dailyOnly, dataDir, symbols: ['AAAUSDT'] };
    await collectRun(request, [day(1), day(9)]);
    const other = { ...request, thresholds: { whaleUsd: 2000, retailUsd: 500 } };
    const run = await collectRun(other, [day(4), day(5)]);
    expect(eventsOf(run, 'month-started')[0]?.reason).toBe('whale threshold was 50000, now 2000');
    const { facts } = await layerMonth(dataDir, 'AAAUSDT', MONTH);
    expect(facts.sources.map(({ period }) => period)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map(day));
    const fresh = temporaryFolder();
    await collectRun({ ...other, dataDir: fresh }, [day(1), day(9)]);
    const layer = join('binance_aggTrades_1m_parquet', 'AAAUSDT', `${MONTH}.parquet`);
    expect(snapshot(dataDir)[layer]).toBe(snapshot(fresh)[layer]);
  });

  it('keeps a day whose object was replaced by an unusable one, and tries again', async () => {
    const changing = join(temporaryFolder(), 'archive');
    cpSync(join(dailyOnly, DAILY, 'AAAUSDT'), join(changing, DAILY, 'AAAUSDT'), { recursive: true });
    const dataDir = temporaryFolder();
    const request = { archive: changing, dataDir, symbols: ['AAAUSDT'] };
    await collectRun(request, [day(1), day(3)]);
    const before = await layerMonth(dataDir, 'AAAUSDT', MONTH);
    const object = join(changing, DAILY, 'AAAUSDT', `AAAUSDT-aggTrades-${day(2)}.zip`);
    writeFileSync(`${object}.CHECKSUM`, `${'0'.repeat(64)}  ${basename(object)}\n`);
    const run = await collectRun(request, [day(1), day(4)]);
    expect(run.summary).toMatchObject({ exitStatus: 3, objectsFailed: 1, objectsMilled: 1 });
    const after = await layerMonth(dataDir, 'AAAUSDT', MONTH);
    expect(after.facts.sources.map(({ period }) => period)).toEqual([1, 2, 3, 4].map(day));
    expect(after.facts.sources.slice(0, 3)).toEqual(before.facts.sources);
    cpSync(
      join(dailyOnly, DAILY, 'AAAUSDT', `AAAUSDT-aggTrades-${day(2)}.zip.CHECKSUM`),
      `${object}.CHECKSUM`,
    );
    expect((await collectRun(request, [day(1), day(4)])).summary.exitStatus).toBe(0);
  });

  it('leaves everything alone when nothing has changed', async () => {
    const before = snapshot(viaMonthly);
    const run = await collectRun({ archive, dataDir: viaMonthly, symbols: ['AAAUSDT', 'aaausdt'] });
    expect(run.summary).toMatchObject({
      exitStatus: 0,
      symbolsDone: 1,
      monthsBuilt: 0,
      objectsMilled: 0,
      rows: 0,
    });
    expect(eventsOf(run, 'symbol-settled').map(({ status }) => status)).toEqual(['unchanged']);
    expect(snapshot(viaMonthly)).toEqual(before);
    expect(filesBelow(viaMonthly).filter((path) => path.includes('.tmp'))).toEqual([]);
  });
});
