import { shapeOf } from '../../factors/index.js';
import type { KeptMinutes } from '../bar-minutes.js';
import { EPSILON, type WideColumnDefinition, columnMaker } from '../column.js';
import { sumOf } from '../statistics.js';

const column = columnMaker({ window: 'the kept minutes', source: 'golden volatility' });
const R = ['minute.close'];
const V = ['minute.volume'];
const OF_R = { whenNull: 'fewer than 10 minutes, or all r are equal' } as const;
const OF_V = { whenNull: 'fewer than 10 minutes, or all volumes are equal' } as const;

/** Group 9: the shape of returns and of volumes; bias-corrected, as pandas has them. */
export const SHAPE = {
  shape_skew: column('bias-corrected skewness (G1) of r, without the first', R, OF_R),
  shape_kurt: column('bias-corrected excess kurtosis (G2) of r, without the first', R, OF_R),
  shape_skratio: column('skew / (|kurt| + 10⁻¹²)', ['shape_skew', 'shape_kurt'], OF_R),
  shape_skewVol: column('bias-corrected skewness of volume / Σ volume', V, OF_V),
  shape_kurtVol: column('bias-corrected excess kurtosis of volume / Σ volume', V, OF_V),
  shape_skratioVol: column('skewVol / (|kurtVol| + 10⁻¹²)', ['shape_skewVol', 'shape_kurtVol'], OF_V),
} as const satisfies Record<string, WideColumnDefinition>;

export type ShapeColumn = keyof typeof SHAPE;
export const FEWEST_FOR_SHAPE_OF_BAR = 10;

export function shapeColumnsOf({ length, returns, volume }: KeptMinutes): Record<ShapeColumn, number> {
  const enough = length >= FEWEST_FOR_SHAPE_OF_BAR;
  const total = sumOf(volume);
  const none = new Float64Array();
  // A sum of 0 has no shares; shapeOf sorts in place, hence the copies.
  const ofReturns = shapeOf(enough ? returns.slice(1) : none);
  const ofShares = shapeOf(enough && total > 0 ? volume.map((v) => v / total) : none);
  return {
    shape_skew: ofReturns.skew,
    shape_kurt: ofReturns.kurt,
    shape_skratio: ofReturns.skew / (Math.abs(ofReturns.kurt) + EPSILON),
    shape_skewVol: ofShares.skew,
    shape_kurtVol: ofShares.kurt,
    shape_skratioVol: ofShares.skew / (Math.abs(ofShares.kurt) + EPSILON),
  };
}
