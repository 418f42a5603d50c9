import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/time/index.js';
import { START, type Tick, barsOf, classified, klinesOf, tapeOf, verdicts } from './tape.js';

const MINUTES = 20;

/** Quiet trading: three ticks in each of the first fifteen minutes. */
const QUIET = tapeOf(
  Array.from({ length: 45 }, (_, i) => {
    const minute = Math.floor(i / 3);
    return [
      minute,
      [2, 30, 59.98][i % 3]!,
      1500 + ((i * 7) % 11),
      10 + (i % 5),
      i % 2 === 0 ? 'buy' : 'sell',
      1 + (i % 3),
    ] as const;
  }),
);

const at = (minute: number, nth: number): Tick => QUIET[minute * 3 + nth]!;
const without = (...gone: readonly Tick[]): Tick[] => QUIET.filter((tick) => !gone.includes(tick));
const moved = (tick: Tick, atMs: number): Tick[] =>
  QUIET.map((own) => (own === tick ? { ...own, atMs } : own)).sort(
    (a, b) => a.atMs - b.atMs || a.firstId - b.firstId,
  );
const startOf = (minute: number): number => START + minute * MINUTE_MS;

describe('the classes of differences', () => {
  it('has nothing to say when all agree', () => {
    expect(classified(barsOf(QUIET), klinesOf(QUIET, MINUTES))).toEqual([]);
  });

  it('edge pair: the last trade of a minute is in the next kline', () => {
    const off = classified(barsOf(QUIET), klinesOf(moved(at(4, 2), startOf(5)), MINUTES));
    expect(verdicts(off)).toEqual([
      [4, 'edge-pair'],
      [5, 'edge-pair'],
    ]);
    expect(off.map(({ partner }) => partner)).toEqual([startOf(5), startOf(4)]);
    expect(off[0]!.explanation).toMatch(/traded 20 ms before the edge, is in the kline of 23:55/);
  });

  it('edge pair across the edge of a day and a month', () => {
    // Minute 9 is 23:59 of 31 January.
    const off = classified(barsOf(QUIET), klinesOf(moved(at(9, 2), startOf(10)), MINUTES));
    expect(verdicts(off)).toEqual([
      [9, 'edge-pair'],
      [10, 'edge-pair'],
    ]);
    expect(new Date(off[1]!.minute).toISOString()).toBe('2024-02-01T00:00:00.000Z');
  });

  it('edge pair the other way: the first trade is in the kline before', () => {
    const off = classified(barsOf(QUIET), klinesOf(moved(at(5, 0), startOf(5) - 1), MINUTES));
    expect(verdicts(off)).toEqual([
      [4, 'edge-pair'],
      [5, 'edge-pair'],
    ]);
  });

  it('a chain of trades that moved on, edge after edge', () => {
    const [a, b] = [at(4, 2), at(5, 2)];
    const klines = QUIET.map((tick) =>
      tick === a ? { ...tick, atMs: startOf(5) } : tick === b ? { ...tick, atMs: startOf(6) } : tick,
    ).sort((x, y) => x.atMs - y.atMs);
    expect(verdicts(classified(barsOf(QUIET), klinesOf(klines, MINUTES)))).toEqual([
      [4, 'edge-pair'],
      [5, 'edge-pair'],
      [6, 'edge-pair'],
    ]);
  });

  it('the only trade of a minute moves, and its kline is empty', () => {
    const lonely = QUIET.filter((tick) => tick !== at(4, 0) && tick !== at(4, 1)).map((tick, i) => ({
      ...tick,
      firstId: i,
      lastId: i,
    }));
    const klines = lonely.map((tick) => (tick.atMs === at(4, 2).atMs ? { ...tick, atMs: startOf(5) } : tick));
    expect(verdicts(classified(barsOf(lonely), klinesOf(klines, MINUTES)))).toEqual([
      [4, 'edge-pair'],
      [5, 'edge-pair'],
    ]);
  });

  it('missing fills: ids are left out inside the minute, before it, after it', () => {
    for (const nth of [0, 1, 2]) {
      const off = classified(barsOf(without(at(4, nth))), klinesOf(QUIET, MINUTES));
      expect(verdicts(off)).toEqual([[4, 'missing-fills']]);
      expect(off[0]!.gaps[['before', 'inside', 'after'][nth] as 'before']).toBe(
        at(4, nth).lastId - at(4, nth).firstId + 1,
      );
    }
  });

  it('missing fills: whole minutes in succession, which share one gap', () => {
    const off = classified(barsOf(QUIET.filter((_, i) => i < 12 || i >= 21)), klinesOf(QUIET, MINUTES));
    expect(verdicts(off)).toEqual([
      [4, 'missing-fills'],
      [5, 'missing-fills'],
      [6, 'missing-fills'],
    ]);
    expect(off[0]!.explanation).toContain('The bar is missing as a whole');
  });

  it('missing fills: no more of them than ids in the gap that the minutes share', () => {
    const bars = barsOf(QUIET.filter((_, i) => i < 12 || i >= 21));
    const klines = klinesOf(QUIET, MINUTES);
    klines.count[5]! += 1;
    expect(classified(bars, klines).map((one) => one.class)).toEqual(Array(3).fill('unexplained'));
  });

  it('missing fills: the tape ends early, and no later tick tells the ids', () => {
    const off = classified(barsOf(QUIET.slice(0, 37)), klinesOf(QUIET, MINUTES));
    expect(verdicts(off)).toEqual([
      [12, 'missing-fills'],
      [13, 'missing-fills'],
      [14, 'missing-fills'],
    ]);
  });

  it('missing fills beside an edge pair', () => {
    const klines = klinesOf(moved(at(4, 2), startOf(5)), MINUTES);
    const off = classified(barsOf(without(at(5, 1))), klines);
    expect(verdicts(off)).toEqual([
      [4, 'edge-pair'],
      [5, 'missing-fills'],
    ]);
  });

  it('an edge pair whose first half is hidden: more is missing there than moved on', () => {
    // A large buy of minute 4 is in no tick, and a small one, its last tick, in the kline of minute 5.
    const large: Tick = { ...at(4, 1), tenths: 5000, isBuy: true };
    const last: Tick = { ...at(4, 2), isBuy: true };
    const truth = QUIET.map((tick) => (tick === at(4, 1) ? large : tick === at(4, 2) ? last : tick));
    const klines = klinesOf(
      truth.map((tick) => (tick === last ? { ...tick, atMs: startOf(5) } : tick)),
      MINUTES,
    );
    const off = classified(barsOf(truth.filter((tick) => tick !== large)), klines);
    expect(verdicts(off)).toEqual([
      [4, 'missing-fills'],
      [5, 'edge-pair'],
    ]);
    // Not when the minute before ended long before the edge: then nothing says where it came from.
    const early = truth.map((tick) => (tick === last ? { ...tick, atMs: startOf(4) + 35_000 } : tick));
    const other = classified(barsOf(early.filter((tick) => tick !== large)), klines);
    expect(verdicts(other)[1]).not.toEqual([5, 'edge-pair']);
  });

  it('a trade from far before the edge did not move: the rest is not explained by missing fills', () => {
    // 40 s before the edge, and the next minute lacks a fill besides: the two do not cancel.
    const far = without(at(4, 2)).map((tick, i) => ({ ...tick, firstId: i * 2, lastId: i * 2 }));
    const klines = far
      .map((tick) => (tick.atMs === at(4, 1).atMs ? { ...tick, atMs: startOf(5) } : tick))
      .concat({ ...at(5, 1), atMs: startOf(5) + 1, isBuy: at(4, 1).isBuy })
      .sort((a, b) => a.atMs - b.atMs);
    const off = classified(barsOf(far), klinesOf(klines, MINUTES));
    expect(verdicts(off)).toEqual([
      [4, 'unexplained'],
      [5, 'unexplained'],
    ]);
  });

  it('count only: fewer fills of equal volume, as far as ids within ticks go', () => {
    const klines = klinesOf(QUIET, MINUTES);
    klines.count[4]! -= 1;
    expect(verdicts(classified(barsOf(QUIET), klines))).toEqual([[4, 'count-only']]);
    // Each tick is a fill at least.
    klines.count[4] = 2;
    expect(verdicts(classified(barsOf(QUIET), klines))).toEqual([[4, 'unexplained']]);
  });

  it('kline wrong: more fills than there are ids', () => {
    const klines = klinesOf(QUIET, MINUTES);
    klines.count[4]! += 1;
    const off = classified(barsOf(QUIET), klines);
    expect(verdicts(off)).toEqual([[4, 'kline-wrong']]);
    expect(off[0]!.explanation).toContain('more fills than there are trade ids');
  });

  it('kline wrong: a fill with volume where no id is missing', () => {
    const klines = klinesOf(QUIET, MINUTES);
    klines.count[4]! += 1;
    klines.volume[4]! += 1;
    klines.quote_volume[4]! += 15.03;
    expect(verdicts(classified(barsOf(QUIET), klines))).toEqual([[4, 'kline-wrong']]);
  });

  it('kline wrong: volume without quote', () => {
    const klines = klinesOf(QUIET, MINUTES);
    klines.volume[4]! += 0.1;
    klines.count[4]! += 1;
    expect(verdicts(classified(barsOf(QUIET), klines))).toEqual([[4, 'kline-wrong']]);
  });

  it.each([
    ['its taker-buy volume is above its volume', 'taker_buy_volume', 1e6],
    ['its taker-buy quote volume is above its quote volume', 'taker_buy_quote_volume', 1e6],
    ['its high is below another of its prices', 'high', 1],
    ['its low is above its open or close', 'low', 15.08],
    ['its average price lies outside of low … high', 'quote_volume', 1e6],
    ['its average taker-buy price lies outside of low … high', 'taker_buy_quote_volume', 1e-3],
  ] as const)('kline wrong: %s', (reason, field, value) => {
    const klines = klinesOf(QUIET, MINUTES);
    klines[field][4] = value;
    const off = classified(barsOf(QUIET), klines);
    expect(verdicts(off)).toEqual([[4, 'kline-wrong']]);
    expect(off[0]!.explanation).toBe(`The kline is wrong: ${reason}.`);
  });

  it('kline wrong: monthly and daily klines disagree', () => {
    const klines = klinesOf(moved(at(4, 2), startOf(5)), MINUTES);
    const off = classified(barsOf(QUIET), klines, { isDisputed: (minute) => minute === startOf(5) });
    expect(verdicts(off)).toEqual([
      [4, 'unexplained'],
      [5, 'kline-wrong'],
    ]);
  });

  it('zero quantity: volume is missing and no fill, in an object with such rows', () => {
    const bars = barsOf(QUIET.map((tick) => (tick === at(4, 1) ? { ...tick, tenths: 0 } : tick)));
    const klines = klinesOf(QUIET, MINUTES);
    expect(verdicts(classified(bars, klines, { hasZeroQuantity: () => true }))).toEqual([
      [4, 'zero-quantity'],
    ]);
    expect(verdicts(classified(bars, klines))).toEqual([[4, 'unexplained']]);
    // A fill that is missing is no row of quantity 0.
    const lacking = barsOf(without(at(4, 1)));
    expect(verdicts(classified(lacking, klines, { hasZeroQuantity: () => true }))).toEqual([
      [4, 'missing-fills'],
    ]);
  });

  it('unexplained: ticks that are in no kline, and a price that nothing explains', () => {
    expect(verdicts(classified(barsOf(QUIET), klinesOf(without(at(4, 1)), MINUTES)))).toEqual([
      [4, 'unexplained'],
    ]);
    const klines = klinesOf(QUIET, MINUTES);
    const [low, high, open] = [klines.low[4]!, klines.high[4]!, klines.open[4]!];
    klines.open[4] = open === low ? high : low;
    expect(verdicts(classified(barsOf(QUIET), klines))).toEqual([[4, 'unexplained']]);
  });

  it('known defect: what nothing explains, in an object that is known to be bad', () => {
    const off = classified(barsOf(QUIET), klinesOf(without(at(4, 1)), MINUTES), {
      knownDefect: () => 'rows were lost (#1); nothing helps',
    });
    expect(verdicts(off)).toEqual([[4, 'known-defect']]);
    expect(off[0]!.explanation).toBe('Rows were lost (#1); nothing helps.');
  });

  it('does not see missing ids across days that were not milled', () => {
    const bars = barsOf(without(at(4, 2)));
    const klines = klinesOf(QUIET, MINUTES);
    const isWhole = (from: number, to: number): boolean => !(from <= startOf(4) && to >= startOf(5));
    expect(verdicts(classified(bars, klines, { isWhole }))).toEqual([[4, 'unexplained']]);
  });

  it('compares volumes to their last printed decimal, and nothing beyond', () => {
    const klines = klinesOf(QUIET, MINUTES);
    klines.quote_volume[4]! *= 1 + 2 ** -51;
    expect(classified(barsOf(QUIET), klines)).toEqual([]);
    klines.quote_volume[4]! += 0.001;
    expect(classified(barsOf(QUIET), klines)).toHaveLength(1);
    klines.quote_volume[4]! -= 0.001 - 5e-8;
    expect(classified(barsOf(QUIET), klines)).toHaveLength(1);
    expect(classified(barsOf(QUIET), klines, { market: 'spot' })).toEqual([]);
  });
});
