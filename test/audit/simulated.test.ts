import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditReport, GapKind } from '../../src/audit/index.js';
import type { Market } from '../../src/market/index.js';
import { type Simulated, audited, classesOf, simulated, symbolOf } from './auditing.js';

/** Every kind of planted defect that touches ticks or klines, in a symbol of its own: the classes that come of it. */
const EXPECTED: Readonly<
  Record<string, { readonly classes: readonly string[]; readonly gap?: GapKind; readonly status?: number }>
> = {
  'edge-pair': { classes: ['edge-pair'] },
  'consecutive-duplicates': { classes: [] },
  'shuffled-rows': { classes: [] },
  'neighbour-day-rows': { classes: [] },
  'conflicting-id': { classes: [], gap: 'ids-skipped' },
  'zero-quantity': { classes: ['zero-quantity'] },
  // Sentinels carry their agg_trade_id, but the trade it stood for is lost.
  sentinel: { classes: ['missing-fills'], gap: 'data-loss' },
  'truncated-day': { classes: ['missing-fills'], gap: 'data-loss' },
  'missing-ids': { classes: ['missing-fills'], gap: 'data-loss' },
  'missing-fills': { classes: ['missing-fills'] },
  halt: { classes: [], gap: 'halt' },
  'late-listing': { classes: [], gap: 'listing' },
  delisting: { classes: [], gap: 'delisting' },
  'missing-day': { classes: [], gap: 'not-collected' },
  're-listing-gap': { classes: [], gap: 'not-collected' },
  'corrupt-zip': { classes: [], gap: 'not-collected' },
  'kline-wrong': { classes: ['kline-wrong'] },
  'kline-missing-rows': { classes: [], status: 3 },
  'kline-header-flipped': { classes: [] },
};

const DAY = '2024-01-04';
const RANGE = ['2024-01-02', '2024-01-08'] as const;
const kinds = Object.keys(EXPECTED);
const symbolFor = (kind: string): string => `D${kind.replaceAll('-', '').toUpperCase()}USDT`;

describe('planted defects', () => {
  let report: AuditReport;
  let tree: Simulated;

  beforeAll(async () => {
    const symbols = kinds.map(symbolFor);
    tree = await simulated({
      symbols,
      range: RANGE,
      defects: kinds.map((kind) => `${kind}:${symbolFor(kind)}:${DAY}`),
    });
    report = await audited(tree, symbols);
  });

  it.each(kinds)('%s', (kind) => {
    const { classes, gap, status = 0 } = EXPECTED[kind]!;
    const audit = symbolOf(report, symbolFor(kind));
    expect(Object.keys(classesOf(audit)).sort()).toEqual([...classes].sort());
    for (const { minute } of audit.off) expect(new Date(minute).toISOString().slice(0, 10)).toBe(DAY);
    const kindsOfGaps = audit.gaps.map((one) => one.kind);
    if (gap === undefined) expect(kindsOfGaps).toEqual([]);
    else expect(kindsOfGaps).toContain(gap);
    expect(new Set(kindsOfGaps).size).toBeLessThanOrEqual(1);
    expect(audit.totals.withoutKline > 0 ? 3 : 0).toBe(status);
  });

  it('finds as much as was planted', () => {
    const planted = (kind: string): Readonly<Record<string, number>> => {
      const defect = tree.truth.planted.find((one) => one.kind === kind)!;
      return Object.values(defect.objects)[0]!.changed;
    };
    const off = (kind: string): readonly { fills: number; class: string }[] =>
      symbolOf(report, symbolFor(kind)).off;
    const fills = (kind: string): number => off(kind).reduce((sum, one) => sum + one.fills, 0);
    expect(off('edge-pair')).toHaveLength(planted('edge-pair')['pairs']! * 2);
    expect(fills('missing-fills')).toBe(planted('missing-fills')['fillsLost']);
    expect(fills('missing-ids')).toBe(planted('missing-ids')['fillsLost']);
    expect(fills('truncated-day')).toBe(planted('truncated-day')['fillsLost']);
    expect(fills('sentinel')).toBe(planted('sentinel')['fillsLost']);
    expect(off('kline-wrong')).toHaveLength(1);
    expect(symbolOf(report, symbolFor('kline-missing-rows')).totals.withoutKline).toBe(10);
  });

  it('tells a halt by its minutes and a loss by its ids', () => {
    const [halt] = symbolOf(report, symbolFor('halt')).gaps;
    const day = Date.parse(`${DAY}T00:00:00Z`);
    expect(halt!.fromMs).toBeGreaterThanOrEqual(day + (16 * 60 + 30) * 60_000);
    expect(halt!.toMs).toBeGreaterThanOrEqual(day + (17 * 60 + 14) * 60_000);
    const lost = symbolOf(report, symbolFor('missing-ids')).gaps.reduce((sum, gap) => sum + gap.aggIds, 0);
    expect(lost).toBe(
      Object.values(tree.truth.planted.find((one) => one.kind === 'missing-ids')!.objects)[0]!.changed[
        'missingAggIds'
      ],
    );
  });

  it('ends with 3 when klines are missing and with 0 when all is explained', async () => {
    expect(report.exitStatus).toBe(3);
    const explained = kinds.filter((kind) => EXPECTED[kind]!.status === undefined).map(symbolFor);
    expect((await audited(tree, explained)).exitStatus).toBe(0);
    expect((await audited(tree, [symbolFor('edge-pair')], { archive: null })).exitStatus).toBe(0);
  });
});

