import { contractSizeUsd, type Market } from '../market/index.js';
import { hashText } from './random.js';

/**
 * What a simulated symbol is made of. Prices are integers of `10^-priceDecimals` ("ticks"), quantities integers
 * of `10^-quantityDecimals` ("steps"); on `cm` a step is one contract.
 */
export interface Instrument {
  readonly symbol: string;
  readonly market: Market;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  /** Decimals that the klines print prices with; never fewer than `priceDecimals`. */
  readonly klinePriceDecimals: number;
  /** Price around which the symbol wanders, in ticks. */
  readonly levelTicks: number;
  /** Median quote of a tick in US dollars. */
  readonly medianUsd: number;
  /** Standard deviation of a day's log return. */
  readonly dailyVolatility: number;
  /** Share of rows before which trade ids are left out (insurance fund, ADL, RPI); 0 on spot. */
  readonly tradeIdGapShare: number;
  /** Average quote of one open position times their number: what open interest wanders around. */
  readonly openInterestUsd: number;
  /** US dollars per contract; only `cm`. */
  readonly contractUsd?: number;
}

interface Profile {
  /** Names beginning so take this profile, whatever follows. */
  readonly prefix: string;
  readonly um: readonly [priceDecimals: number, quantityDecimals: number, klinePriceDecimals: number];
  readonly spot: readonly [priceDecimals: number, quantityDecimals: number];
  readonly levelUsd: number;
  readonly medianUsd: number;
  readonly dailyVolatility: number;
  readonly gapShare: number;
  readonly openInterestUsd: number;
}

/** Decimals as the public archive has them for the named bases. `SIMA…` takes the first, `SIMB…` the second, and so on. */
const PROFILES: readonly Profile[] = [
  { prefix: 'BTC', um: [1, 3, 2], spot: [2, 5], levelUsd: 61_000, medianUsd: 320, dailyVolatility: 0.025, gapShare: 0.03, openInterestUsd: 4e9 },
  { prefix: 'ETH', um: [2, 3, 2], spot: [2, 4], levelUsd: 3_100, medianUsd: 260, dailyVolatility: 0.03, gapShare: 0.03, openInterestUsd: 2e9 },
  // Below 0.001 the archive writes prices in scientific notation, from 10,000,000 on quantities too.
  { prefix: 'BOME', um: [7, 0, 7], spot: [6, 0], levelUsd: 0.00042, medianUsd: 90, dailyVolatility: 0.05, gapShare: 0.001, openInterestUsd: 2e7 },
  { prefix: 'SOL', um: [2, 2, 4], spot: [2, 3], levelUsd: 150, medianUsd: 240, dailyVolatility: 0.035, gapShare: 0.027, openInterestUsd: 7e8 },
  { prefix: 'RLC', um: [4, 1, 4], spot: [4, 1], levelUsd: 0.41, medianUsd: 60, dailyVolatility: 0.045, gapShare: 0.001, openInterestUsd: 1.3e6 },
  { prefix: 'BSV', um: [2, 1, 5], spot: [2, 3], levelUsd: 16.4, medianUsd: 70, dailyVolatility: 0.04, gapShare: 0.001, openInterestUsd: 2.3e6 },
  { prefix: 'ALPINE', um: [4, 1, 6], spot: [3, 2], levelUsd: 0.41, medianUsd: 60, dailyVolatility: 0.05, gapShare: 0.001, openInterestUsd: 1e6 },
  { prefix: '1000PEPE', um: [7, 0, 7], spot: [7, 0], levelUsd: 0.0123, medianUsd: 150, dailyVolatility: 0.05, gapShare: 0.01, openInterestUsd: 1e8 },
]; // prettier-ignore

/** `SIMAUSDT`, `SIMBUSDT` …; on `cm` first `BTCUSD_PERP`, whose contract is 100 USD, then `SIMBUSD_PERP` … */
export function simulatedSymbols(market: Market, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    if (market !== 'cm') return `SIM${letters(index)}USDT`;
    return index === 0 ? 'BTCUSD_PERP' : `SIM${letters(index)}USD_PERP`;
  });
}

/** 0 → A, 25 → Z, 26 → AA. */
function letters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

function profileOf(market: Market, symbol: string): Profile {
  const byName = PROFILES.find((profile) => symbol.startsWith(profile.prefix));
  const letter = /^SIM([A-Z])(?=USD)/.exec(symbol)?.[1];
  const index = letter === undefined ? hashText(symbol) : letter.charCodeAt(0) - 65;
  // Coin-margined contracts exist on major coins only, and base volume of 8 decimals needs a price that is not tiny.
  const profiles = market === 'cm' ? PROFILES.filter((profile) => profile.levelUsd >= 0.1) : PROFILES;
  return byName ?? profiles[index % profiles.length]!;
}

/** The instrument of a symbol: a function of its name, so it is the same alone and among others. */
export function instrumentOf(market: Market, symbol: string): Instrument {
  const profile = profileOf(market, symbol);
  const [priceDecimals, umQuantityDecimals, klinePriceDecimals] = profile.um;
  const [spotPriceDecimals, spotQuantityDecimals] = profile.spot;
  const decimals =
    market === 'spot'
      ? { priceDecimals: spotPriceDecimals, quantityDecimals: spotQuantityDecimals, klinePriceDecimals: 8 }
      : market === 'cm'
        ? { priceDecimals, quantityDecimals: 0, klinePriceDecimals: priceDecimals }
        : { priceDecimals, quantityDecimals: umQuantityDecimals, klinePriceDecimals };
  return {
    symbol,
    market,
    ...decimals,
    levelTicks: Math.round(profile.levelUsd * 10 ** decimals.priceDecimals),
    medianUsd: profile.medianUsd,
    dailyVolatility: profile.dailyVolatility,
    tradeIdGapShare: market === 'spot' ? 0 : profile.gapShare,
    openInterestUsd: profile.openInterestUsd,
    ...(market === 'cm' ? { contractUsd: contractSizeUsd(symbol) } : {}),
  };
}
