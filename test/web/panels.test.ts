import { describe, expect, it } from 'vitest';
import { continueFrom, cumulate } from '../../web/charts/cumulate.js';
import { panelData } from '../../web/charts/panel-data.js';
import { columnsOf, panelSpec } from '../../web/charts/panel-specs.js';
import {
  addPanel,
  formatPanels,
  movePanel,
  parsePanels,
  removePanel,
} from '../../web/charts/panel-tokens.js';

const column = (name: string, kind: 'flow' | 'level', unit = 'quote') =>
  ({ name, family: 'order-flow', unit, formula: 'a - b', kind, whenNull: null, source: 'tapemill' }) as const;
const columns = new Map(
  [column('at_cvd_quote', 'flow'), column('at_vwap', 'level', 'quote/base')].map((one) => [one.name, one]),
);

describe('panels in the address', () => {
  it('are read and written in their order', () => {
    const panels = parsePanels('candles,cvd.bar,at_vwap');
    expect(panels.map(({ id }) => id)).toEqual(['candles', 'cvd', 'at_vwap']);
    expect(formatPanels(panels)).toBe('candles,cvd.bar,at_vwap');
  });

  it('have each panel once, and nothing that is no name', () => {
    expect(parsePanels('oi,oi.sum,<b>,,cvd.x').map(({ id }) => id)).toEqual(['oi']);
  });

  it('tell none from the default', () => {
    expect(parsePanels(undefined).length).toBeGreaterThan(3);
    expect(parsePanels(formatPanels([]))).toEqual([]);
  });

  it('are added, moved and removed', () => {
    const panels = parsePanels('a,b,c');
    expect(formatPanels(addPanel(panels, 'd'))).toBe('a,b,c,d');
    expect(formatPanels(addPanel(panels, 'a'))).toBe('a,b,c');
    expect(formatPanels(movePanel(panels, 'c', -1))).toBe('a,c,b');
    expect(formatPanels(movePanel(panels, 'a', -1))).toBe('a,b,c');
    expect(formatPanels(removePanel(panels, 'b'))).toBe('a,c');
  });
});

describe('what a panel draws', () => {
  it('finds its columns under the names that the server has', () => {
    const spec = panelSpec({ id: 'cvd', mode: null }, columns)!;
    expect(spec.series[0]).toMatchObject({ column: 'at_cvd_quote', unit: 'quote' });
    expect(spec.mode).toBe('sum');
  });

  it('sums up flows only', () => {
    expect(panelSpec({ id: 'at_cvd_quote', mode: 'sum' }, columns)).toMatchObject({
      mode: 'sum',
      drawing: 'line',
    });
    expect(panelSpec({ id: 'at_cvd_quote', mode: null }, columns)).toMatchObject({
      mode: 'bar',
      drawing: 'bars',
    });
    expect(panelSpec({ id: 'at_vwap', mode: 'sum' }, columns)).toMatchObject({ mode: null, drawing: 'line' });
  });

  it('is nothing without such a column', () => {
    expect(panelSpec({ id: 'nothing', mode: null }, columns)).toBeNull();
  });

  it('asks for each column once', () => {
    const specs = ['cvd', 'imbalance'].map((id) => panelSpec({ id, mode: null }, columns)!);
    expect(columnsOf(specs).filter((name) => name === 'at_cvd_quote')).toHaveLength(1);
  });
});

describe('running sums', () => {
  it('add nothing and show nothing where there is no value', () => {
    expect(cumulate([0, 60, 120], 60, [1, null, 2]).values).toEqual([1, null, 3]);
  });

  it('have the same level whatever part is loaded', () => {
    const bars = [5, -3, 2, 7, -1];
    const t = bars.map((_, i) => i * 60);
    const whole = cumulate(t, 60, bars, 100).values;
    const part = cumulate(t.slice(2), 60, bars.slice(2), 100 + 5 - 3).values;
    expect(part).toEqual(whole.slice(2));
  });

  it('go on from what was shown, also with bars of another length', () => {
    const before = cumulate([0, 60, 120, 180], 60, [1, 1, 1, 1], 10);
    const next = cumulate([120, 240], 120, [2, 2]);
    expect(continueFrom(next, before).values).toEqual([14, 16]);
  });

  it('begin anew where nothing is in common', () => {
    const next = cumulate([6000], 60, [3]);
    expect(continueFrom(next, cumulate([0], 60, [1], 50)).values).toEqual([3]);
  });
});

describe('an answer for a panel', () => {
  const answer = {
    market: 'um',
    symbol: 'BTCUSDT',
    freq: '1m',
    freqMs: 60_000,
    t: [600, 660],
    columns: { at_cvd_quote: [1, 2], at_vwap: [null, null] },
    cumulativeAtStart: { at_cvd_quote: 40 },
    missing: { liquidation_long_vol_sum: 'nothing was imported' },
  } as const;

  it('goes on from the sum before it, at the middles of its bars', () => {
    const spec = panelSpec({ id: 'cvd', mode: null }, columns)!;
    const data = panelData(spec, answer, null);
    expect(data.x).toEqual([630, 690]);
    expect(data.drawn[0]).toEqual([41, 43]);
  });

  it('hangs longs from the zero line, and says why there are none', () => {
    const spec = panelSpec({ id: 'liquidations', mode: null }, columns)!;
    const longs = { ...answer, columns: { liquidation_long_vol_sum: [5, null] }, missing: {} };
    expect(panelData(spec, longs, null).drawn[1]).toEqual([-5, null]);
    expect(panelData(spec, answer, null).missing[1]).toBe('nothing was imported');
  });

  it('tells nulls alone from values', () => {
    const spec = panelSpec({ id: 'at_vwap', mode: null }, columns)!;
    expect(panelData(spec, answer, null).missing).toEqual(['no value in this range']);
  });
});
