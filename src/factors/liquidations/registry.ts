import type { Factor, FactorDefinition } from '../registry.js';
import { SIDES, type Side } from './bar-values.js';
import { ENGINE_PATTERNS } from './engine-registry.js';

/**
 * Version of what the columns hold: counted up with any change that gives another value for the same events. Files of
 * another version are written anew.
 */
export const LIQUIDATION_FORMULAS_VERSION = 1;

type Own = Pick<FactorDefinition, 'unit' | 'range' | 'formula' | 'inputs'> & Partial<FactorDefinition>;

const NOT_COVERED = 'the bar is not wholly covered';

function column(name: string, own: Own): Factor {
  return {
    family: 'liquidations',
    name,
    type: 'double',
    window: 'the bar',
    whenEmpty: NOT_COVERED,
    rollsUp: 'recompute',
    source: 'seed liquidations, step 1',
    ...own,
  };
}

const or = (reason: string): string => `${NOT_COVERED}, or ${reason}`;
const COUNT = { type: 'int64', range: '[0, ∞)' } as const;
const SHAPE = { unit: '1', range: '(-∞, ∞)', source: 'seed liquidations, step 2' } as const;
const RELATIVE = { unit: '1', source: 'seed liquidations, step 3' } as const;
const HISTORY = { unit: '1', source: 'seed liquidations, step 4' } as const;
const AGAINST_PRICE = { source: 'seed liquidations, step 5' } as const;

/** Columns of one side; `{side}` is filled in. */
function sideColumns(side: Side): Factor[] {
  const whose = side === 'all' ? 'all events' : `liquidated ${side}s`;
  const prefix = `liquidation_${side}_`;
  const price = (name: string, which: string, rollsUp: FactorDefinition['rollsUp']): Factor =>
    column(`${prefix}${name}`, {
      unit: 'quote/base',
      range: '(0, ∞)',
      formula: `${which} price of ${whose}`,
      inputs: ['price'],
      whenEmpty: or('cnt = 0'),
      rollsUp,
      source: 'tapemill',
    });
  return [
    column(`${prefix}vol_sum`, {
      unit: 'quote',
      range: '[0, ∞)',
      formula: `Σ value of ${whose}`,
      inputs: ['value'],
      rollsUp: 'sum',
    }),
    column(`${prefix}cnt`, {
      ...COUNT,
      unit: 'events',
      formula: `number of ${whose}`,
      inputs: ['side'],
      rollsUp: 'sum',
    }),
    column(`${prefix}amt_max`, {
      unit: 'quote',
      range: '[0, ∞)',
      formula: `largest value of ${whose}`,
      inputs: ['value'],
      whenEmpty: or('cnt = 0'),
      rollsUp: 'max',
    }),
    column(`${prefix}amt_mean`, {
      unit: 'quote/event',
      range: '[0, ∞)',
      formula: 'vol_sum / cnt',
      inputs: [`${prefix}vol_sum`, `${prefix}cnt`],
      whenEmpty: or('cnt = 0'),
    }),
    column(`${prefix}qty_sum`, {
      unit: 'base',
      range: '[0, ∞)',
      formula: `Σ quantity of ${whose}`,
      inputs: ['qty'],
      rollsUp: 'sum',
      source: 'tapemill',
    }),
    price('price_first', 'first', 'first'),
    price('price_high', 'largest', 'max'),
    price('price_low', 'smallest', 'min'),
    price('price_last', 'last', 'last'),
    column(`${prefix}skew`, {
      ...SHAPE,
      formula: `bias-corrected sample skewness (G1) of the values of ${whose}`,
      inputs: ['value'],
      whenEmpty: or('cnt < 5, or all values are equal'),
    }),
    column(`${prefix}kurt`, {
      ...SHAPE,
      formula: `bias-corrected sample excess kurtosis (G2) of the values of ${whose}`,
      inputs: ['value'],
      whenEmpty: or('cnt < 5, or all values are equal'),
    }),
    column(`${prefix}burst_kurt`, {
      ...SHAPE,
      formula: `excess kurtosis (G2) of the sums of ${whose} minute by minute, 0 for a minute without`,
      inputs: ['ts', 'value'],
      whenEmpty: or('all minutes have the same sum'),
      window: 'the minutes of the bar',
    }),
    column(`${prefix}burst_hhi`, {
      ...SHAPE,
      range: '(0, 1]',
      formula: 'Σ share² of the minutes in vol_sum: 1 when one minute had it all',
      inputs: ['ts', 'value'],
      whenEmpty: or('vol_sum = 0'),
      window: 'the minutes of the bar',
    }),
    column(`${prefix}whale_index`, {
      ...RELATIVE,
      range: '(0, 1]',
      formula: 'amt_max / vol_sum',
      inputs: [`${prefix}amt_max`, `${prefix}vol_sum`],
      whenEmpty: or('vol_sum = 0'),
    }),
    column(`${prefix}vwap`, {
      ...AGAINST_PRICE,
      unit: 'quote/base',
      range: '[0, ∞)',
      formula: 'vol_sum / qty_sum',
      inputs: [`${prefix}vol_sum`, `${prefix}qty_sum`],
      whenEmpty: or('qty_sum = 0'),
    }),
    column(`${prefix}pain_depth`, {
      ...AGAINST_PRICE,
      unit: '1',
      range: '[-1, ∞)',
      formula: 'price_close / vwap - 1: below 0 when the price went on falling',
      inputs: ['price_close', `${prefix}vwap`],
      whenEmpty: or('vwap is empty or 0, or the bar has no trades'),
    }),
  ];
}