describe('monthly objects', () => {
  it('finds a month whose objects disagree, and pairs across its edge', async () => {
    const tree = await simulated({
      symbols: ['SIMAUSDT', 'SIMBUSDT'],
      range: ['2024-01-01', '2024-02-29'],
      ticksPerMonth: 8000,
      defects: ['kline-wrong:SIMAUSDT:2024-01', 'edge-pair:SIMBUSDT:2024-01-31'],
    });
    const report = await audited(tree, ['SIMAUSDT', 'SIMBUSDT']);
    expect(classesOf(symbolOf(report, 'SIMAUSDT'))).toEqual({ 'kline-wrong': 1 });
    expect(Object.keys(classesOf(symbolOf(report, 'SIMBUSDT')))).toEqual(['edge-pair']);
    expect(symbolOf(report, 'SIMBUSDT').klineObjectsRead).toBe(2);
    const again = await audited(tree, ['SIMAUSDT', 'SIMBUSDT']);
    expect(symbolOf(again, 'SIMBUSDT').klineObjectsRead).toBe(0);
    expect(again.totals).toEqual(report.totals);
  });
});

describe('a clean archive', () => {
  it.each(['um', 'cm', 'spot'] as const)('gives no alarm: %s', async (market: Market) => {
    const symbols = market === 'cm' ? ['BTCUSD_PERP', 'SIMBUSD_PERP'] : ['SIMAUSDT', 'SIMCUSDT', 'SIMHUSDT'];
    const tree = await simulated({
      symbols,
      market,
      range: ['2024-01-30', '2024-02-04'],
      ticksPerMonth: 40_000,
      sources: market === 'spot' ? ['aggTrades', 'klines'] : ['aggTrades', 'klines', 'metrics'],
    });
    const report = await audited(tree, symbols, { market });
    expect(report.exitStatus).toBe(0);
    for (const audit of report.symbols) {
      expect(classesOf(audit)).toEqual({});
      expect(audit.totals.exact).toBe(6 * 1440);
      expect(audit.totals.withoutKline).toBe(0);
      expect(audit.gaps).toEqual([]);
      expect(audit.totals.worstDay).toBeNull();
      // Klines of an hour are there too, and are the sum of their minutes.
      expect(audit.hours!.compared).toBe(6 * 24);
      expect(audit.hours!.equal).toBe(6 * 24);
    }
  });
});
