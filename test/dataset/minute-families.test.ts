import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MinuteFamilyColumn, minuteColumns, rvStability } from '../../src/dataset/index.js';
import { volumeBins } from '../../src/dataset/families/volume-by-return.js';
import { newYorkOpening } from '../../src/dataset/new-york.js';
import { DAY_MS, HOUR, HOUR_MS, MINUTE_MS, parseFrequency } from '../../src/time/index.js';
import { T0, gridOf, hour } from './sample.js';

type Bar = readonly number[] | null;
const flat = (price: number, volume: number): readonly number[] => [price, price, price, price, volume];
const repeat = (count: number, bar: Bar): Bar[] => Array.from({ length: count }, () => bar);

/** The first row of an hour of these minutes. */
function first(bars: readonly Bar[], startMs = T0, label = '1h'): Record<MinuteFamilyColumn, number> {
  const { columns } = minuteColumns(gridOf(startMs, bars), parseFrequency(label));
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[0]!])) as Record<
    MinuteFamilyColumn,
    number
  >;
}

describe('a bar in which nothing is traded', () => {
  const row = first(repeat(60, flat(5, 0)));
  it('has prices and sums of 0; what divides by nothing is null', () => {
    const { vwap, vol_1m_cv: cv, rv_per_vol: perVol, up_var_share: up, liq_tail_risk: tail } = row;
    expect([row.open, row.high, row.low, row.close, row.volume, row.quote_volume]).toEqual([
      5, 5, 5, 5, 0, 0,
    ]);
    expect([vwap, cv, perVol, up, row.down_var_share, tail, row.liq_tail_var_share]).toEqual(
      Array(7).fill(NaN),
    );
    expect([row.rv_std_sqrt60, row.rv_l2, row.amihud_abs, row.liq_amihud, row.liq_range_vol_ratio]).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect([row.liq_last_5min_R, row.liq_funding_impact, row.liq_top_of_hour_ratio]).toEqual([NaN, NaN, NaN]);
  });
  it('has a direction of 0 and no shape', () => {
    expect([row.seg_head_logret, row.seg_tail_logret, row.seg_tail_minus_head]).toEqual([0, 0, 0]);
    expect(row.seg_tail_share).toBeNaN();
    expect([row.qrs_beta_close_per_hour, row.qrs_r2_close, row.qrs_close]).toEqual([0, NaN, NaN]);
    expect([row.shape_skew, row.shape_kurt, row.shape_skratio, row.shape_skewVol]).toEqual([
      NaN,
      NaN,
      NaN,
      NaN,
    ]);
    expect([row.corr_pv, row.doc_vol_pdf60, row.doc_skew, row.doc_vol5_ratio]).toEqual([NaN, NaN, NaN, NaN]);
    expect(row.doc_std).toBe(0);
    expect([row.vol_top20_frac, row.vol_top20_logret_sum]).toEqual([1, 0]);
  });
});

