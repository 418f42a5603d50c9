import type { LegendEntry } from './header.js';
import type { Mark } from './marks.js';
import type { NumberStyle } from './numbers.js';
import type { Role } from './scene.js';

/** Bars that a panel is made of: starts in ms, evenly spaced; a column that is not there has no entry. */
export interface PanelBars {
  readonly minute: Float64Array;
  readonly spanMs: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** Numbers of a panel that can be read at a bar. */
export interface Reading {
  readonly label: string;
  readonly values: Float64Array;
}

export interface PanelContent {
  readonly marks: readonly Mark[];
  readonly legend: readonly LegendEntry[];
  readonly readings: readonly Reading[];
}

/** A panel that has a name of its own. */
export interface PanelKind {
  readonly title: string;
  readonly hint: string;
  readonly columns: readonly string[];
  readonly style: NumberStyle;
  readonly weight: number;
  readonly anchored: boolean;
  /** What the numbers of a column become in the panel, for its description: `Σ … from the start`. */
  readonly drawn: (column: string) => string;
  /** Of the columns that are there, at least one. */
  readonly content: (bars: PanelBars) => PanelContent;
}

export const PANEL_NAMES = ['price', 'cvd', 'volume', 'liquidations', 'funding', 'oi'] as const;
export type PanelName = (typeof PANEL_NAMES)[number];

const centresOf = ({ minute, spanMs }: PanelBars): Float64Array => minute.map((t) => t + spanMs / 2);
const asItIs = (column: string): string => column;

/** Σ from the first bar on; a bar without a value is a gap and adds nothing. */
export function cumulate(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => (Number.isNaN(value) ? NaN : (sum += value)));
}

interface Named {
  readonly column: string;
  readonly label: string;
  readonly role: Role;
}

function lines(
  bars: PanelBars,
  named: readonly Named[],
  change: (values: Float64Array) => Float64Array,
): PanelContent {
  const there = named.flatMap(({ column, ...rest }) => {
    const values = bars.columns[column];
    return values === undefined ? [] : [{ ...rest, values: change(values) }];
  });
  const x = centresOf(bars);
  return {
    marks: there.map(({ values, role }) => ({ kind: 'line', x, y: values, role })),
    legend: there.length === 1 && named.length === 1 ? [] : there,
    readings: there,
  };
}

/** Two flows, one up and one down from zero. */
function mirrored(bars: PanelBars, up: Named, down: Named): PanelContent {
  const { minute: x, spanMs: span } = bars;
  const there = [up, down].flatMap(({ column, label, role }) => {
    const values = bars.columns[column];
    return values === undefined ? [] : [{ label, role, values, sign: column === up.column ? 1 : -1 }];
  });
  return {
    marks: there.map(({ role, values, sign }) => ({
      kind: 'bars',
      x,
      y: values.map((v) => sign * v),
      role,
      span,
    })),
    legend: there,
    readings: there,
  };
}

const CVD: readonly Named[] = [
  { column: 'cvd_quote', label: 'all', role: 'c1' },
  { column: 'whale_cvd_quote', label: 'whale', role: 'c2' },
  { column: 'retail_cvd_quote', label: 'retail', role: 'c3' },
];
const BUY: Named = { column: 'taker_buy_quote', label: 'taker buy ↑', role: 'up' };
const SELL: Named = { column: 'taker_sell_quote', label: 'taker sell ↓', role: 'down' };
const SHORTS: Named = { column: 'liquidation_short_vol_sum', label: 'shorts ↑', role: 'up' };
const LONGS: Named = { column: 'liquidation_long_vol_sum', label: 'longs ↓', role: 'down' };

export const PANEL_KINDS: Readonly<Record<PanelName, PanelKind>> = {
  price: {
    title: 'Price',
    hint: 'quote',
    columns: ['open', 'high', 'low', 'close'],
    style: 'plain',
    weight: 2.4,
    anchored: false,
    drawn: asItIs,
    content: (bars) => {
      const nothing = (): Float64Array => new Float64Array(bars.minute.length).fill(NaN);
      const [open, high, low, close] = ['open', 'high', 'low', 'close'].map(
        (name) => bars.columns[name] ?? nothing(),
      ) as [Float64Array, Float64Array, Float64Array, Float64Array];
      return {
        marks: [{ kind: 'candles', x: bars.minute, span: bars.spanMs, ...{ open, high, low, close } }],
        legend: [],
        readings: Object.entries({ open, high, low, close }).map(([label, values]) => ({ label, values })),
      };
    },
  },
  cvd: {
    title: 'CVD',
    hint: 'quote, from the start of the range',
    columns: CVD.map(({ column }) => column),
    style: 'si',
    weight: 1.3,
    anchored: true,
    drawn: (column) => `Σ ${column} from the start of the range`,
    content: (bars) => lines(bars, CVD, cumulate),
  },
  volume: {
    title: 'Volume',
    hint: 'quote a bar',
    columns: [BUY.column, SELL.column],
    style: 'si',
    weight: 1,
    anchored: true,
    drawn: (column) => (column === SELL.column ? `−${column}` : column),
    content: (bars) => mirrored(bars, BUY, SELL),
  },
  liquidations: {
    title: 'Liquidations',
    hint: 'quote a bar',
    columns: [SHORTS.column, LONGS.column],
    style: 'si',
    weight: 0.9,
    anchored: true,
    drawn: (column) => (column === LONGS.column ? `−${column}` : column),
    content: (bars) => mirrored(bars, SHORTS, LONGS),
  },
  funding: {
    title: 'Funding rate',
    hint: 'per interval',
    columns: ['funding_rate'],
    style: 'percent',
    weight: 0.7,
    anchored: true,
    drawn: asItIs,
    content: ({ minute: x, spanMs: span, columns }) => {
      const values = columns['funding_rate'] ?? new Float64Array(x.length).fill(NaN);
      return {
        marks: [{ kind: 'steps', x, y: values, role: 'c4', span }],
        legend: [],
        readings: [{ label: 'rate', values }],
      };
    },
  },
  oi: {
    title: 'Open interest',
    hint: 'quote',
    columns: ['oi_open_interest_usd'],
    style: 'si',
    weight: 0.9,
    anchored: false,
    drawn: asItIs,
    content: (bars) =>
      lines(bars, [{ column: 'oi_open_interest_usd', label: 'open interest', role: 'c5' }], asItIsValues),
  },
};

const asItIsValues = (values: Float64Array): Float64Array => values;

/** The panel of any other column: one line. */
export function columnPanel(column: string, unit: string): PanelKind {
  return {
    title: column,
    hint: unit === '1' ? '' : unit,
    columns: [column],
    style: 'si',
    weight: 0.9,
    anchored: false,
    drawn: asItIs,
    content: (bars) => lines(bars, [{ column, label: column, role: 'c2' }], asItIsValues),
  };
}
