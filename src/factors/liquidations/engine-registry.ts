import type { Factor, FactorDefinition } from '../registry.js';

type Own = Pick<FactorDefinition, 'unit' | 'range' | 'formula' | 'inputs'> & Partial<FactorDefinition>;

const NOT_COVERED = 'the bar is not wholly covered';
const or = (reason: string): string => `${NOT_COVERED}, or ${reason}`;

function pattern(name: string, own: Own): Factor {
  return {
    family: 'liquidation-engine',
    name,
    type: 'double',
    window: 'the bar; thresholds: the {L} hours before',
    whenEmpty: NOT_COVERED,
    rollsUp: 'recompute',
    source: 'seed LiquidationFactorEngine',
    ...own,
  };
}

const SUM = 'sum_{side}_{size}_lb{L}';
const COUNT = 'count_{side}_{size}_lb{L}';
const BURN = 'diff_net_burn_vol_lb{L}';
const WHALE = 'diff_net_whale_vol_lb{L}';
const SKEW = 'skew_{side}';
const DIFF_SKEW = 'diff_skew';
const NO_SHAPE = or('the side has fewer than 5 events or all its values are equal');
const PAST = '{W} bars before this one';

/** Patterns of the columns of `LiquidationFactorEngine`, in the order of its table. */
export const ENGINE_PATTERNS: readonly Factor[] = [
  pattern(SUM, {
    unit: 'quote',
    range: '[0, ∞)',
    formula: 'Σ value of liquidated {side}s of size {size}',
    inputs: ['value'],
    rollsUp: 'sum',
  }),
  pattern(COUNT, {
    type: 'int64',
    unit: 'events',
    range: '[0, ∞)',
    formula: 'number of liquidated {side}s of size {size}',
    inputs: ['value'],
    rollsUp: 'sum',
  }),
  pattern('total_vol_{side}_lb{L}', {
    unit: 'quote',
    range: '[0, ∞)',
    formula: 'Σ value of liquidated {side}s of all sizes; the same for every L',
    inputs: ['value'],
    window: 'the bar',
    rollsUp: 'sum',
  }),
  pattern(BURN, {
    unit: 'quote',
    range: '(-∞, ∞)',
    formula: 'total_vol_long - total_vol_short; the same for every L',
    inputs: ['total_vol_long_lb{L}', 'total_vol_short_lb{L}'],
    window: 'the bar',
    rollsUp: 'sum',
  }),
  pattern(WHALE, {
    unit: 'quote',
    range: '(-∞, ∞)',
    formula: 'sum_long_large - sum_short_large',
    inputs: ['sum_long_large_lb{L}', 'sum_short_large_lb{L}'],
    rollsUp: 'sum',
  }),
  pattern('ratio_whale_{side}_lb{L}', {
    unit: '1',
    range: '[0, 1]',
    formula: 'sum_{side}_large / total_vol_{side}',
    inputs: ['sum_{side}_large_lb{L}', 'total_vol_{side}_lb{L}'],
    whenEmpty: or('total_vol_{side} = 0'),
  }),
  pattern('ratio_retail_{side}_lb{L}', {
    unit: '1',
    range: '[0, 1]',
    formula: 'count_{side}_small / number of liquidated {side}s',
    inputs: ['count_{side}_small_lb{L}', 'count_{side}_med_lb{L}', 'count_{side}_large_lb{L}'],
    whenEmpty: or('the side has no events'),
  }),
  pattern(SKEW, {
    unit: '1',
    range: '(-∞, ∞)',
    formula: 'bias-corrected sample skewness (G1) of the values of liquidated {side}s',
    inputs: ['value'],
    window: 'the bar',
    whenEmpty: NO_SHAPE,
  }),
  pattern('kurt_{side}', {
    unit: '1',
    range: '(-∞, ∞)',
    formula: 'bias-corrected sample excess kurtosis (G2) of the values of liquidated {side}s',
    inputs: ['value'],
    window: 'the bar',
    whenEmpty: NO_SHAPE,
  }),
  pattern(DIFF_SKEW, {
    unit: '1',
    range: '(-∞, ∞)',
    formula: 'skew_long - skew_short',
    inputs: ['skew_long', 'skew_short'],
    window: 'the bar',
    whenEmpty: or('either is empty'),
  }),
  pattern('feat_z_{c}_w{W}', {
    unit: '1',
    range: '(-∞, ∞)',
    formula: '({c} - mean) / sample standard deviation',
    inputs: [SUM, COUNT, BURN, WHALE, SKEW, DIFF_SKEW],
    window: PAST,
    whenEmpty:
      '{c} is empty, or so are more than half of the window or all but one of its bars, or the others are equal',
  }),
  pattern('feat_brk_{c}_w{W}_q{100Q}', {
    unit: '1',
    range: '[0, ∞)',
    formula: '{c} / quantile Q of the window, linear',
    inputs: [SUM, COUNT],
    window: PAST,
    whenEmpty: '{c} or all of the window is empty, or the quantile is 0',
  }),
  pattern('feat_brkabs_{c}_w{W}_q{100Q}', {
    unit: '1',
    range: '[0, ∞)',
    formula: 'absolute value of {c} / quantile Q of the absolute values in the window, linear',
    inputs: [BURN, WHALE, DIFF_SKEW],
    window: PAST,
    whenEmpty: '{c} or all of the window is empty, or the quantile is 0',
  }),
];