describe('momentum', () => {
  it('splits at minute 45, with the last minute before it that is there', () => {
    const bars: Bar[] = [...repeat(40, [10, 20, 10, 20, 1]), ...repeat(5, null), ...repeat(15, flat(80, 1))];
    const row = first(bars);
    expect(row.seg_head_logret).toBeCloseTo(Math.LN2, 12);
    expect(row.seg_tail_logret).toBeCloseTo(2 * Math.LN2, 12);
    expect(row.seg_tail_minus_head).toBeCloseTo(Math.LN2, 12);
    expect(row.seg_tail_share).toBeCloseTo(2 / 3, 12);
  });
  it('counts minute 45 as tail and 44 as head', () => {
    const jumpAt = (minute: number): Bar[] => [
      ...repeat(minute, flat(1, 1)),
      ...repeat(60 - minute, flat(2, 1)),
    ];
    expect(first(jumpAt(44)).seg_tail_logret).toBe(0);
    expect(first(jumpAt(45)).seg_tail_logret).toBeCloseTo(Math.LN2, 12);
  });
  it('has no head when the first trade is late', () => {
    const row = first([...repeat(50, null), ...repeat(10, flat(2, 1))]);
    expect([row.seg_head_logret, row.seg_tail_logret, row.seg_tail_share]).toEqual([NaN, NaN, NaN]);
    expect(row.n_minutes).toBe(10);
  });
  it('is of the first three quarters in bars of other lengths', () => {
    const bars: Bar[] = [...repeat(11, flat(1, 1)), flat(2, 1), ...repeat(3, flat(4, 1))];
    expect(first(bars, T0, '15m').seg_head_logret).toBeCloseTo(Math.LN2, 12);
    const four: Bar[] = [...repeat(180, flat(1, 1)), ...repeat(60, flat(2, 1))];
    expect(first(four, T0, '4h').seg_tail_logret).toBeCloseTo(Math.LN2, 12);
  });
  it('follows a straight line exactly, and needs 3 points for one', () => {
    const line = Array.from({ length: 60 }, (_, i) => flat(Math.exp(0.001 * i), 1));
    const row = first(line);
    expect(row.qrs_beta_close_per_hour).toBeCloseTo(0.06, 12);
    expect(row.qrs_r2_close).toBeCloseTo(1, 10);
    // Of 0, 0, 1 the slope is 1/2 a minute and R² is 3/4.
    const bent = first([flat(1, 1), flat(1, 1), flat(Math.E, 1)]);
    expect(
      [bent.qrs_beta_close_per_hour, bent.qrs_r2_close, bent.qrs_close].map((x) => Math.round(x * 1e9) / 1e9),
    ).toEqual([30, 0.75, 22.5]);
    expect(first(line.slice(0, 2)).qrs_beta_close_per_hour).toBeNaN();
    expect(first(line.slice(0, 3)).qrs_beta_close_per_hour).toBeCloseTo(0.06, 12);
  });
  it('weighs returns by the quote volume of their minute', () => {
    const row = first([flat(1, 3), flat(2, 4), flat(1, 5)]);
    expect(row.amihud_signed).toBeCloseTo(Math.LN2 / 8 - Math.LN2 / 5, 12);
    expect(row.amihud_abs).toBeCloseTo(Math.LN2 / 8 + Math.LN2 / 5, 12);
    // The 80 % quantile of 3, 4, 5 is 4.6.
    expect(row.vol_top20_frac).toBeCloseTo(1 / 3, 12);
    expect(row.vol_top20_logret_sum).toBeCloseTo(-Math.LN2, 12);
  });
});

describe('the opening in New York', () => {
  const date = (text: string): number => Date.parse(`${text}T00:00:00Z`);
  it('is at 14:30 UTC in winter and at 13:30 in summer, from the days that clocks change on', () => {
    const at = (text: string): number => (newYorkOpening(date(text)) - date(text)) / HOUR_MS;
    expect(
      ['2026-01-15', '2026-03-07', '2026-03-08', '2026-07-04', '2026-10-31', '2026-11-01'].map(at),
    ).toEqual([14.5, 14.5, 13.5, 13.5, 13.5, 14.5]);
    // Until 2006 summer time began in April.
    expect(at('2006-03-20')).toBe(14.5);
  });
  it.each([
    ['2026-01-15', 14.5, 15],
    ['2026-07-15', 13.5, 14],
  ])('is measured on %s over 60 minutes, in the bar where they end', (day, opening, endsIn) => {
    const bars = Array.from({ length: 1440 }, (_, i) => {
      const price = i < opening * 60 ? 1 : i < opening * 60 + 59 ? 2 : i === opening * 60 + 59 ? 8 : 16;
      return [price, 16, 1, price, 1];
    });
    const grid = gridOf(date(day), bars);
    const hourly = minuteColumns(grid, HOUR).columns.seg_us_open_60m_logret;
    expect(hourly[endsIn]).toBeCloseTo(2 * Math.LN2, 12);
    expect(hourly.filter((x) => !Number.isNaN(x))).toHaveLength(1);
    const quarters = minuteColumns(grid, parseFrequency('15m')).columns.seg_us_open_60m_logret;
    expect(quarters[(opening + 1) * 4 - 1]).toBeCloseTo(2 * Math.LN2, 12);
    expect(minuteColumns(grid, parseFrequency('1d')).columns.seg_us_open_60m_logret[0]).toBeCloseTo(
      2 * Math.LN2,
      12,
    );
  });
  it('is null when one of the two minutes is missing', () => {
    const without = (minute: number): Bar[] =>
      Array.from({ length: 1440 }, (_, i) => (i === minute ? null : flat(2, 1)));
    for (const minute of [14.5 * 60, 15.5 * 60 - 1]) {
      const column = minuteColumns(gridOf(date('2026-01-15'), without(minute)), HOUR).columns
        .seg_us_open_60m_logret;
      expect(column.every((x) => Number.isNaN(x))).toBe(true);
    }
  });
});

