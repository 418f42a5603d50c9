import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rollUp } from '../../src/bars/index.js';
import {
  type MaxAges,
  type SymbolInputs,
  DUMP_VALUES,
  gridFromLayer,
  listWideColumns,
  minuteColumns,
  renderWideTableDocs,
  symbolTable,
} from '../../src/dataset/index.js';
import {
  coverageOfEvents,
  eventsFromRows,
  liquidationFactors,
  makeTable,
  orderFlowFactors,
} from '../../src/factors/index.js';
import { DUMP_NAMES, kindOf } from '../../src/imports/kinds.js';
import { HOUR, HOUR_MS } from '../../src/time/index.js';
import { minutesFrom, sampleBars } from '../layer/sample.js';
import { inputsUpTo, randomInputs, T0 } from './sample.js';

/** Groups 1 to 12 and 15 as the definition of the wide table lists them. */
const ORDER = `open, high, low, close, volume, quote_volume, vwap,
funding_rate, funding_interval_hours, funding_annualized, funding_delta, arb_pressure, hours_to_funding, funding_age_s,
triad_mark_close, triad_index_close, triad_premium_close, triad_basis,
oi_open_interest, oi_open_interest_usd, oi_delta, oi_delta_over_volume, oi_delta_usd, oi_delta_usd_over_quote_volume,
ls_toptrader_long_short_ratio, ls_toptrader_account_ratio, ls_global_account_ratio, ls_taker_long_short_vol_ratio, metrics_age_s,
bar_end_time, feature_time, cs_universe_size, cs_coverage_frac,
gap_seconds, under_maintenance, cooldown_no_trade, trade_allowed, is_stable, is_spike, is_volume_spike, volume_clean, is_mature, is_valid_for_training, dq_exact_share, dq_flags,
seg_head_logret, seg_tail_logret, seg_tail_minus_head, seg_tail_share, seg_us_open_60m_logret, vol_top20_frac, vol_top20_logret_sum, amihud_signed, amihud_abs,
qrs_beta_close_per_hour, qrs_r2_close, qrs_close, qrs_beta_high_per_hour, qrs_r2_high, qrs_high, qrs_beta_low_per_hour, qrs_r2_low, qrs_low,
n_minutes, n_minutes_kept, min_range_ratio_max, vol_1m_mean, vol_1m_std, vol_1m_cv, range_ratio_1m_std, log_range_1m_std, up_vol_l2, down_vol_l2, up_var_share, down_var_share,
rv_std_sqrt60, rv_l2, rv_per_vol, rv_stability_24h,
shape_skew, shape_kurt, shape_skratio, shape_skewVol, shape_kurtVol, shape_skratioVol,
liq_amihud, liq_last_5min_R, liq_funding_impact, liq_top_of_hour_ratio, is_funding_hour, liq_range_vol_ratio, liq_spread_std, liq_tail_risk, liq_tail_var_share,
corr_prv, corr_prvr, corr_pv, corr_pvd, corr_pvl, corr_pvr,
doc_vol_pdf60, doc_vol_pdf70, doc_vol_pdf80, doc_vol_pdf90, doc_vol_pdf95, doc_vol_pdf90bi, doc_std, doc_skew, doc_kurt, doc_vol5_ratio, doc_vol10_ratio, doc_vol50_ratio,
funding_pressure, relative_volume, turnover_ratio, price_efficiency, returns_1h, returns_24h, returns_168h, vol_regime`
  .replaceAll('\n', ' ')
  .split(/,\s+/);

const OPTIONAL = new Set(['dumps', 'ticker', 'order-flow', 'liquidations']);

