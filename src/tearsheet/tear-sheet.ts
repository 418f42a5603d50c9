import { type Coverage, coverageOf, monthRows } from './coverage.js';
import { type Distribution, distributionOf } from './distribution.js';
import { FEWEST, type MeanEstimate, meanOverTime } from './estimate.js';
import {
  type CoefficientMean,
  type Coefficients,
  type SymbolPairs,
  coefficientMean,
  crossSectionSeries,
  pooledCoefficients,
} from './information.js';
import { type FactorPanel, forwardReturns } from './panel.js';
import { type Persistence, rankAutocorrelation, turnover } from './persistence.js';
import { type QuantileReturn, cumulatedSpread, quantileReturns, spreadSeries } from './quantile-returns.js';
import {
  type PastWindow,
  type QuantileRule,
  pastWindow,
  quantilesAcross,
  quantilesOfPast,
} from './quantiles.js';

/** A stretch of time that returns are looked at over. */
export interface Horizon {
  /** `4h` */
  readonly label: string;
  readonly bars: number;
}

export interface HorizonSheet {
  readonly horizon: Horizon;
  readonly pooled: Coefficients;
  readonly perSymbol: readonly ({ readonly symbol: string } & Coefficients)[];
  /** Pooled within the month. */
  readonly perMonth: readonly ({ readonly month: string } & Coefficients)[];
  /** Across symbols at each bar, over time; null with fewer than 5 symbols. */
  readonly crossSection: { readonly pearson: CoefficientMean; readonly spearman: CoefficientMean } | null;
  readonly quantiles: readonly QuantileReturn[];
  readonly spread: MeanEstimate;
  readonly cumulatedSpread: readonly { readonly at: number; readonly value: number | null }[];
}

/** Spearman coefficient against the horizon: mean across symbols, with its standard error, or pooled, without. */
export interface DecayPoint {
  readonly bars: number;
  readonly value: number | null;
  readonly standardError: number | null;
  /** Bars of a mean across symbols, pairs of a pooled one. */
  readonly observations: number;
}

export interface TearSheet {
  readonly bars: number;
  readonly symbols: readonly string[];
  readonly quantileRule: QuantileRule;
  /** Of `own past`. */
  readonly pastWindow: PastWindow | null;
  readonly horizons: readonly HorizonSheet[];
  readonly decay: readonly DecayPoint[];
  readonly persistence: readonly Persistence[];
  readonly coverage: Coverage;
  readonly distribution: Distribution;
}

/** Points of a cumulated line that are kept; of longer ones, the last of each day. */
const MOST_POINTS = 2000;
const DAY_MS = 86_400_000;

/**
 * Everything about a factor and the returns after it. Pure, and the same for the same panel.
 * @param horizons at least one
 * @param decayBars longest horizon of the decay, bars
 */
export function tearSheet(
  panel: FactorPanel,
  horizons: readonly Horizon[],
  decayBars: number,
  progress: (step: string, share: number) => void = () => undefined,
): TearSheet {
  const { minute, barMs, symbols } = panel;
  const factors = symbols.map(({ factor }) => factor);
  const bars = minute.length;
  const rule: QuantileRule = symbols.length >= FEWEST.symbols ? 'cross-section' : 'own past';
  const past = pastWindow(barMs);
  const quantiles =
    rule === 'cross-section'
      ? quantilesAcross(factors, bars)
      : factors.map((factor) => quantilesOfPast(factor, past));
  const sheets = horizons.map((horizon, i) => {
    progress('horizons', i / horizons.length);
    return horizonSheet(panel, horizon, rule, quantiles);
  });
  const decay = Array.from({ length: decayBars }, (_, i) => {
    progress('decay', i / decayBars);
    return decayPoint(panel, i + 1, rule);
  });
  const lags = [...new Set([1, ...horizons.map((horizon) => horizon.bars)])].sort((a, b) => a - b);
  return {
    bars,
    symbols: symbols.map(({ symbol }) => symbol),
    quantileRule: rule,
    pastWindow: rule === 'own past' ? past : null,
    horizons: sheets,
    decay,
    persistence: lags.map((lag) => ({
      bars: lag,
      turnover: turnover(quantiles, lag),
      rankAutocorrelation: rankAutocorrelation(factors, lag),
    })),
    coverage: coverageOf(panel),
    distribution: distributionOf(factors),
  };
}

function pairsFor({ symbols }: FactorPanel, bars: number): SymbolPairs {
  return symbols.map(({ factor, close }) => [factor, forwardReturns(close, bars)] as const);
}

function horizonSheet(
  panel: FactorPanel,
  horizon: Horizon,
  rule: QuantileRule,
  quantiles: readonly Float64Array[],
): HorizonSheet {
  const { minute, barMs, symbols } = panel;
  const bars = minute.length;
  const pairs = pairsFor(panel, horizon.bars);
  const forward = pairs.map(([, returns]) => returns);
  const spread = spreadSeries(rule, quantiles, forward, bars);
  const across = rule === 'cross-section' ? crossSectionSeries(pairs, bars) : null;
  return {
    horizon,
    pooled: pooledCoefficients(pairs),
    perSymbol: symbols.map(({ symbol }, i) => ({ symbol, ...pooledCoefficients([pairs[i]!]) })),
    perMonth: monthRows(minute, barMs).map(({ month, from, to }) => ({
      month,
      ...pooledCoefficients(pairs, from, to),
    })),
    crossSection: across && {
      pearson: coefficientMean(across.pearson, horizon.bars),
      spearman: coefficientMean(across.spearman, horizon.bars),
    },
    quantiles: quantileReturns(quantiles, forward, bars, horizon.bars),
    spread: meanOverTime(spread, horizon.bars),
    cumulatedSpread: pointsOf(minute, barMs, cumulatedSpread(spread, horizon.bars)),
  };
}

function decayPoint(panel: FactorPanel, bars: number, rule: QuantileRule): DecayPoint {
  const pairs = pairsFor(panel, bars);
  if (rule === 'own past') {
    const { value, observations } = pooledCoefficients(pairs).spearman;
    return { bars, value, standardError: null, observations };
  }
  const over = meanOverTime(crossSectionSeries(pairs, panel.minute.length).spearman, bars);
  return { bars, value: over.mean, standardError: over.standardError, observations: over.bars };
}

function pointsOf(
  minute: Float64Array,
  barMs: number,
  values: Float64Array,
): { at: number; value: number | null }[] {
  const point = (row: number): { at: number; value: number | null } => {
    const value = values[row]!;
    return { at: minute[row]! + barMs, value: Number.isNaN(value) ? null : value };
  };
  const rows = Array.from(values, (_, row) => row);
  const kept =
    rows.length <= MOST_POINTS ? rows : rows.filter((row) => (minute[row]! + barMs) % DAY_MS === 0);
  return kept.map(point);
}
