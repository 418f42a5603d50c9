import type { LayerFacts, SourceFacts } from '../../src/layer/index.js';
import { LAYER_SCHEMA_VERSION } from '../../src/layer/index.js';
import type { RowAccount } from '../../src/ticks/account.js';
import { type MinuteBars, allocateMinuteBars } from '../../src/ticks/minute-bars.js';
import { MINUTE_MS } from '../../src/time/index.js';

/** Numbers that look random and are the same every time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Minute bars that could be real: one for each given minute, sums that fit their parts. */
export function sampleBars(minutes: readonly number[], seed = 1): MinuteBars {
  const random = seeded(seed);
  const bars = allocateMinuteBars(minutes.length);
  const c = bars.columns;
  let aggId = 2_000_000_000;
  let fillId = 5_000_000_000;
  minutes.forEach((minute, row) => {
    const buys = Math.floor(random() * 50);
    const sells = 1 + Math.floor(random() * 50);
    const fills = buys + sells + Math.floor(random() * 20);
    const price = 1 + random();
    c.minute[row] = minute;
    c.trade_count[row] = buys + sells;
    c.taker_buy_trade_count[row] = buys;
    c.taker_sell_trade_count[row] = sells;
    c.taker_buy_qty[row] = buys * random();
    c.taker_sell_qty[row] = sells * random();
    c.base_volume[row] = c.taker_buy_qty[row] + c.taker_sell_qty[row];
    c.taker_buy_quote[row] = c.taker_buy_qty[row] * price;
    c.taker_sell_quote[row] = c.taker_sell_qty[row] * price;
    c.quote_volume[row] = c.taker_buy_quote[row] + c.taker_sell_quote[row];
    c.taker_buy_quote_sq[row] = (c.taker_buy_quote[row] ** 2 * (1 + random())) / 2;
    c.taker_sell_quote_sq[row] = (c.taker_sell_quote[row] ** 2 * (1 + random())) / 2;
    c.retail_buy_quote[row] = c.taker_buy_quote[row]!;
    c.retail_sell_quote[row] = c.taker_sell_quote[row] / 2;
    c.whale_sell_quote[row] = c.taker_sell_quote[row] / 2;
    c.first_ts[row] = (minute + Math.floor(random() * 30_000)) * 1000;
    c.last_ts[row] = (minute + 30_000 + Math.floor(random() * 29_999)) * 1000;
    c.price_first[row] = price;
    c.price_last[row] = price + random() - 0.5;
    c.price_high[row] = price + 0.5;
    c.price_low[row] = price - 0.5;
    c.fill_count[row] = fills;
    c.taker_buy_fill_count[row] = Math.min(buys, fills);
    c.first_agg_id[row] = aggId;
    c.last_agg_id[row] = (aggId += buys + sells) - 1;
    c.first_fill_id[row] = fillId;
    c.last_fill_id[row] = (fillId += fills) - 1;
  });
  return bars;
}

/** `count` minutes in a row. */
export function minutesFrom(startMs: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => startMs + index * MINUTE_MS);
}

export const sampleAccount: RowAccount = {
  rows: 12,
  accepted: 8,
  duplicate: 1,
  sentinel: 1,
  outside: 1,
  malformed: 1,
  zeroQuantity: 0,
  outOfOrder: 2,
  conflictingIds: 0,
  firstAggId: 2_000_000_000,
  lastAggId: 2_000_000_009,
  firstTs: 1_776_038_404_004_000,
  lastTs: 1_776_038_455_353_000,
  missingAggIds: 2,
  missingAggIdRanges: 1,
  missingAggIdList: [[2_000_000_003, 2_000_000_004]],
  tradeIdGaps: 3,
  outsideBefore: { rows: 1, firstTs: 1, lastTs: 1 },
  outsideAfter: null,
  firstMalformed: { line: 7, text: 'a,"b"' },
  header: true,
  timeUnit: 'ms',
};

export function sampleSource(period: string, own: Partial<SourceFacts> = {}): SourceFacts {
  const cadence = period.length === 7 ? 'monthly' : 'daily';
  return {
    key: `data/futures/um/${cadence}/aggTrades/BTCUSDT/BTCUSDT-aggTrades-${period}.zip`,
    period,
    bytes: 1234,
    sha256: 'a'.repeat(64),
    checksum: 'verified',
    memberName: `BTCUSDT-aggTrades-${period}.csv`,
    memberBytes: 9876,
    crc32: 0xdeadbeef,
    account: sampleAccount,
    ...own,
  };
}

export function sampleFacts(own: Partial<LayerFacts> = {}): LayerFacts {
  return {
    schemaVersion: LAYER_SCHEMA_VERSION,
    tapemillVersion: '0.1.0',
    market: 'um',
    symbol: 'BTCUSDT',
    period: '2026-04',
    thresholds: { whaleUsd: 50_000, retailUsd: 1_000 },
    contractSizeUsd: null,
    sources: [sampleSource('2026-04-13')],
    missingPeriods: [],
    comparison: null,
    createdAtUtc: null,
    ...own,
  };
}
