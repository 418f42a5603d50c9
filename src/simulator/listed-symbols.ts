import type { Market } from '../market/index.js';
import { DAY_MS, type DateRange, type EpochMs, epochMs } from '../time/index.js';
import { Random } from './random.js';

/** One symbol of a simulated index: from when to when it has objects, on whole days. */
export interface ListedSymbol {
  readonly symbol: string;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}

/** Names that break what derives a meaning from a symbol's letters; the archive has the likes of each. */
const ODD: Readonly<Record<Market, readonly string[]>> = {
  um: [
    ...['BTCUSDT', 'ETHUSDT', '币安人生USDT', '1INCHUSDT', '1000SATSUSDT', '1000000MOGUSDT', 'STXXUSDT'],
    ...['AEURUSDT', 'BTCUSDC', 'LUNAUSDT_SETTLED1', 'ICPUSDT_SETTLED', 'BTCSTUSDTSETTLED', 'USDCUSDT'],
  ],
  cm: ['BTCUSD_PERP', 'ETHUSD_PERP', '1INCHUSD_PERP', 'LUNAUSD_PERP', 'AAVEUSD_PERP'],
  spot: ['BTCUSDT', 'ETHBTC', '1INCHUSDT', '1000SATSFDUSD', 'ADAEUR', 'AEURUSDT', '币安人生USDT', 'STXXUSDT'],
};

const SYLLABLES = 'BA CE DI FO GU HY JA KE LI MO NU PA RE SI TO VA XE ZI'.split(' ');
const EXPIRY_MONTHS = [3, 6, 9, 12];
/** A quarterly contract is listed half a year before it expires. */
const CONTRACT_DAYS = 182;

/**
 * Symbols as a market has them, those that were delisted included: some are there from the first day, most came
 * later and one in five has gone. The same arguments give the same symbols; no two have the same name.
 */
export function listedSymbols(market: Market, count: number, range: DateRange, seed: number): ListedSymbol[] {
  const names = new Set([...ODD[market], ...deliveries(market, range).keys()].slice(0, count));
  const chance = new Random(`${seed}|${market}|names`);
  while (names.size < count) names.add(ordinaryName(market, chance));
  const expiries = deliveries(market, range);
  return [...names].map((symbol) => {
    const expiryMs = expiries.get(symbol);
    if (expiryMs === undefined) return { symbol, ...lifeOf(symbol, range, seed) };
    const startMs = Math.max(range.startMs, expiryMs - CONTRACT_DAYS * DAY_MS);
    return { symbol, startMs, endMs: Math.min(range.endMs, expiryMs + DAY_MS) };
  });
}

function ordinaryName(market: Market, chance: Random): string {
  const syllables = 2 + chance.below(2);
  const base = Array.from({ length: syllables }, () => SYLLABLES[chance.below(SYLLABLES.length)]!).join('');
  const prefix = market !== 'cm' && chance.below(25) === 0 ? '1000' : '';
  const quotes = { um: ['USDT', 'USDT', 'USDT', 'USDC'], cm: ['USD_PERP'], spot: ['USDT', 'BTC', 'FDUSD'] };
  return `${prefix}${base}${quotes[market][chance.below(quotes[market].length)]!}`;
}

/** `BTCUSDT_240628` and its likes, with the day they expire: the last Friday of a quarter. */
function deliveries(market: Market, range: DateRange): Map<string, EpochMs> {
  const expiries = new Map<string, EpochMs>();
  if (market === 'spot') return expiries;
  const lastYear = new Date(range.endMs + CONTRACT_DAYS * DAY_MS).getUTCFullYear();
  for (let year = new Date(range.startMs).getUTCFullYear(); year <= lastYear; year++) {
    for (const month of EXPIRY_MONTHS) {
      const lastMs = epochMs(year, month + 1, 1) - DAY_MS;
      // 1970-01-02 was a Friday.
      const expiryMs = lastMs - ((lastMs / DAY_MS + 6) % 7) * DAY_MS;
      const isListed = expiryMs > range.startMs && expiryMs - CONTRACT_DAYS * DAY_MS < range.endMs;
      if (!isListed) continue;
      const date = new Date(expiryMs).toISOString().slice(2, 10).replaceAll('-', '');
      for (const base of ['BTC', 'ETH'])
        expiries.set(`${base}${market === 'um' ? 'USDT' : 'USD'}_${date}`, expiryMs);
    }
  }
  return expiries;
}

function lifeOf(symbol: string, range: DateRange, seed: number): { startMs: EpochMs; endMs: EpochMs } {
  const chance = new Random(`${seed}|${symbol}|life`);
  const days = Math.round((range.endMs - range.startMs) / DAY_MS);
  const isOld = /^(?:BTC|ETH)USD/.test(symbol) || chance.below(8) === 0;
  const first = isOld ? 0 : chance.below(days);
  const isGone = symbol.includes('SETTLED') || (!isOld && chance.below(5) === 0);
  const last = isGone ? first + 1 + chance.below(days - first) : days;
  return { startMs: range.startMs + first * DAY_MS, endMs: range.startMs + last * DAY_MS };
}