describe('the registry of the wide table', () => {
  const columns = listWideColumns();
  const names = columns.map(({ name }) => name);

  it('has every column of the definition, in its order', () => {
    expect(columns.filter(({ family }) => !OPTIONAL.has(family)).map(({ name }) => name)).toEqual(ORDER);
    expect(new Set(names).size).toBe(names.length);
  });

  it('says everything of every column, from inputs that exist', () => {
    const sources =
      /^(minute|metrics|fundingRate|markPriceKlines|indexPriceKlines|premiumIndexKlines|derivative_ticker|quality|\w*(Interest|Ratio))(\.\w+)?$/;
    for (const { name, family, unit, range, formula, window, source, inputs } of columns) {
      for (const text of [unit, formula, window, source]) expect(text, name).not.toBe('');
      expect(range, name).toMatch(/^[[(].+, .+[\])]$/);
      expect(inputs.length, name).toBeGreaterThan(0);
      // Order flow and liquidations speak of columns of their own bars.
      if (family === 'order-flow' || family === 'liquidations') continue;
      expect(
        inputs.filter((input) => !names.includes(input) && !sources.test(input)),
        name,
      ).toEqual([]);
    }
  });

  it('knows the dumps as they are imported', () => {
    expect(Object.keys(DUMP_VALUES)).toEqual([...DUMP_NAMES]);
    for (const name of DUMP_NAMES) expect(Object.keys(DUMP_VALUES[name])).toEqual(kindOf(name).dumpColumns);
  });

  it('is what a table has: the same columns with sources and without', () => {
    const raw = { ...randomInputs(1, 300), dumps: {} };
    const full = symbolTable(inputsUpTo(raw, Infinity));
    const inputs: { ticker?: unknown } & SymbolInputs = inputsUpTo(raw, Infinity);
    expect(full.names.filter((name) => !name.startsWith('dt_'))).toEqual(ORDER);
    delete inputs.ticker;
    const bare = symbolTable({
      ...inputs,
      funding: null,
      metrics: null,
      mark: null,
      index: null,
      premium: null,
    });
    expect(bare.names).toEqual(ORDER);
    expect(bare.columns['funding_rate']!.every((x) => Number.isNaN(x))).toBe(true);
    expect(Object.keys(bare.columns)).toEqual(bare.names);
  });

  it('puts order flow and liquidations in their places, aligned by bar', () => {
    const bars = sampleBars(
      minutesFrom(T0, 180).filter((minute) => minute < T0 + HOUR_MS || minute >= T0 + 2 * HOUR_MS),
    );
    const { grid } = gridFromLayer(bars, [{ startMs: T0, endMs: T0 + 4 * HOUR_MS }]);
    const orderFlow = orderFlowFactors(rollUp(bars, HOUR));
    const events = eventsFromRows([{ ts: (T0 + 2 * HOUR_MS + 5) * 1000, side: 'long', price: 2, qty: 3 }]);
    const liquidations = liquidationFactors(events, coverageOfEvents(events, HOUR), null, { freq: '1h' });
    const none = { mark: null, index: null, premium: null, funding: null, metrics: null };
    const table = symbolTable({
      ...none,
      frequency: HOUR,
      minutes: minuteColumns(grid, HOUR),
      orderFlow,
      liquidations,
      ticker: null,
    });
    const at = table.names.indexOf('at_trade_count');
    expect(table.names[at - 1]).toBe('doc_vol50_ratio');
    expect(table.names.slice(at, at + orderFlow.names.length)).toEqual(
      orderFlow.names.map((name) => `at_${name}`),
    );
    expect(table.names.slice(at + orderFlow.names.length, -8)).toEqual(liquidations.names);
    expect(table.names).toContain('dt_basis');
    const counts = orderFlow.columns.trade_count;
    // The second hour has no tick and the fourth none either: they have rows, of carried prices.
    expect([...table.columns['at_trade_count']!]).toEqual([counts[0], NaN, counts[1], NaN]);
    expect([...table.columns['volume']!].map((v) => v > 0)).toEqual([true, false, true, false]);
    expect(table.columns['close']![1]).toBe(table.columns['close']![0]);
    expect(table.columns['vwap']![1]).toBeNaN();
    expect([...table.columns['liquidation_long_vol_sum']!]).toEqual([NaN, NaN, 6, NaN]);
    const declared = symbolTable({
      ...none,
      frequency: HOUR,
      minutes: minuteColumns(grid, HOUR),
      orderFlow: null,
      liquidations: null,
    });
    expect(declared.names).toContain('at_vwap');
    expect(declared.names).toContain('liquidation_imbalance');
  });

  it('lets each source have its own maximum age', () => {
    const inputs = inputsUpTo(randomInputs(2, 600), Infinity);
    const shown = ['funding_rate', 'triad_mark_close', 'oi_open_interest', 'dt_mark_price'] as const;
    const emptied = (ages: MaxAges): string[] => {
      const { columns } = symbolTable(inputs, ages);
      return shown.filter((name) => columns[name]!.every((x) => Number.isNaN(x)));
    };
    expect(emptied({})).toEqual([]);
    expect(emptied({ fundingMs: -1 })).toEqual(['funding_rate']);
    expect(emptied({ triadMs: -1 })).toEqual(['triad_mark_close']);
    expect(emptied({ metricsMs: -1 })).toEqual(['oi_open_interest']);
    expect(emptied({ tickerMs: -1 })).toEqual(['dt_mark_price']);
  });

  it('refuses bars that do not ascend', () => {
    const { minutes, ...rest } = inputsUpTo(randomInputs(1, 120), Infinity);
    const twice = makeTable(
      minutes.minute.map(() => T0),
      minutes.names,
      minutes.columns,
    );
    expect(() => symbolTable({ ...rest, minutes: twice })).toThrow(RangeError);
  });

  const docs = fileURLToPath(new URL('../../docs/wide-table.md', import.meta.url));
  it('is what docs/wide-table.md shows (node scripts/generate-docs.js)', () => {
    expect(existsSync(docs)).toBe(true);
    expect(readFileSync(docs, 'utf8')).toBe(renderWideTableDocs());
  });
});
