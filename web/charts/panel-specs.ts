import type { ColumnInfo } from '../api-types.js';
import type { PanelMode, PanelToken } from './panel-tokens.js';

/** What a panel draws of which columns. Pure. */

/** Names of colours in css/tokens.css. */
export type Tint =
  'up' | 'down' | 'series-1' | 'series-2' | 'series-3' | 'series-4' | 'series-5' | 'series-6' | 'soft';

export interface SeriesSpec {
  readonly column: string;
  readonly label: string;
  readonly unit: string;
  readonly tint: Tint;
  /** −1 hangs its bars from the zero line. */
  readonly sign: 1 | -1;
}

/** `candles`: open, high, low, close, volume. `signed`: bars of the first, coloured by the sign of the second. */
export type Drawing = 'candles' | 'line' | 'step' | 'bars' | 'signed';

export interface PanelSpec {
  readonly id: string;
  readonly title: string;
  /** Of all its series; null where they differ, or have none. */
  readonly unit: string | null;
  readonly drawing: Drawing;
  readonly isTall: boolean;
  readonly series: readonly SeriesSpec[];
  /** Null: its columns cannot be summed up. */
  readonly mode: PanelMode | null;
  /** Formula, unit, and when it is empty: beside the panel of a single factor. */
  readonly definition: ColumnInfo | null;
}

type Columns = ReadonlyMap<string, ColumnInfo>;

interface BuiltIn {
  readonly title: string;
  readonly drawing: Drawing;
  readonly isTall?: boolean;
  readonly mode?: PanelMode;
  /** Names that the column may have, the preferred one first. */
  readonly series: readonly (readonly [names: readonly string[], label: string, tint: Tint, sign?: -1])[];
}

export const BUILT_IN: Readonly<Record<string, BuiltIn>> = {
  candles: {
    title: 'Price and volume',
    drawing: 'candles',
    isTall: true,
    series: [
      [['open', 'price_open', 'at_price_open'], 'O', 'soft'],
      [['high', 'price_high', 'at_price_high'], 'H', 'soft'],
      [['low', 'price_low', 'at_price_low'], 'L', 'soft'],
      [['close', 'price_close', 'at_price_close'], 'C', 'soft'],
      [['quote_volume', 'at_quote_volume'], 'Vol', 'soft'],
    ],
  },
  cvd: {
    title: 'CVD',
    drawing: 'line',
    mode: 'sum',
    series: [
      [['cvd_quote', 'at_cvd_quote'], 'all', 'series-1'],
      [['whale_cvd_quote', 'at_whale_cvd_quote'], 'whale', 'series-2'],
      [['retail_cvd_quote', 'at_retail_cvd_quote'], 'retail', 'series-3'],
    ],
  },
  imbalance: {
    title: 'Imbalance',
    drawing: 'signed',
    series: [
      [['imbalance_ratio_quote', 'at_imbalance_ratio_quote'], '|buy − sell| / all', 'series-1'],
      [['cvd_quote', 'at_cvd_quote'], 'CVD', 'soft'],
    ],
  },
  liquidations: {
    title: 'Liquidations',
    drawing: 'bars',
    mode: 'bar',
    series: [
      [['liquidation_short_vol_sum'], 'shorts', 'up'],
      [['liquidation_long_vol_sum'], 'longs', 'down', -1],
    ],
  },
  funding: { title: 'Funding', drawing: 'step', series: [[['funding_rate'], 'rate', 'series-4']] },
  oi: {
    title: 'Open interest',
    drawing: 'line',
    series: [[['oi_open_interest_usd', 'oi_open_interest'], 'open interest', 'series-5']],
  },
};

/** Null when there is no such panel and no such column. */
export function panelSpec({ id, mode }: PanelToken, columns: Columns): PanelSpec | null {
  const builtIn = BUILT_IN[id];
  if (!builtIn) return factorPanel(id, mode, columns.get(id));
  const series = builtIn.series.map(([names, label, tint, sign]): SeriesSpec => {
    const column = names.find((name) => columns.has(name)) ?? names[0]!;
    return { column, label, unit: columns.get(column)?.unit ?? '', tint, sign: sign ?? 1 };
  });
  const isSum = builtIn.mode !== undefined && (mode ?? builtIn.mode) === 'sum';
  return {
    id,
    title: builtIn.title,
    unit: commonUnit(series),
    drawing: isSum ? 'line' : builtIn.drawing,
    isTall: builtIn.isTall === true,
    series,
    mode: builtIn.mode === undefined ? null : (mode ?? builtIn.mode),
    definition: null,
  };
}

function factorPanel(id: string, mode: PanelMode | null, info: ColumnInfo | undefined): PanelSpec | null {
  if (!info) return null;
  return {
    id,
    title: id,
    unit: info.unit === '1' ? null : info.unit,
    drawing: info.kind === 'flow' && mode !== 'sum' ? 'bars' : 'line',
    isTall: false,
    series: [{ column: id, label: '', unit: info.unit, tint: 'series-1', sign: 1 }],
    mode: info.kind === 'flow' ? (mode ?? 'bar') : null,
    definition: info,
  };
}

function commonUnit(series: readonly SeriesSpec[]): string | null {
  const units = new Set(series.map(({ unit }) => unit));
  const [unit] = units;
  return units.size === 1 && unit !== '' && unit !== '1' ? unit! : null;
}

/** Each once, as the server is asked for them. */
export function columnsOf(panels: readonly PanelSpec[]): string[] {
  return [...new Set(panels.flatMap(({ series }) => series.map(({ column }) => column)))];
}