describe('volatility and shape', () => {
  it('divides by n, and tells up from down', () => {
    const row = first([flat(1, 1), flat(Math.E, 3), flat(1, 1), flat(1, 3)]);
    expect(row.up_vol_l2).toBeCloseTo(1, 12);
    expect(row.down_vol_l2).toBeCloseTo(1, 12);
    expect([row.up_var_share, row.down_var_share]).toEqual([0.5, 0.5]);
    expect(row.rv_l2).toBeCloseTo(Math.SQRT2, 12);
    expect(row.rv_std_sqrt60).toBeCloseTo(Math.sqrt(30), 12);
    expect([row.vol_1m_mean, row.vol_1m_std, row.vol_1m_cv]).toEqual([2, 1, 0.5]);
    expect(row.rv_per_vol).toBeCloseTo(Math.sqrt(30) / 2, 12);
  });
  it('leaves damaged minutes out of the statistics and shows them', () => {
    const bars: Bar[] = [
      ...repeat(20, [10, 11, 10, 10, 1]),
      [10, 40, 10, 40, 1000],
      ...repeat(20, [10, 11, 10, 10, 1]),
    ];
    const row = first(bars);
    expect([row.n_minutes, row.n_minutes_kept, row.min_range_ratio_max]).toEqual([41, 40, 4]);
    expect([row.rv_l2, row.vol_1m_mean, row.range_ratio_1m_std, row.log_range_1m_std]).toEqual([0, 1, 0, 0]);
    expect(row.volume).toBe(1040);
    expect(row.amihud_abs).toBeGreaterThan(0);
  });
  it('is stable against its mean over 24 rows, this one included', () => {
    const rv = Float64Array.from({ length: 25 }, (_, row) => (row < 23 ? 1 : 25));
    const stability = rvStability(rv);
    expect(stability.subarray(0, 23).every((x) => Number.isNaN(x))).toBe(true);
    expect([stability[23], stability[24]]).toEqual([25 / 2, 25 / 3]);
    expect(rvStability(new Float64Array(24))[23]).toBeNaN();
  });
  it('has a shape of returns without the first, which is always 0', () => {
    // r of 10, 11 … 18 hundredths is symmetric; a 0 before them would not be.
    let price = 1;
    const row = first(
      Array.from({ length: 10 }, (_, i) => flat((price *= i === 0 ? 1 : Math.exp(0.09 + i / 100)), 1)),
    );
    expect(row.shape_skew).toBeCloseTo(0, 9);
    expect(row.shape_kurt).toBeCloseTo(-1.2, 9);
  });
  it('has a shape from 10 minutes on, of returns without the first', () => {
    const zigzag = (n: number) => Array.from({ length: n }, (_, i) => flat(i % 3 === 0 ? 2 : 1, i));
    expect(first(zigzag(9)).shape_skew).toBeNaN();
    expect(first(zigzag(9)).shape_skewVol).toBeNaN();
    expect(first(zigzag(10)).shape_skew).not.toBeNaN();
    // 0 … 9 are symmetric; their bias-corrected excess kurtosis is -1.2.
    expect(first(zigzag(10)).shape_skewVol).toBeCloseTo(0, 12);
    expect(first(zigzag(10)).shape_kurtVol).toBeCloseTo(-1.2, 12);
  });
});

