import { describe, expect, it } from 'vitest';
import { MINUTE_COLUMNS } from '../../src/ticks/index.js';
import { mill } from './mill.js';

/**
 * The kernel writes columns and account as plain blocks of words, and the host names them in the same order.
 * Worked by hand: every value differs from its neighbours, so that a word in another's place shows.
 */

const HEADER = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker';
const MINUTE = Date.UTC(2024, 0, 5, 0, 1);
const options = { thresholds: { whaleUsd: 1000, retailUsd: 50 } };

describe('the columns of a minute', () => {
  // Taker buys have is_buyer_maker false. Quotes: 200, 1100, 10.5 bought; 40, 2000, 7 sold.
  const csv = [
    HEADER,
    `103,100,2,1003,1004,${MINUTE + 500},false`,
    `104,110,10,1010,1012,${MINUTE + 600},false`,
    `105,105,0.1,1013,1013,${MINUTE + 600},false`,
    `101,80,0.5,1000,1000,${MINUTE + 100},true`,
    `102,125,16,1001,1002,${MINUTE + 100},true`,
    `106,70,0.1,1020,1024,${MINUTE + 599},true`,
  ].join('\n');

  it('stand where their names say', async () => {
    const { bars } = await mill(csv, options);
    const row = Object.fromEntries(MINUTE_COLUMNS.map((name) => [name, bars.columns[name][0]]));
    expect(bars.length).toBe(1);
    expect(row).toEqual({
      minute: MINUTE,
      trade_count: 6,
      base_volume: 28.7,
      quote_volume: 3357.5,
      taker_buy_qty: 12.1,
      taker_sell_qty: 16.6,
      taker_buy_quote: 1310.5,
      taker_sell_quote: 2047,
      taker_buy_quote_sq: 200 ** 2 + 1100 ** 2 + 10.5 ** 2,
      taker_sell_quote_sq: 40 ** 2 + 2000 ** 2 + 7 ** 2,
      taker_buy_trade_count: 3,
      taker_sell_trade_count: 3,
      whale_buy_quote: 1100,
      whale_sell_quote: 2000,
      retail_buy_quote: 10.5,
      retail_sell_quote: 47,
      first_ts: (MINUTE + 100) * 1000,
      price_first: 80,
      last_ts: (MINUTE + 600) * 1000,
      price_last: 105,
      price_high: 125,
      price_low: 70,
      fill_count: 2 + 3 + 1 + 1 + 2 + 5,
      taker_buy_fill_count: 6,
      first_agg_id: 101,
      last_agg_id: 106,
      first_fill_id: 1000,
      last_fill_id: 1024,
    });
  });

  it('count a tick at a threshold on its side', async () => {
    const at = async (whaleUsd: number, retailUsd: number): Promise<(number | undefined)[]> => {
      const { columns } = (await mill(csv, { thresholds: { whaleUsd, retailUsd } })).bars;
      return [columns.whale_buy_quote[0], columns.retail_sell_quote[0]];
    };
    expect(await at(1100, 40)).toEqual([1100, 47]);
    expect(await at(1100.000001, 39.999999)).toEqual([0, 7]);
  });

  it('have the time and price of the smallest and largest id where a ms is shared', async () => {
    const tie = [
      `5,50,1,1,1,${MINUTE},true`,
      `3,30,1,3,3,${MINUTE},true`,
      `9,90,1,9,9,${MINUTE},true`,
      `4,40,1,4,4,${MINUTE},true`,
      // One id twice: the fills decide.
      `3,31,1,2,2,${MINUTE},true`,
      `9,91,1,9,10,${MINUTE},true`,
    ];
    for (const rows of [tie, [...tie].reverse()]) {
      const { columns } = (await mill(rows.join('\n'))).bars;
      expect([columns.price_first[0], columns.price_last[0]]).toEqual([31, 91]);
    }
  });
});

describe('the account', () => {
  it('has every figure where its name says', async () => {
    const t = (ms: number): number => MINUTE + ms;
    const csv = [
      HEADER,
      `10,100,1,50,50,${t(0)},true`,
      `11,100,0,52,52,${t(1)},true`, // a fill left out, quantity 0
      `12,100,0,53,53,${t(2)},true`, // quantity 0
      `13,100,1,60,60,${t(3)},true`, // fills left out
      `14,100,1,62,62,${t(4)},true`, // a fill left out
      `20,100,1,70,70,${t(9)},true`,
      `20,100,1,70,70,${t(9)},true`, // duplicate
      `10,100,1,50,50,${t(0)},true`, // duplicate, out of order
      `14,100,1,62,62,${t(4)},true`, // duplicate, out of order
      `20,100,1,70,71,${t(8)},true`, // conflict, out of order
      `14,100,1,99,99,${t(5)},true`, // conflict, out of order
      `17,0,0,-1,-1,${t(9)},true`, // sentinel
      ...Array.from({ length: 4 }, (_, i) => `${30 + i},100,1,80,80,${MINUTE - 86_400_000 + i},true`),
      ...Array.from({ length: 5 }, (_, i) => `${40 + i},100,1,80,80,${MINUTE + 86_400_000 + i},true`),
      'this is no row',
      'nor is this',
    ].join('\n');
    const { account } = await mill(csv, { maxMalformedShare: 0.5 });
    expect(account).toEqual({
      rows: 23,
      accepted: 8,
      duplicate: 3,
      sentinel: 1,
      outside: 9,
      malformed: 2,
      zeroQuantity: 2,
      outOfOrder: 4,
      conflictingIds: 2,
      firstAggId: 10,
      lastAggId: 20,
      firstTs: t(0) * 1000,
      lastTs: t(9) * 1000,
      missingAggIds: 4,
      missingAggIdRanges: 2,
      missingAggIdList: [
        [15, 16],
        [18, 19],
      ],
      tradeIdGaps: 3,
      outsideBefore: {
        rows: 4,
        firstTs: (MINUTE - 86_400_000) * 1000,
        lastTs: (MINUTE - 86_400_000 + 3) * 1000,
      },
      outsideAfter: {
        rows: 5,
        firstTs: (MINUTE + 86_400_000) * 1000,
        lastTs: (MINUTE + 86_400_000 + 4) * 1000,
      },
      firstMalformed: { line: 23, text: 'this is no row' },
      header: true,
      timeUnit: 'ms',
    });
  });
});
