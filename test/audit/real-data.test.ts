import { beforeAll, describe, expect, it } from 'vitest';
import { LocalArchive } from '../../src/archive/index.js';
import {
  type AuditReport,
  FLAG,
  explainMinute,
  explainedShare,
  monthAtHand,
  offCount,
  qualityPath,
  readQualityPerBar,
  MINUTES_OFF_TABLE,
  OBJECTS_TABLE,
  seriesAtHand,
} from '../../src/audit/index.js';
import { queryFile } from './duck.js';
import { sourceSeries } from '../../src/sources/index.js';
import { HOUR, HOUR_MS, daysBetween, parsePeriod, parseRange } from '../../src/time/index.js';
import { temporaryFolder } from '../cli/run.js';
import { collectRun } from '../collect/collecting.js';
import { HAS_SHARED, SHARED, audited, classesOf, symbolOf } from './auditing.js';

const SYMBOLS = ['ALPINEUSDT', 'BOMEUSDT', 'BSVUSDT', 'RLCUSDT', 'SOLUSDT'];
const at = (text: string): number => Date.parse(`${text}:00Z`);

describe.skipIf(!HAS_SHARED)('real objects', () => {
  const tree = { dataDir: '', archive: SHARED };
  let report: AuditReport;

  beforeAll(async () => {
    tree.dataDir = temporaryFolder();
    await collectRun({ archive: SHARED, dataDir: tree.dataDir, symbols: SYMBOLS });
    report = await audited(tree, SYMBOLS);
  });

  it('RLCUSDT of 04-13 … 04-16 and ALPINEUSDT are exact in every minute and field', async () => {
    const range = parseRange('2026-04-13', '2026-04-16');
    const week = symbolOf(await audited(tree, ['RLCUSDT'], { range }), 'RLCUSDT');
    expect(week.totals.compared).toBe(4 * 1440);
    expect(week.totals.exact).toBe(4 * 1440);
    const alpine = symbolOf(report, 'ALPINEUSDT');
    expect(alpine.totals).toMatchObject({
      compared: 2 * 1440,
      exact: 2 * 1440,
      worstHour: null,
      worstDay: null,
    });
  });

  it('almost all minutes are exact, and every other one has a named class', () => {
    const { totals } = report;
    expect(totals.compared).toBe(27 * 1440);
    expect(totals.exact / totals.compared).toBeGreaterThan(0.99);
    const share = explainedShare(totals);
    console.log(
      `${offCount(totals)} minutes differ, ${(share * 100).toFixed(2)} % of them in a named class`,
      totals.off,
    );
    expect(share).toBeGreaterThanOrEqual(0.97);
    expect(totals.off).toEqual({
      'edge-pair': 85,
      'missing-fills': 45,
      'count-only': 210,
      'kline-wrong': 0,
      'zero-quantity': 0,
      'known-defect': 0,
      unexplained: 0,
    });
    expect(report.exitStatus).toBe(0);
  });

  it('names the fill of 4,625.4 BSV that aggTrades lack, down to its id', async () => {
    const minute = at('2026-04-13T22:13');
    const off = symbolOf(report, 'BSVUSDT').off.find((one) => one.minute === minute)!;
    expect(off.class).toBe('missing-fills');
    expect(off.fills).toBe(1);
    expect(off.gaps.inside).toBe(1);
    expect(off.explanation).toContain('4,625.4 (70,121.064 quote) of the kline is in no aggTrade, 1 fill');
    const explanation = await explainMinute({
      ...{ dataDir: tree.dataDir, market: 'um', symbol: 'BSVUSDT', startMs: minute, frequency: null },
      ...{ formulasOf: HOUR, archive: new LocalArchive(SHARED), withRows: true },
    });
    expect(explanation.rows![0]!.missingTradeIds).toEqual([[102946076, 102946076]]);
    expect(explanation.rows![0]!.lines).toHaveLength(34);
    expect(explanation.columns).toHaveLength(28);
  });

  it('recognises edge pairs, each beside its other half and next to the edge', () => {
    for (const { off } of report.symbols) {
      const pairs = off.filter((one) => one.class === 'edge-pair');
      for (const { partner } of pairs) {
        expect(off.some(({ minute, class: name }) => minute === partner && name !== 'unexplained')).toBe(
          true,
        );
      }
    }
    expect(classesOf(symbolOf(report, 'BSVUSDT'))).toEqual({ 'edge-pair': 20, 'missing-fills': 18 });
  });

  it('audits one day as it audits it among others', async () => {
    const range = parseRange('2026-04-10', '2026-04-10');
    const day = symbolOf(await audited(tree, ['BSVUSDT'], { range }), 'BSVUSDT');
    expect(day.days.map((one) => one.day)).toEqual(['2026-04-10']);
    expect(classesOf(day)).toEqual({ 'edge-pair': 2, 'missing-fills': 2 });
  });

  it('sees no gap of ids but those that are normal on futures', () => {
    for (const { gaps, tradeIdGaps } of report.symbols) {
      expect(gaps).toEqual([]);
      expect(tradeIdGaps.isExpected).toBe(true);
    }
    expect(symbolOf(report, 'SOLUSDT').tradeIdGaps.inside).toBeGreaterThan(7000);
  });

  it('compares the taker ratio of metrics once they are collected', async () => {
    const series = seriesAtHand(
      tree.dataDir,
      sourceSeries({ market: 'um', dataType: 'metrics', symbol: 'RLCUSDT' }),
      new LocalArchive(SHARED),
    );
    const { startMs, endMs } = parseRange('2026-04-13', '2026-04-19');
    await monthAtHand(series, parsePeriod('2026-04'), daysBetween(startMs, endMs));
    const { takerRatio, objects } = symbolOf(await audited(tree, ['RLCUSDT']), 'RLCUSDT');
    expect(takerRatio!.quote.compared).toBe(7 * 288);
    // Of quote volumes, not of base volumes; trades at the edges make the rest.
    expect(takerRatio!.quote.equal / takerRatio!.quote.compared).toBeGreaterThan(0.94);
    expect(takerRatio!.base.equal).toBeLessThan(20);
    expect(objects.filter((row) => row['data_type'] === 'metrics')).toHaveLength(7);
  });

  it('keeps a ledger that DuckDB reads, the same after a second audit', async () => {
    const objects = await queryFile(
      qualityPath(tree.dataDir, OBJECTS_TABLE),
      "SELECT data_type, count(*), sum(rows)::BIGINT, count(DISTINCT sha256) FROM t WHERE data_type <> 'metrics' GROUP BY ALL ORDER BY ALL",
    );
    expect(objects).toEqual([
      ['aggTrades', 27n, 682327n, 27n],
      ['klines', 27n, 38880n, 27n],
    ]);
    const count = 'SELECT class, count(*) FROM t GROUP BY ALL ORDER BY ALL';
    const minutes = await queryFile(qualityPath(tree.dataDir, MINUTES_OFF_TABLE), count);
    expect(minutes).toEqual([
      ['count-only', 210n],
      ['edge-pair', 85n],
      ['missing-fills', 45n],
    ]);
    await audited(tree, ['BSVUSDT'], { range: parseRange('2026-04-13', '2026-04-13') });
    expect(await queryFile(qualityPath(tree.dataDir, MINUTES_OFF_TABLE), count)).toEqual(minutes);
  });

  it('says of each bar how much of it is proved', async () => {
    const hours = Float64Array.from([
      at('2026-04-12T22:00'),
      at('2026-04-13T22:00'),
      at('2026-04-13T23:00'),
      at('2026-04-20T00:00'),
    ]);
    const quality = await readQualityPerBar(tree.dataDir, 'um', 'BSVUSDT', hours, { lengthMs: HOUR_MS });
    expect([...quality.dq_exact_share]).toEqual([1, 59 / 60, 59 / 60, NaN]);
    expect([...quality.dq_flags]).toEqual([
      0,
      FLAG['missing-fills'],
      FLAG['missing-fills'],
      FLAG['not-audited'],
    ]);
  });
});