describe('liquidity', () => {
  it('takes the edges of the bar by their place, not by how many minutes there are', () => {
    const bars: Bar[] = [null, ...repeat(58, flat(1, 1)), null];
    const row = first(bars);
    expect(row.liq_last_5min_R).toBeCloseTo(4 / 58, 12);
    expect(row.liq_funding_impact).toBeCloseTo(8 / 58, 12);
    expect(row.liq_top_of_hour_ratio).toBeCloseTo(9 / 58, 12);
  });
  it('takes the last 10 minutes against all', () => {
    const jumpsAt = (...minutes: number[]): Bar[] => {
      let price = 1;
      return Array.from({ length: 60 }, (_, i) => flat((price *= minutes.includes(i) ? 1.1 : 1), 1));
    };
    expect(first(jumpsAt(49, 50)).liq_tail_var_share).toBeCloseTo(0.5, 9);
    expect(first(jumpsAt(49, 50)).liq_tail_risk).toBeCloseTo(Math.SQRT1_2, 9);
    expect(first(jumpsAt(20)).liq_tail_risk).toBe(0);
  });
  it('adds 10⁻¹² to what the tail is divided by', () => {
    const row = first(
      Array.from({ length: 60 }, (_, i) => flat(1 + (i >= 30 ? 1e-6 : 0) + (i >= 55 ? 1e-6 : 0), 1)),
    );
    expect(row.liq_tail_risk * (row.rv_l2 + 1e-12)).toBeCloseTo(Math.log(1.000002 / 1.000001), 15);
    // Both jumps have r² of 10⁻¹².
    expect(row.liq_tail_var_share).toBeCloseTo(1 / 3, 4);
  });
  it('averages without the first minute', () => {
    const row = first([
      [1, 1, 1, 1, 1],
      [1, 2, 1, 2, 4],
      [2, 2, 1, 1, 2],
    ]);
    expect(row.liq_amihud).toBeCloseTo((Math.LN2 / 4 + Math.LN2 / 2) / 2, 12);
    expect(row.liq_range_vol_ratio).toBeCloseTo((0 + 1 / 4 + 1 / 2) / 3, 12);
    expect(row.liq_spread_std).toBeCloseTo(Math.sqrt((0 + 0.25 + 1) / 3 - 0.25), 12);
    expect(first([flat(1, 1)]).liq_amihud).toBeNaN();
  });
  it('marks the bars of the hours 0, 8 and 16', () => {
    const grid = gridOf(T0, repeat(1440, flat(1, 1)));
    const marked = (label: string) => {
      const { minute, columns } = minuteColumns(grid, parseFrequency(label));
      return [...minute.filter((_, row) => columns.is_funding_hour[row] === 1)].map(
        (t) => ((t - T0) % DAY_MS) / MINUTE_MS,
      );
    };
    expect(marked('1h')).toEqual([0, 480, 960]);
    expect(marked('30m')).toEqual([0, 30, 480, 510, 960, 990]);
    expect(marked('4h')).toEqual([0, 480, 960]);
  });
});

describe('price and volume', () => {
  const bars = (n: number, close: (i: number) => number, volume: (i: number) => number): Bar[] =>
    Array.from({ length: n }, (_, i) => flat(close(i), volume(i)));
  it('correlates what is of the same minute, or of the neighbours', () => {
    const row = first(
      bars(
        30,
        (i) => 100 + ((i * 7) % 11),
        (i) => 100 + (((i - 1) * 7) % 11),
      ),
    );
    // The volume is that of the close before: close and next volume go together.
    expect(row.corr_pvl).toBeCloseTo(1, 9);
    expect(row.corr_pvd).toBeLessThan(0.9);
    const lead = first(
      bars(
        30,
        (i) => 100 + (((i + 10) * 7) % 11),
        (i) => 100 + (((i + 11) * 7) % 11),
      ),
    );
    expect(lead.corr_pvd).toBeCloseTo(1, 9);
    expect(
      first(
        bars(
          20,
          (i) => 1 + i,
          (i) => 5 + 2 * i,
        ),
      ).corr_pv,
    ).toBeCloseTo(1, 12);
  });
  it('needs 10 pairs', () => {
    const row = (n: number) =>
      first(
        bars(
          n,
          (i) => 1 + ((i * 3) % 7),
          (i) => 1 + ((i * 5) % 7),
        ),
      );
    expect([row(9).corr_pv, row(10).corr_prv, row(10).corr_pvd]).toEqual([NaN, NaN, NaN]);
    expect(row(10).corr_pv).not.toBeNaN();
    expect(row(11).corr_prv).not.toBeNaN();
  });
  it('clips changes of volume at 10, also those from 0', () => {
    const volumes = [1, 12, 1, 2, 1, 3, 0, 5, 1, 1, 4, 2];
    const changes = volumes.slice(1).map((v, i) => Math.min(10, v / Math.max(volumes[i]!, 1e-12) - 1));
    expect(changes).toContain(10);
    // Closes that are these changes: they correlate entirely.
    const row = first(
      bars(
        12,
        (i) => (i === 0 ? 20 : 20 + changes[i - 1]!),
        (i) => volumes[i]!,
      ),
    );
    expect(row.corr_pvr).toBeCloseTo(1, 12);
  });
  it('is null when one side does not vary', () => {
    const still = first(
      bars(
        20,
        () => 0.1,
        (i) => 1 + (i % 3),
      ),
    );
    expect([still.corr_pv, still.corr_prv, still.corr_pvr]).toEqual([NaN, NaN, NaN]);
    expect(
      first(
        bars(
          20,
          (i) => 1 + (i % 3),
          () => 0.1,
        ),
      ).corr_pv,
    ).toBeNaN();
  });
});

