import { TapemillError } from '../errors.js';
import type { Market } from '../market/index.js';
import { minuteText } from '../report/index.js';
import {
  type Series,
  type SeriesSpan,
  listSeriesColumns,
  listSeriesSymbols,
  readSeries,
} from '../series/index.js';
import type { Frequency } from '../time/index.js';
import { type Chart, drawChart } from './chart.js';
import { type PanelChoice, chooseFrequency } from './choose.js';
import { hoverData } from './hover.js';
import type { ThemeName } from './theme.js';
import { columnsOfPanels, timePanels } from './time-plot.js';

export const PLOT_FORMATS = ['png', 'svg', 'html'] as const;
export type PlotFormat = (typeof PLOT_FORMATS)[number];

export interface PlotRequest {
  readonly dataDir: string;
  readonly market: Market;
  readonly symbol: string;
  /** null: all there is */
  readonly span: SeriesSpan | null;
  /** null: by the span */
  readonly frequency: Frequency | null;
  readonly panels: readonly PanelChoice[];
  readonly format: PlotFormat;
  /** px; a height of null fits the panels */
  readonly width: number;
  readonly height: number | null;
  /** Pixels of a PNG for a px. */
  readonly scale: number;
  readonly theme: ThemeName;
  /** null: symbol and frequency */
  readonly title: string | null;
}

export interface Plot {
  readonly bytes: Buffer;
  readonly frequency: Frequency;
  readonly bars: number;
  /** Panels and columns that are not in it, or empty, and why. */
  readonly absent: readonly { readonly name: string; readonly why: string }[];
}

/** What a picture is drawn for, px. */
const PHONE_WIDTH = 400;
const FONT_SIZE = 11;
const PANEL_HEIGHT = 120;

/**
 * Draws one symbol over time.
 * @throws `E_NO_LAYER` when nothing that was asked for is there, `E_USAGE`, `E_LAYER`, `E_IO`
 */
export async function plot(request: PlotRequest): Promise<Plot> {
  const { dataDir, market, symbol, panels: choices, format, theme } = request;
  const described = listSeriesColumns();
  const columns = columnsOfPanels(choices, described);
  const wanted = request.span ?? (await wholeSpan(dataDir, market, symbol));
  const read = (bars: Frequency): Promise<Series> =>
    readSeries({ dataDir, market, symbol, columns, frequency: bars, span: wanted });
  let frequency = request.frequency ?? chooseFrequency(wanted);
  let series = await read(frequency);
  let span = wanted;
  if (request.span === null && series.minute.length > 0) {
    // Files tell months only; what is in them is known by now, and may be shorter.
    span = spanOf(series);
    const shorter = request.frequency ?? chooseFrequency(span);
    if (shorter.lengthMs !== frequency.lengthMs) {
      frequency = shorter;
      series = await read(frequency);
      span = spanOf(series);
    }
  }
  const { panels, absent } = timePanels(series, span, choices, described);
  if (panels.every(({ panel }) => panel.note !== undefined)) {
    const [first] = absent;
    throw new TapemillError('E_NO_LAYER', `nothing to draw of ${symbol}: ${first?.why ?? 'no panels'}`);
  }
  const title = request.title ?? symbol;
  const subtitle = `${market}, ${minuteText(span.startMs)} … ${minuteText(span.endMs)} UTC, ${frequency.label} bars`;
  const weight = panels.reduce((sum, { panel }) => sum + panel.weight, 0);
  const x = { kind: 'time', label: '', ...span } as const;
  const chart: Chart = {
    ...{ title, subtitle, x },
    panels: panels.map(({ panel }) => panel),
    width: request.width,
    height: request.height ?? Math.round(90 + weight * PANEL_HEIGHT),
    fontSize: FONT_SIZE,
  };
  const done = { frequency, bars: series.minute.length, absent };
  if (format === 'png') {
    const { sceneToPng } = await import('./png.js');
    return { bytes: sceneToPng(drawChart(chart).scene, theme, request.scale), ...done };
  }
  if (format === 'svg') {
    const { sceneToSvg } = await import('./svg.js');
    return { bytes: Buffer.from(sceneToSvg(drawChart(chart).scene, theme)), ...done };
  }
  const { plotHtml } = await import('./html.js');
  // The page says title and range in text.
  const wide = drawChart({ ...chart, title: '', subtitle: '' });
  const narrow = drawChart({ ...chart, title: '', subtitle: '', width: PHONE_WIDTH });
  const minute = series.minute.filter((t) => t >= span.startMs && t < span.endMs);
  const hover = hoverData(panels, minute, frequency.lengthMs, span, [wide, narrow]);
  const html = plotHtml({ title, subtitle, panels, described, absent, wide, narrow, hover });
  return { bytes: Buffer.from(html), ...done };
}

function spanOf({ minute, frequency }: Series): SeriesSpan {
  return { startMs: minute[0]!, endMs: minute.at(-1)! + frequency.lengthMs };
}

async function wholeSpan(dataDir: string, market: Market, symbol: string): Promise<SeriesSpan> {
  const found = (await listSeriesSymbols(dataDir)).find(
    (one) => one.market === market && one.symbol === symbol,
  );
  if (found) return found;
  throw new TapemillError('E_NO_LAYER', `${dataDir} has no minute layer of ${symbol}, market ${market}`, {
    path: dataDir,
  });
}
