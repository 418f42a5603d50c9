import { pearson, spearman } from './correlation.js';
import { type Estimate, FEWEST, type MeanEstimate, estimate, meanOverTime } from './estimate.js';
import { type Pairs, pairsAcross, pairsOf } from './panel.js';

/** Factor and forward return of each symbol. */
export type SymbolPairs = readonly (readonly [factor: Float64Array, forward: Float64Array])[];

/** Information coefficients: correlation of the factor with the return that follows. */
export interface Coefficients {
  readonly pearson: Estimate;
  readonly spearman: Estimate;
}

export function coefficients({ x, y }: Pairs, fewest: number = FEWEST.pairs): Coefficients {
  const isEnough = x.length >= fewest;
  return {
    pearson: estimate(isEnough ? pearson(x, y) : NaN, x.length, fewest),
    spearman: estimate(isEnough ? spearman(x, y) : NaN, x.length, fewest),
  };
}

/** Over all pairs of symbol and bar, or of the bars `[from, to)`. */
export function pooledCoefficients(symbols: SymbolPairs, from?: number, to?: number): Coefficients {
  return coefficients(pairsOf(symbols, from, to));
}

/** The coefficient of every bar across its symbols; NaN where fewer than 5 have both, or do not vary. */
export interface CrossSectionSeries {
  readonly pearson: Float64Array;
  readonly spearman: Float64Array;
}

export function crossSectionSeries(symbols: SymbolPairs, bars: number): CrossSectionSeries {
  const series = { pearson: new Float64Array(bars).fill(NaN), spearman: new Float64Array(bars).fill(NaN) };
  const pairsAt = pairsAcross(symbols);
  for (let t = 0; t < bars; t++) {
    const { x, y } = pairsAt(t);
    if (x.length < FEWEST.symbols) continue;
    series.pearson[t] = pearson(x, y);
    series.spearman[t] = spearman(x, y);
  }
  return series;
}

/** A coefficient over time. */
export interface CoefficientMean extends MeanEstimate {
  /** mean / deviation, a bar; not annualised. */
  readonly ir: number | null;
  /** Share of the bars where it is above 0. */
  readonly positiveShare: number | null;
}

export function coefficientMean(series: Float64Array, horizon: number): CoefficientMean {
  const over = meanOverTime(series, horizon);
  const { mean, deviation, bars } = over;
  const isMean = mean !== null && deviation !== null;
  return {
    ...over,
    ir: isMean && deviation > 0 ? mean / deviation : null,
    positiveShare: isMean ? series.filter((value) => value > 0).length / bars : null,
  };
}