describe('volume by return', () => {
  it('finds the smallest r at which the share is reached', () => {
    // r of 0, then 1 … 10 hundredths, each with volume 1: 60 % are reached at the sixth.
    const closes = Array.from({ length: 11 }, (_, i) => Math.exp((i * (i + 1)) / 200));
    const row = first([...closes.map((close) => flat(close, 1)), flat(closes.at(-1)!, 0)]);
    expect(row.doc_vol_pdf60).toBeCloseTo(0.06, 9);
    expect([row.doc_vol_pdf70, row.doc_vol_pdf80].map((r) => Math.round(r * 1e9) / 1e9)).toEqual([
      0.07, 0.08,
    ]);
    expect(row.doc_vol_pdf90).toBeCloseTo(0.09, 9);
    const falling = first(closes.map((close) => flat(1 / close, 1)).concat([flat(1 / closes.at(-1)!, 0)]));
    expect(falling.doc_vol_pdf90).toBeCloseTo(-0.02, 9);
    expect(falling.doc_vol_pdf90bi).toBeCloseTo(0.09, 9);
    expect(row.doc_vol_pdf95).toBeCloseTo(0.1, 9);
    expect(first(closes.map((close) => flat(close, 1))).doc_vol_pdf60).toBeNaN();
  });
  it('puts r into 25 equal bins, the largest into the last', () => {
    const steps = [0, ...Array.from({ length: 25 }, (_, i) => (i - 12) / 100)];
    let sum = 0;
    const row = first(steps.map((r, i) => flat(Math.exp((sum += r)), i === 25 ? 76 : 1)));
    // 24 bins of 1 and one of 76: mean 4, variance (24 × 9 + 72²) / 25 = 216.
    expect(row.doc_std).toBeCloseTo(Math.sqrt(216), 9);
    expect(row.doc_vol5_ratio).toBeCloseTo(0.8, 12);
    expect(row.doc_vol10_ratio).toBeCloseTo(0.85, 12);
    expect(row.doc_vol50_ratio).toBeCloseTo(1, 12);
    expect(row.doc_skew).toBeCloseTo((24 * (-3) ** 3 + 72 ** 3) / 25 / 216 ** 1.5, 9);
    expect(row.doc_kurt).toBeCloseTo((24 * 3 ** 4 + 72 ** 4) / 25 / 216 ** 2 - 3, 9);
  });
  it('lets the edges decide where a quotient misses them by a bit', () => {
    const anyExtremes = fc.tuple(
      fc.double({ min: -0.1, max: 0, noNaN: true }),
      fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
    );
    fc.assert(
      fc.property(anyExtremes, fc.integer({ min: 1, max: 24 }), ([smallest, largest], edge) => {
        const step = (largest - smallest) / 25;
        const at = smallest + edge * step;
        const below = at - Math.max(Math.abs(at), 1e-12) * 2 ** -53;
        const bins = volumeBins(
          Float64Array.from([smallest, largest, at, below]),
          Float64Array.from([1, 10, 100, 1000]),
        );
        const wanted = new Float64Array(25);
        wanted[0]! += 1;
        wanted[24]! += 10;
        wanted[edge]! += 100;
        wanted[below < at ? edge - 1 : edge]! += 1000;
        expect(bins).toEqual(wanted);
      }),
      { numRuns: 2000 },
    );
  });
  it('has one bin when there is but one r', () => {
    const row = first(repeat(12, flat(1, 2)));
    expect([row.doc_vol5_ratio, row.doc_vol_pdf60, row.doc_vol_pdf90bi]).toEqual([1, 0, 0]);
    expect(row.doc_std).toBeCloseTo((22 * Math.sqrt(24)) / 25, 12);
    expect(first(repeat(11, flat(1, 2))).doc_std).toBeNaN();
  });
});

it('the exact sums of a bar do not depend on where large volumes are', () => {
  const volumes = [1e16, 1, -1e16].map(Math.abs);
  const of = (order: number[]) => first(order.map((i) => flat(1, volumes[i]!))).volume;
  expect(of([0, 1, 2])).toBe(of([1, 0, 2]));
  expect(hour(1) - hour(0)).toBe(HOUR_MS);
});