function historyColumns(side: Side): Factor[] {
  return ['vol_sum', 'cnt'].flatMap((measure) => {
    const name = `liquidation_${side}_${measure}`;
    return [
      column(`${name}_z_{w}`, {
        ...HISTORY,
        range: '(-∞, ∞)',
        formula: `(${measure} - mean) / sample standard deviation`,
        inputs: [name],
        window: '{w} bars before this one; default 24 h',
        whenEmpty: or('fewer than half of the window, or than two bars, are known, or all are equal'),
      }),
      column(`${name}_rank_{w}`, {
        ...HISTORY,
        range: '(0, 1]',
        formula: `average rank of ${measure} / number of known bars: 1 is the largest`,
        inputs: [name],
        window: '{w} bars ending with this one; default 168 h',
        whenEmpty: or('fewer than half of the window are known'),
      }),
    ];
  });
}

/** Every column of `liquidationFactors`, in the order of its table. `{w}` stands for a window, in bars. */
const BASE_COLUMNS: readonly Factor[] = [
  column('liquidation_covered', {
    ...COUNT,
    unit: '1',
    range: '[0, 1]',
    formula: '1 when the sources cover the whole bar, else 0: then all other columns are empty',
    inputs: ['coverage'],
    whenEmpty: null,
    rollsUp: 'min',
    source: 'tapemill',
  }),
  column('liquidation_lower_bound', {
    ...COUNT,
    unit: '1',
    range: '[0, 1]',
    formula:
      '1 when a part of the bar is known only from a source that shows one event per symbol and second',
    inputs: ['coverage'],
    rollsUp: 'max',
    source: 'tapemill',
  }),
  ...SIDES.flatMap(sideColumns),
  column('liquidation_imbalance', {
    ...RELATIVE,
    range: '[-1, 1]',
    formula: '(long - short) / (long + short) of vol_sum',
    inputs: ['liquidation_long_vol_sum', 'liquidation_short_vol_sum'],
    whenEmpty: or('both sums are 0'),
  }),
  column('liquidation_blood_content', {
    ...RELATIVE,
    range: '[0, ∞)',
    formula: 'liquidation_all_vol_sum / quote_volume',
    inputs: ['liquidation_all_vol_sum', 'quote_volume'],
    whenEmpty: or('the bar has no trades, or quote_volume = 0'),
  }),
  ...SIDES.flatMap(historyColumns),
];

/**
 * Every column of liquidations: those of `liquidationFactors`, then those of `LiquidationFactorEngine`. Where a parameter
 * is a part of the name, the name is a pattern with `{w}`, `{L}`, `{W}` (whole numbers) or `{100Q}`; those of the
 * engine also have `{side}`, `{size}` and `{c}`, another column of the engine.
 */
export function listLiquidationFactors(): Factor[] {
  return [...BASE_COLUMNS, ...ENGINE_PATTERNS];
}

/** Definition of a column by its full name, with the pattern's placeholders filled in; null when there is none. */
export function describeLiquidationColumn(name: string): Factor | null {
  for (const factor of listLiquidationFactors()) {
    const filled = fillIn(factor, name);
    if (filled !== null) return filled;
  }
  return null;
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '{w}': '[1-9]\\d*',
  '{L}': '[1-9]\\d*',
  '{W}': '[1-9]\\d*',
  '{100Q}': '(?:0|[1-9]\\d*)(?:\\.\\d+)?',
  '{side}': 'long|short',
  '{size}': 'small|med|large',
  '{c}': '.+',
};

function fillIn(factor: Factor, name: string): Factor | null {
  const holes = factor.name.match(/\{\w+\}/g) ?? [];
  const pattern = factor.name.replace(/\{\w+\}/g, (hole) => `(${PLACEHOLDERS[hole]!})`);
  const match = new RegExp(`^${pattern}$`).exec(name);
  if (!match) return null;
  const parts = new Map(holes.map((hole, index) => [hole, match[index + 1]!]));
  // A pattern that mines columns says by its inputs which ones it mines.
  const mined = parts.get('{c}');
  if (mined !== undefined && !factor.inputs.some((input) => isA(input, mined))) return null;
  const fill = (text: string): string => text.replace(/\{\w+\}/g, (hole) => parts.get(hole) ?? hole);
  return {
    ...factor,
    name,
    formula: fill(factor.formula),
    inputs: mined === undefined ? factor.inputs.map(fill) : [mined],
    window: fill(factor.window),
    whenEmpty: factor.whenEmpty === null ? null : fill(factor.whenEmpty),
  };
}

function isA(patternName: string, name: string): boolean {
  const factor = ENGINE_PATTERNS.find((candidate) => candidate.name === patternName);
  return factor !== undefined && fillIn(factor, name) !== null;
}
