import { describe, expect, it } from 'vitest';
import {
  DUMP_VALUES,
  dumpColumns,
  fundingColumns,
  openInterestColumns,
  tickerColumns,
  timeColumns,
  triadColumns,
} from '../../src/dataset/index.js';
import { HOUR_MS, MINUTE_MS } from '../../src/time/index.js';
import { column, hour, hours } from './sample.js';

const list = (values: Float64Array): number[] => [...values];

describe('funding, by hand', () => {
  const source = {
    availableAt: column(hour(0), hour(8), hour(12)),
    columns: { last_funding_rate: column(0.0001, -0.0003, 0.0002), funding_interval_hours: column(8, 4, 4) },
  };
  // Ends at hours 0, 1, 8, 9, 13 and 37.
  const f = fundingColumns(hours(-2, -1, 0, 7, 8, 12, 36), source);

  it('is that of the last settlement, the one at the end of the bar included', () => {
    expect(list(f.funding_rate)).toEqual([NaN, 0.0001, 0.0001, -0.0003, -0.0003, 0.0002, NaN]);
    expect(list(f.funding_interval_hours)).toEqual([NaN, 8, 8, 4, 4, 4, NaN]);
    expect(list(f.funding_age_s)).toEqual([NaN, 0, 3600, 0, 3600, 3600, NaN]);
  });

  it('is annualized by its own interval', () => {
    expect(f.funding_annualized[1]).toBeCloseTo(0.0001 * 3 * 365, 12);
    expect(f.funding_annualized[3]).toBeCloseTo(-0.0003 * 6 * 365, 12);
    expect(list(f.arb_pressure)).toEqual([NaN, 0, 0, 1, 1, 1, NaN]);
  });

  it('changes against the previous row, null where either is', () => {
    expect(list(f.funding_delta).map((x) => Math.round(x * 1e6) / 1e6)).toEqual([
      NaN,
      NaN,
      0,
      -0.0004,
      0,
      0.0005,
      NaN,
    ]);
  });

  it('has no change in the first row', () => {
    expect(list(fundingColumns(hours(0, 1), source).funding_delta)).toEqual([NaN, 0]);
  });

  it('counts the hours to the next settlement, whole at a settlement', () => {
    expect(list(f.hours_to_funding)).toEqual([NaN, 8, 7, 4, 3, 3, NaN]);
    const overdue = fundingColumns(hours(8), { ...source, availableAt: column(hour(0), hour(99), hour(99)) });
    expect(overdue.hours_to_funding[0]).toBe(7);
  });

  it('stays 24 hours and no longer', () => {
    const aged = fundingColumns(hours(35, 36), source);
    expect(list(aged.funding_rate)).toEqual([0.0002, NaN]);
    expect(list(aged.funding_age_s)).toEqual([86_400, NaN]);
  });

  it('has no pressure at exactly 30 %', () => {
    const rate = 0.3 / 3 / 365;
    const edge = fundingColumns(hours(0), {
      availableAt: column(hour(0)),
      columns: { last_funding_rate: column(rate), funding_interval_hours: column(8) },
    });
    expect(edge.funding_annualized[0]).toBe(0.3);
    expect(edge.arb_pressure[0]).toBe(0);
  });
});

describe('the price triad, by hand', () => {
  const close = column(101, 99, 100);
  const at = (...values: (number | null)[]) => ({
    availableAt: column(hour(1), hour(2) - 5 * MINUTE_MS, hour(3) - 6 * MINUTE_MS),
    columns: { close: column(...values) },
  });
  const t = triadColumns(hours(0, 1, 2), close, {
    mark: at(1, 2, 3),
    index: at(100, 110, 120),
    premium: null,
  });

  it('has what was known in the last 5 minutes', () => {
    expect(list(t.triad_mark_close)).toEqual([1, 2, NaN]);
    expect(list(t.triad_index_close)).toEqual([100, 110, NaN]);
    expect(list(t.triad_premium_close)).toEqual([NaN, NaN, NaN]);
  });

  it('has the basis of the close of the bar', () => {
    expect(list(t.triad_basis)).toEqual([0.01, -0.1, NaN]);
  });
});

