import { describe, expect, it } from 'vitest';
import { type MinuteBars, type MinuteColumn, concatMinuteBars } from '../../src/ticks/index.js';
import {
  GOLDEN_SYMBOLS,
  aggTradesCsv,
  aggTradesDays,
  aggTradesSymbols,
  filesAreThere,
  goldenMinutes,
  klines,
  whySkipped,
} from './archive-files.js';
import { mill } from './mill.js';

async function millDays(symbol: string, days = aggTradesDays(symbol)): Promise<MinuteBars> {
  const parts: MinuteBars[] = [];
  for (const period of days) {
    const { bars, account } = await mill(await aggTradesCsv(symbol, period), { symbol, period });
    // Gapless, in order, nothing strange: as data-facts of these files say.
    expect(account).toMatchObject({ header: true, timeUnit: 'ms', accepted: account.rows });
    expect(account).toMatchObject({ missingAggIds: 0, outOfOrder: 0, conflictingIds: 0 });
    expect(account.accepted).toBeGreaterThan(0);
    parts.push(bars);
  }
  return concatMinuteBars(parts);
}

function differences(
  pairs: Iterable<readonly [string, ArrayLike<number>, ArrayLike<number>]>,
  relative: number,
  absolute: number,
): string[] {
  const wrong: string[] = [];
  for (const [name, got, want] of pairs) {
    for (let row = 0; row < want.length; row++) {
      const [x, y] = [got[row] ?? NaN, want[row]!];
      if (!(Math.abs(x - y) <= Math.max(relative * Math.abs(y), absolute)))
        wrong.push(`${name}[${row}]: ${x} instead of ${y}`);
    }
  }
  return wrong;
}

describe.skipIf(!filesAreThere)(`real objects${whySkipped}`, () => {
  it.each(GOLDEN_SYMBOLS)('%s: minutes equal those of an independent implementation', async (symbol) => {
    const golden = goldenMinutes(symbol);
    const bars = await millDays(symbol);
    expect([...bars.columns.minute]).toEqual(golden.get('minute_ms'));
    const names = [...golden.keys()].filter((name) => name !== 'minute_ms') as MinuteColumn[];
    expect(names).toHaveLength(21);
    const pairs = names.map((name) => {
      // Times in ms there, in µs here.
      const column = name.endsWith('_ts') ? bars.columns[name].map((us) => us / 1000) : bars.columns[name];
      return [name, column, golden.get(name)!] as const;
    });
    expect(differences(pairs, 1e-9, 1e-9)).toEqual([]);
  });

  it('every other symbol adds up', async () => {
    for (const symbol of aggTradesSymbols().filter((name) => !GOLDEN_SYMBOLS.includes(name))) {
      expect((await millDays(symbol)).length).toBeGreaterThan(1000);
    }
  });

  const agreeing = [
    ...['2026-04-13', '2026-04-14', '2026-04-15', '2026-04-16'].map((day) => ['RLCUSDT', day] as const),
    ...['2026-04-11', '2026-04-12'].map((day) => ['ALPINEUSDT', day] as const),
  ];
  it.each(agreeing)('%s %s: minutes equal the official klines in every field', async (symbol, day) => {
    const official = await klines(symbol, day);
    const { columns } = await millDays(symbol, [day]);
    const column = (name: string): readonly number[] => official.get(name)!;
    // A minute without ticks is a kline without volume, its prices inherited.
    const traded = column('volume').flatMap((volume, row) => (volume > 0 ? [row] : []));
    const ofTraded = (name: string): number[] => traded.map((row) => column(name)[row]!);
    expect([...columns.minute]).toEqual(ofTraded('open_time'));

    const exact: [string, MinuteColumn][] = [
      ['open', 'price_first'],
      ['high', 'price_high'],
      ['low', 'price_low'],
      ['close', 'price_last'],
      ['count', 'fill_count'],
    ];
    for (const [name, ours] of exact) expect([...columns[ours]]).toEqual(ofTraded(name));
    const sums: [string, MinuteColumn][] = [
      ['volume', 'base_volume'],
      ['quote_volume', 'quote_volume'],
      ['taker_buy_volume', 'taker_buy_qty'],
      ['taker_buy_quote_volume', 'taker_buy_quote'],
    ];
    const pairs = sums.map(([name, ours]) => [name, columns[ours], ofTraded(name)] as const);
    expect(differences(pairs, 1e-12, 0)).toEqual([]);
  });
});
