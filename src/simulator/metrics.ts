import { DAY_MS, epochMs, HOUR_MS, MINUTE_MS, type EpochMs, type Period } from '../time/index.js';
import type { Market } from '../market/index.js';
import { divideRounded, fixedText } from './decimal.js';
import type { Instrument } from './instrument.js';
import type { Kline } from './kline-accumulator.js';
import { hashText, smoothNoise } from './random.js';

export const METRICS_HEADER =
  'create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,' +
  'sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio';

export const METRICS_WINDOW_MS = 5 * MINUTE_MS;

/** `um` rows are stamped at the end of their window before this date and at its start from then on. */
export const METRICS_LABEL_CHANGE_MS = epochMs(2026, 6, 25);

/** One 5-minute window. The taker ratio is a flow over it, all else a snapshot taken when it closes. */
export interface MetricsRow {
  readonly stampMs: EpochMs;
  /** In units of 10^-8; 0 writes the archive's `0E-16`. */
  readonly openInterest: bigint;
  readonly openInterestValue: bigint;
  /** In units of 10^-8. */
  readonly topTraderAccounts: bigint;
  readonly topTraderPositions: bigint;
  readonly accounts: bigint;
  /** Taker buy over taker sell volume to 6 decimals, in units of 10^-8; blank when nothing was sold. */
  readonly takerRatio: bigint | undefined;
  /** Cells to leave blank; only a defect does. */
  readonly blanks?: boolean;
}

/** Rows are stamped at the end of their window? */
export function stampedAtEnd(market: Market, day: Period): boolean {
  return market === 'um' && day.startMs < METRICS_LABEL_CHANGE_MS;
}

/**
 * The rows of one day: a function of the date, except for the taker ratio and the price, which are those of the
 * given minute klines. Windows in which the symbol is not yet or no longer there have no row.
 */
export function metricsRows(
  name: string,
  instrument: Instrument,
  day: Period,
  minutes: readonly Kline[],
): MetricsRow[] {
  const rows: MetricsRow[] = [];
  let next = 0;
  const atEnd = stampedAtEnd(instrument.market, day);
  for (let startMs = day.startMs; startMs < day.endMs; startMs += METRICS_WINDOW_MS) {
    const endMs = startMs + METRICS_WINDOW_MS;
    const first = next;
    while (next < minutes.length && minutes[next]!.openMs < endMs) next++;
    const window = minutes.slice(first, next);
    const last = window.at(-1);
    if (!last) continue;
    rows.push({
      stampMs: atEnd ? endMs : startMs,
      ...snapshot(name, instrument, endMs, last.close),
      takerRatio: takerRatio(window),
    });
  }
  return rows;
}

function takerRatio(window: readonly Kline[]): bigint | undefined {
  const total = window.reduce((sum, kline) => sum + kline.steps, 0n);
  const bought = window.reduce((sum, kline) => sum + kline.takerBuySteps, 0n);
  return bought === total ? undefined : divideRounded(bought * 1_000_000n, total - bought) * 100n;
}

function snapshot(
  name: string,
  instrument: Instrument,
  t: EpochMs,
  priceTicks: number,
): Omit<MetricsRow, 'stampMs' | 'takerRatio'> {
  const noise = (what: string, slow: number, fast: number): number => {
    const seed = hashText(`${name}|${what}`);
    return Math.exp(
      slow * smoothNoise(seed, t / (5 * DAY_MS)) +
        fast * smoothNoise(seed ^ 0x33, t / (7 * HOUR_MS)) +
        fast * 0.15 * smoothNoise(seed ^ 0x77, t / METRICS_WINDOW_MS),
    );
  };
  const { market, priceDecimals, quantityDecimals, contractUsd, levelTicks, openInterestUsd } = instrument;
  const priceScale = 10n ** BigInt(priceDecimals);
  const stepUsd = contractUsd ?? levelTicks / 10 ** (priceDecimals + quantityDecimals);
  const steps = BigInt(
    Math.max(1, Math.round((openInterestUsd / stepUsd) * noise('open interest', 0.4, 0.08))),
  );
  const openInterest = steps * 10n ** BigInt(8 - quantityDecimals);
  // On cm contracts, and their value in coins.
  const openInterestValue =
    market === 'cm'
      ? divideRounded(openInterest * BigInt(contractUsd ?? 1) * priceScale, BigInt(priceTicks))
      : divideRounded(openInterest * BigInt(priceTicks), priceScale);
  const ratio = (what: string, level: number, decimals: number): bigint =>
    BigInt(Math.round(level * noise(what, 0.25, 0.08) * 10 ** decimals)) * 10n ** BigInt(8 - decimals);
  return {
    openInterest,
    openInterestValue,
    topTraderAccounts: ratio('top accounts', 2.1, 8),
    topTraderPositions: ratio('top positions', 1.4, 6),
    accounts: ratio('accounts', 1.9, 8),
  };
}

/** Lines without their ends. */
export function metricsLines(symbol: string, rows: readonly MetricsRow[]): string[] {
  return rows.map((row) => {
    const stamp = new Date(row.stampMs).toISOString().slice(0, 19).replace('T', ' ');
    const sixteen = (value: bigint): string => (value === 0n ? '0E-16' : fixedText(value * 100_000_000n, 16));
    const ratio = (value: bigint | undefined): string =>
      value === undefined || row.blanks === true ? '' : fixedText(value, 8);
    return [
      stamp,
      symbol,
      sixteen(row.openInterest),
      sixteen(row.openInterestValue),
      ratio(row.topTraderAccounts),
      ratio(row.topTraderPositions),
      ratio(row.accounts),
      ratio(row.takerRatio),
    ].join(',');
  });
}