describe('open interest, by hand', () => {
  const source = {
    availableAt: column(hour(1), hour(2), hour(3)),
    columns: {
      sum_open_interest: column(1000, 1100, null),
      sum_open_interest_value: column(50_000, 56_000, 57_000),
      count_toptrader_long_short_ratio: column(1, 2, 3),
      sum_toptrader_long_short_ratio: column(4, 5, 6),
      count_long_short_ratio: column(7, 8, 9),
      sum_taker_long_short_vol_ratio: column(0.5, 0, null),
    },
  };
  const traded = { volume: column(10, 50, 0, 5), quote_volume: column(500, 3000, 0, 100) };
  const oi = openInterestColumns(hours(0, 1, 2, 3), traded, source);

  it('is the latest of each, blank cells passed over within the hour', () => {
    expect(list(oi.oi_open_interest)).toEqual([1000, 1100, 1100, NaN]);
    expect(list(oi.oi_open_interest_usd)).toEqual([50_000, 56_000, 57_000, 57_000]);
    expect(list(oi.ls_toptrader_account_ratio)).toEqual([1, 2, 3, 3]);
    expect(list(oi.ls_toptrader_long_short_ratio)).toEqual([4, 5, 6, 6]);
    expect(list(oi.ls_global_account_ratio)).toEqual([7, 8, 9, 9]);
    expect(list(oi.ls_taker_long_short_vol_ratio)).toEqual([0.5, 0, 0, NaN]);
    expect(list(oi.metrics_age_s)).toEqual([0, 0, 3600, 3600]);
  });

  it('changes against the previous row; over no volume it is null, not 0', () => {
    expect(list(oi.oi_delta)).toEqual([NaN, 100, 0, NaN]);
    expect(list(oi.oi_delta_usd)).toEqual([NaN, 6000, 1000, 0]);
    expect(list(oi.oi_delta_over_volume)).toEqual([NaN, 2, NaN, NaN]);
    expect(list(oi.oi_delta_usd_over_quote_volume)).toEqual([NaN, 2, NaN, 0]);
  });
});

describe('dumps and tickers, by hand', () => {
  it('summarize what became known in (start, end]', () => {
    const d = dumpColumns(hours(0, 1, 3), 'openInterest', {
      availableAt: column(hour(0), hour(0) + 1, hour(1) - 1, hour(1), hour(1) + 1, hour(2) + 5, hour(4)),
      columns: { openInterest: column(99, 5, 9, 3, null, 88, 7) },
    });
    expect(Object.fromEntries(Object.entries(d).map(([name, values]) => [name, list(values)]))).toEqual({
      dump_openInterest_openInterest_open: [5, NaN, 7],
      dump_openInterest_openInterest_high: [9, NaN, 7],
      dump_openInterest_openInterest_low: [3, NaN, 7],
      dump_openInterest_openInterest_last: [3, NaN, 7],
    });
  });

  it('go by when the rows became known, in any order', () => {
    const d = dumpColumns(hours(0), 'takerlongshortRatio', {
      availableAt: column(hour(1), hour(0) + 1),
      columns: { buySellRatio: column(2, 1), buyVol: column(0, 4), sellVol: column(null, 4) },
    });
    expect(Object.keys(d)).toHaveLength(4 * Object.keys(DUMP_VALUES.takerlongshortRatio).length);
    expect(d['dump_takerlongshortRatio_buySellRatio_open']![0]).toBe(1);
    expect(d['dump_takerlongshortRatio_buyVol_low']![0]).toBe(0);
    expect(d['dump_takerlongshortRatio_sellVol_last']![0]).toBe(4);
  });

  it('take the last of each value of a ticker', () => {
    const t = tickerColumns(hours(0, 1), {
      availableAt: column(hour(1) - 2, hour(1) - 1, hour(1) + HOUR_MS - 5 * MINUTE_MS - 1),
      columns: {
        funding_rate: column(0.1, null, 0.2),
        mark_price: column(10, 11, 12),
        index_price: column(100, null, 100),
        last_price: column(null, 102, 103),
      },
    });
    expect(list(t.dt_funding_rate)).toEqual([0.1, NaN]);
    expect(list(t.dt_mark_price)).toEqual([11, NaN]);
    expect(list(t.dt_index_price)).toEqual([100, NaN]);
    expect(list(t.dt_last_price)).toEqual([102, NaN]);
    expect(list(t.dt_basis)).toEqual([0.02, NaN]);
  });
});

it('a row is known at its end, and acted upon a millisecond later', () => {
  expect(timeColumns(hours(0))).toEqual({ bar_end_time: column(hour(1)), feature_time: column(hour(1) + 1) });
});
