import { describe, expect, it } from 'vitest';
import { FIELDS, type KlineColumns, type LayerGap } from '../../src/audit/index.js';
import { GapFinder } from '../../src/audit/gaps.js';
import type { Market } from '../../src/market/index.js';
import { type MinuteBars, allocateMinuteBars } from '../../src/ticks/minute-bars.js';
import { MINUTE_MS } from '../../src/time/index.js';
import { sampleFacts } from '../layer/sample.js';

const START = Date.UTC(2024, 0, 5);

/** Runs of traded minutes with silences between them, `[minutes, silence]` each; ids go on, one tick a minute. */
function barsOf(
  runs: readonly (readonly [number, number])[],
  own: { skipAgg?: number; skipFill?: number; firstId?: number } = {},
): MinuteBars {
  const minutes: number[] = [];
  let at = 0;
  for (const [traded, silence] of runs) {
    for (let i = 0; i < traded; i++) minutes.push(at++);
    at += silence;
  }
  const bars = allocateMinuteBars(minutes.length);
  const middle = Math.floor(minutes.length / 2);
  minutes.forEach((minute, row) => {
    const c = bars.columns;
    c.minute[row] = START + minute * MINUTE_MS;
    c.trade_count[row] = c.fill_count[row] = 1;
    c.first_agg_id[row] = c.last_agg_id[row] = 500 + row + (row >= middle ? (own.skipAgg ?? 0) : 0);
    c.first_fill_id[row] = c.last_fill_id[row] =
      (own.firstId ?? 900) + row + (row >= middle ? (own.skipFill ?? own.skipAgg ?? 0) : 0);
  });
  return bars;
}

const NO_KLINES = Object.fromEntries(
  ['time', ...FIELDS].map((name) => [name, new Float64Array(0)]),
) as KlineColumns;

function gapsOf(
  bars: MinuteBars,
  own: { market?: Market; isShort?: boolean; lastKline?: { time: number; isQuiet: boolean } } = {},
): ReturnType<GapFinder['finish']> {
  const finder = new GapFinder(own.market ?? 'um');
  finder.add({
    bars,
    facts: { ...sampleFacts(), sources: [], missingPeriods: [] },
    klines: NO_KLINES,
    isWhole: () => true,
    isShort: () => own.isShort === true,
  });
  return finder.finish(own.lastKline ?? null);
}

const kinds = ({ gaps }: { readonly gaps: readonly LayerGap[] }): string[] => gaps.map(({ kind }) => kind);

describe('gaps', () => {
  it('a halt is far longer than the symbol is ever silent', () => {
    const halt = gapsOf(
      barsOf([
        [60, 35],
        [60, 3],
        [60, 2],
        [60, 4],
        [60, 0],
      ]),
    );
    expect(kinds(halt)).toEqual(['halt']);
    expect(halt.gaps[0]).toMatchObject({
      fromMs: START + 60 * MINUTE_MS,
      toMs: START + 95 * MINUTE_MS,
      aggIds: 0,
    });
  });

  it('a symbol that is often silent is not halted', () => {
    expect(
      kinds(
        gapsOf(
          barsOf([
            [60, 33],
            [60, 28],
            [60, 26],
            [60, 25],
            [60, 20],
            [60, 0],
          ]),
        ),
      ),
    ).toEqual([]);
    // Nor one in which hardly anybody trades.
    const rare: [number, number][] = Array.from({ length: 40 }, () => [1, 9]);
    expect(kinds(gapsOf(barsOf([...rare, [1, 25], [1, 0]])))).toEqual([]);
  });

  it('two halts in a month do not hide each other', () => {
    expect(
      kinds(
        gapsOf(
          barsOf([
            [90, 35],
            [90, 30],
            [90, 2],
            [90, 0],
          ]),
        ),
      ),
    ).toEqual(['halt', 'halt']);
  });

  it('missing agg ids are a loss when the klines have more, else ids that were skipped', () => {
    const bars = barsOf([[60, 0]], { skipAgg: 7 });
    expect(kinds(gapsOf(bars, { isShort: true }))).toEqual(['data-loss']);
    expect(kinds(gapsOf(bars))).toEqual(['ids-skipped']);
    expect(gapsOf(bars).gaps[0]).toMatchObject({ aggIds: 7, fills: 7 });
  });

  it('trade ids that are left out while agg ids go on are expected on futures', () => {
    const bars = barsOf([[60, 0]], { skipAgg: 0, skipFill: 4 });
    expect(gapsOf(bars)).toMatchObject({
      gaps: [],
      tradeIds: { inside: 0, between: 4, minutes: 1, isExpected: true },
    });
    expect(gapsOf(bars, { market: 'spot' }).tradeIds.isExpected).toBe(false);
  });

  it('a listing begins with the first id, a delisting ends in klines without volume', () => {
    expect(kinds(gapsOf(barsOf([[60, 0]], { firstId: 1 })))).toEqual(['listing']);
    const bars = barsOf([[60, 0]]);
    const end = START + 180 * MINUTE_MS;
    expect(kinds(gapsOf(bars, { lastKline: { time: end, isQuiet: true } }))).toEqual(['delisting']);
    expect(kinds(gapsOf(bars, { lastKline: { time: end, isQuiet: false } }))).toEqual([]);
    expect(kinds(gapsOf(bars, { lastKline: { time: START + 80 * MINUTE_MS, isQuiet: true } }))).toEqual([]);
  });
});
