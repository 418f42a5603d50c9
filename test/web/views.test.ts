import { describe, expect, it } from 'vitest';
import { accountRows } from '../../web/views/coverage/account.js';
import { countStates, filterRows, heatOf } from '../../web/views/coverage/rows.js';
import { frequencyOf, spanOf, spanParams, symbolOf } from '../../web/views/explore/explore-state.js';
import { bucketOf, qualityHeat, totalsOf } from '../../web/views/quality/buckets.js';
import { keyName, taskName } from '../../web/views/work/names.js';

const month = (name: string, state: 'whole' | 'partial', share = 1) => ({ month: name, state, share });
const row = (symbol: string, dataType: string, ...months: ReturnType<typeof month>[]) => ({
  symbol,
  dataType,
  firstMonth: months[0]?.month ?? '',
  lastMonth: months.at(-1)?.month ?? '',
  months,
});

describe('coverage', () => {
  const answer = {
    market: 'um' as const,
    firstMonth: '2024-01',
    lastMonth: '2024-03',
    dataTypes: ['aggTrades', 'klines 1m'],
    rows: [
      row('BTCUSDT', 'aggTrades', month('2024-01', 'whole'), month('2024-02', 'partial', 0.5)),
      row('BTCUSDT', 'klines 1m', month('2024-03', 'whole')),
      row('ETHUSDT', 'aggTrades', month('2024-01', 'whole')),
    ],
  };

  it('filters by data type and by what is typed', () => {
    expect(filterRows(answer, 'aggTrades', 'eth').map(({ symbol }) => symbol)).toEqual(['ETHUSDT']);
    expect(filterRows(answer, null, 'BTC kl').map(({ dataType }) => dataType)).toEqual(['klines 1m']);
    expect(filterRows(answer, null, '')).toHaveLength(3);
  });

  it('puts each month into its column, and nothing where nothing is expected', () => {
    const heat = heatOf(answer, answer.rows, false);
    expect(heat.months).toEqual(['2024-01', '2024-02', '2024-03']);
    expect(heat.cell(0, 1)).toMatchObject({ look: 'partial', share: 0.5 });
    expect(heat.cell(0, 1)!.text).toContain('50 %');
    expect(heat.cell(0, 2)).toBeNull();
    expect(heat.cell(1, 2)!.look).toBe('whole');
  });

  it('counts states', () => {
    expect(countStates(answer.rows).get('whole')).toBe(3);
  });

  it('flattens whatever an account counts', () => {
    const rows = accountRows({
      zeroQuantity: 1234,
      outside: { count: 2 },
      lines: [],
      firstTs: 1_712_000_000_000_000,
    });
    expect(rows).toEqual([
      ['zero quantity', '1,234'],
      ['outside: count', '2'],
      ['lines', 'none'],
      ['first ts', '2024-04-01 19:33:20'],
    ]);
  });
});

describe('explore', () => {
  const info = { startMs: Date.UTC(2024, 0), endMs: Date.UTC(2024, 6) };
  const symbols = [
    { market: 'um', symbol: 'AAA', dataTypes: ['metrics'], ...info },
    { market: 'um', symbol: 'BTCUSDT', dataTypes: ['aggTrades'], ...info },
    { market: 'spot', symbol: 'BTCUSDT', dataTypes: ['aggTrades'], ...info },
  ] as const;

  it('takes the symbol that is named, else one with ticks', () => {
    expect(symbolOf({ symbols }, {})?.symbol).toBe('BTCUSDT');
    expect(symbolOf({ symbols }, { market: 'spot', symbol: 'BTCUSDT' })?.market).toBe('spot');
    expect(symbolOf({ symbols }, { symbol: 'NONE' })).toBeNull();
  });

  it('rounds what there is to whole days', () => {
    const ragged = { ...symbols[1], startMs: info.startMs + 5, endMs: info.endMs - 5 };
    expect(symbolOf({ symbols: [ragged] }, {})).toMatchObject(info);
  });

  it('reads ranges inclusive of their last day, and writes them so', () => {
    const span = spanOf({ from: '2024-02', to: '2024-02' }, info);
    expect(span).toEqual({ from: Date.UTC(2024, 1), to: Date.UTC(2024, 2) });
    expect(spanParams(span)).toEqual({ from: '2024-02-01', to: '2024-02-29' });
    expect(spanOf(spanParams(span), info)).toEqual(span);
  });

  it('shows the last 30 days of what there is when nothing, or nonsense, is said', () => {
    const last = { from: Date.UTC(2024, 5, 1), to: Date.UTC(2024, 6) };
    expect(spanOf({}, info)).toEqual(last);
    expect(spanOf({ from: 'soon', to: 'later' }, info)).toEqual(last);
    const turned = spanOf({ from: '2024-03-02', to: '2024-03-01' }, info);
    expect(turned.to).toBeGreaterThan(turned.from);
  });

  it('knows the lengths of bars', () => {
    expect([frequencyOf({ freq: '5m' }), frequencyOf({ freq: '7m' }), frequencyOf({})]).toEqual([
      '5m',
      'auto',
      'auto',
    ]);
  });
});

describe('quality', () => {
  const counts = (name: string, compared: number, exact: number) => ({
    month: name,
    days: 1,
    compared,
    exact,
    exactShare: compared === 0 ? null : exact / compared,
    classes: exact === compared ? {} : { unexplained: compared - exact },
    withoutKline: 1,
  });
  const symbol = (name: string, ...months: ReturnType<typeof counts>[]) => ({
    ...counts('', 100, 90),
    symbol: name,
    firstDay: '2024-01-01',
    lastDay: '2024-01-01',
    months,
    baseOff: 0,
    quoteOff: 0,
    worstHourError: null,
    worstDayError: null,
  });

  it('keeps the best colour for what is wholly exact', () => {
    expect([0, 0.95, 0.995, 0.9995, 0.99999, 1].map(bucketOf)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('colours months, and leaves out those that were not compared', () => {
    const heat = qualityHeat([symbol('A', counts('2024-01', 100, 100), counts('2024-03', 0, 0))]);
    expect(heat.cell(0, 0)!.look).toBe('heat-5');
    expect(heat.cell(0, 1)).toBeNull();
    expect(heat.cell(0, 2)!.look).toBe('not-audited');
  });

  it('adds up symbols', () => {
    expect(totalsOf({ symbols: [symbol('A'), symbol('B')] })).toMatchObject({
      compared: 200,
      exact: 180,
      exactShare: 0.9,
      withoutKline: 2,
      classes: { unexplained: 20 },
    });
  });
});

describe('work', () => {
  it('names tasks by what they are', () => {
    expect(taskName('um/aggTrades/BTCUSDT', '2024-01')).toBe('BTCUSDT um · 2024-01');
    expect(keyName('spot/klines:1h/BTCUSDT/bars')).toBe('BTCUSDT spot klines:1h · factors');
    expect(taskName('strange', null)).toBe('strange');
  });
});
