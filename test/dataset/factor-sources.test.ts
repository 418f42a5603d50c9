import { describe, expect, it } from 'vitest';
import {
  FACTOR_SOURCE_NAMES,
  MinuteColumns,
  type SymbolInputs,
  computeFactors,
  defineFactor,
  factorSources,
  makeRows,
} from '../../src/dataset/index.js';
import { makeTable } from '../../src/factors/index.js';
import { HOUR, HOUR_MS } from '../../src/time/index.js';

const minute = Float64Array.from([0, 1, 2, 3], (hour) => hour * HOUR_MS);
const rows = makeRows(HOUR, minute);
const inputs: SymbolInputs = {
  frequency: HOUR,
  minutes: new MinuteColumns(HOUR).finish(),
  funding: null,
  mark: null,
  index: null,
  premium: null,
  metrics: {
    // Known a moment after the first bar has ended, and not again.
    availableAt: Float64Array.of(HOUR_MS + 1),
    columns: {
      sum_open_interest: Float64Array.of(7),
      sum_open_interest_value: Float64Array.of(70),
      count_toptrader_long_short_ratio: Float64Array.of(NaN),
      sum_toptrader_long_short_ratio: Float64Array.of(1),
      count_long_short_ratio: Float64Array.of(1),
      sum_taker_long_short_vol_ratio: Float64Array.of(1),
    },
  },
  orderFlow: makeTable(minute.subarray(1, 3), ['taker_buy_quote'], {
    taker_buy_quote: Float64Array.of(5, 6),
  }),
};
const sources = factorSources(rows, inputs);

describe('what factors can be made of beside the table', () => {
  it('is what was known at the end of the bar, and not for longer than in the table', () => {
    expect([...sources.column('metrics.sum_open_interest')]).toEqual([NaN, 7, NaN, NaN]);
    expect([
      ...factorSources(rows, inputs, { metricsMs: 2 * HOUR_MS }).column('metrics.sum_open_interest'),
    ]).toEqual([NaN, 7, 7, NaN]);
  });

  it('is the bar of the layer, null where it has none', () => {
    expect([...sources.column('layer.taker_buy_quote')]).toEqual([NaN, 5, 6, NaN]);
  });

  it('is null when nothing of the source was collected', () => {
    for (const name of FACTOR_SOURCE_NAMES) expect(sources.column(name)).toHaveLength(4);
    expect([...sources.column('markPriceKlines.close')]).toEqual([NaN, NaN, NaN, NaN]);
    expect([...sources.column('openInterest.openInterest')]).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('can be asked for by a factor, and a name that does not exist is told from those that do', () => {
    const table = makeTable(minute, ['close'], { close: Float64Array.of(1, 2, 3, 4) });
    const held = (input: string) =>
      defineFactor({
        name: 'held',
        inputs: [input, 'close'],
        unit: 'quote',
        formula: `${input} × close`,
        compute: (columns) => columns['close']!.map((close, row) => close * columns[input]![row]!),
      });
    const { columns } = computeFactors(table, [held('metrics.sum_open_interest')], sources);
    expect([...columns['held']!]).toEqual([NaN, 14, NaN, NaN]);
    expect(() => computeFactors(table, [held('metrics.open_interest')], sources)).toThrow(
      /no column or factor "metrics.open_interest"; there are metrics.sum_open_interest,/,
    );
  });
});
