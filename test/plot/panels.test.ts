import { describe, expect, it } from 'vitest';
import { chooseFrequency, parsePanels } from '../../src/plot/choose.js';
import { PANEL_NAMES, cumulate } from '../../src/plot/panel-kinds.js';
import { columnsOfPanels, timePanels } from '../../src/plot/time-plot.js';
import { listSeriesColumns } from '../../src/series/index.js';
import { START, sampleSeries } from './sample.js';

const DAY = 86_400_000;
const span = { startMs: START, endMs: START + 4 * DAY };
const described = listSeriesColumns();
const names = (text?: string): string[] => parsePanels(text).map(({ name }) => name);

describe('panels', () => {
  it('are all, those that are named, or all and some columns', () => {
    expect(names()).toEqual([...PANEL_NAMES]);
    expect(names('cvd, price')).toEqual(['cvd', 'price']);
    expect(names('+vwap')).toEqual([...PANEL_NAMES, 'vwap']);
    expect(names('price,+vwap,avg_trade_quote')).toEqual(['price', 'vwap', 'avg_trade_quote']);
    expect(() => parsePanels('price,,cvd')).toThrow(expect.objectContaining({ code: 'E_USAGE' }) as Error);
    expect(() => parsePanels('a b')).toThrow(/price, cvd, volume, liquidations, funding, oi or \+column/);
  });

  it('read columns that exist', () => {
    const known = new Set(described.map(({ name }) => name));
    for (const column of columnsOfPanels(parsePanels(undefined), described)) expect(known).toContain(column);
  });

  it('without data are left out and told, or drawn with a note when they were named', () => {
    const why = 'there is no wide table';
    const series = sampleSeries(96, 3_600_000, [0, 0], { funding_rate: why, whale_cvd_quote: why });
    const all = timePanels(series, span, parsePanels(undefined), described);
    expect(all.panels.map(({ panel }) => panel.title)).toEqual([
      'Price',
      'CVD',
      'Volume',
      'Liquidations',
      'Open interest',
    ]);
    expect(all.absent).toEqual([
      { name: 'whale_cvd_quote', why },
      { name: 'funding', why },
    ]);
    expect(all.panels[1]!.panel.legend.map(({ label }) => label)).toEqual(['all', 'retail']);
    const named = timePanels(series, span, parsePanels('price,funding'), described);
    expect(named.panels.map(({ panel }) => panel.note)).toEqual([undefined, why]);
    expect(named.absent).toEqual([{ name: 'funding', why }]);
  });

  it('show no bar that starts outside of the range', () => {
    const inner = { startMs: START + DAY, endMs: START + 2 * DAY };
    const { panels } = timePanels(sampleSeries(96), inner, parsePanels('cvd'), described);
    const [all] = panels[0]!.content.readings;
    expect(all!.values).toHaveLength(24);
    expect(all!.values[0]).toBe(sampleSeries(96).columns['cvd_quote']![24]);
  });
});

describe('CVD', () => {
  it('is summed from the first bar on; a bar without a value is a gap and adds nothing', () => {
    expect([...cumulate(Float64Array.of(1, 2, NaN, 3))]).toEqual([1, 3, NaN, 6]);
  });
});

describe('bars of a picture', () => {
  it.each([
    [1, '5m'],
    [7, '1h'],
    [25, '1h'],
    [91, '4h'],
    [366, '1d'],
    [4000, '1d'],
  ])('%i days are drawn with %s', (days, label) => {
    expect(chooseFrequency({ startMs: START, endMs: START + days * DAY }).label).toBe(label);
  });
});
