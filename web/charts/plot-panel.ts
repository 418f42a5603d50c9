import uPlot from '/vendor/uPlot.esm.js';
import { axisText, priceText, valueText } from '../format/number.js';
import { fill, h, setText } from '../ui/dom.js';
import { CANVAS_FONT, paint } from './palette.js';
import { paintBars, paintCandles } from './painters.js';
import type { PanelData } from './panel-data.js';
import type { PanelSpec, SeriesSpec } from './panel-specs.js';

export const AXIS_WIDTH = 66;

export interface PanelFrame {
  readonly width: number;
  readonly height: number;
  /** Seconds. */
  readonly min: number;
  readonly max: number;
  /** Where the grid has its lines, s. */
  readonly splits: () => number[];
  /** Panels with the same key share their cursor. */
  readonly syncKey: string;
  /** Index of the bar at the cursor, null when it is elsewhere. */
  readonly onCursor: (index: number | null) => void;
}

/** One panel of the stack: what is drawn, and the values at the cursor above it. */
export class PlotPanel {
  readonly plot: uPlot;
  readonly legend = h('div', { class: 'panel-legend', testid: 'legend' });
  readonly note = h('p', { class: 'panel-empty', testid: 'panel-missing', attrs: { hidden: true } });
  readonly host = h('div', { class: 'panel-plot' });
  private readonly values: HTMLElement[];
  private data: PanelData | null = null;
  private isEmpty = true;
  private spec: PanelSpec;

  constructor(spec: PanelSpec, frame: PanelFrame) {
    this.spec = spec;
    this.values = shownSeries(spec).map(() => h('b', {}));
    fill(
      this.legend,
      ...shownSeries(spec).map((series, i) => legendEntry(series, unitBeside(spec, i), this.values[i]!)),
    );
    this.plot = new uPlot(this.options(frame), this.plotData(), this.host);
    this.host.append(this.note);
    this.setRange(frame.min, frame.max);
  }

  setData(spec: PanelSpec, data: PanelData): void {
    this.spec = spec;
    this.data = data;
    const reasons = data.missing.slice(0, this.values.length);
    const isEmpty = reasons.every((why) => why !== null);
    this.isEmpty = isEmpty;
    this.note.hidden = reasons.every((why) => why === null);
    this.note.classList.toggle('is-whole', isEmpty);
    setText(
      this.note,
      isEmpty
        ? `No data: ${[...new Set(reasons)].join('; ')}`
        : reasons
            .flatMap((why, i) => (why === null ? [] : [`${spec.series[i]!.label || spec.title}: ${why}`]))
            .join('; '),
    );
    this.plot.setData(this.plotData(), false);
    this.plot.redraw(true, true);
    this.showValues(null);
  }

  setRange(min: number, max: number): void {
    this.plot.setScale('x', { min, max });
  }

  setSize(width: number, height: number): void {
    if (this.plot.width !== width || this.plot.height !== height) this.plot.setSize({ width, height });
  }

  /** @param index of a bar; null: the last one that is seen */
  showValues(index: number | null): void {
    const { data } = this;
    if (!data) return;
    const at = index ?? this.lastSeen(data);
    this.values.forEach((place, i) => {
      const series = this.spec.series[i]!;
      const value = data.drawn[i]?.[at] ?? null;
      const plain = value === null ? null : value * series.sign;
      const isPrice = this.spec.drawing === 'candles' && i < 4;
      setText(place, isPrice ? priceText(plain) : valueText(plain));
    });
  }

  /** Label and value of each entry, for a picture. */
  legendTexts(): { readonly tint: SeriesSpec['tint']; readonly text: string }[] {
    return shownSeries(this.spec).map(({ label, tint }, i) => ({
      tint,
      text: [label, this.values[i]!.textContent, unitBeside(this.spec, i)]
        .filter((part) => part !== '')
        .join(' '),
    }));
  }

  destroy(): void {
    this.plot.destroy();
  }

  private lastSeen({ x }: PanelData): number {
    const max = this.plot.scales['x']!.max ?? Infinity;
    let at = x.length - 1;
    while (at > 0 && x[at]! > max) at--;
    return at;
  }

  private plotData(): uPlot.AlignedData {
    // Without data the scale still needs something to hold on to.
    if (!this.data || this.data.x.length === 0) return [[0, 1], ...this.spec.series.map(() => [null, null])];
    return [[...this.data.x], ...this.data.drawn.map((values) => values as (number | null)[])];
  }

  private options(frame: PanelFrame): uPlot.Options {
    const { spec } = this;
    const isOwn = spec.drawing === 'candles' || spec.drawing === 'bars' || spec.drawing === 'signed';
    return {
      width: frame.width,
      height: frame.height,
      legend: { show: false },
      padding: [7, 0, 7, 0],
      cursor: {
        sync: { key: frame.syncKey, scales: ['x', null] },
        drag: { x: false, y: false, setScale: false },
        points: { show: !isOwn, size: 6 },
        y: false,
      },
      scales: {
        x: { time: false, range: (_, min, max) => [min, max] },
        y: { range: (_, min, max) => yRange(min, max, spec.drawing) },
      },
      axes: [
        {
          size: 0,
          gap: 0,
          splits: frame.splits,
          values: (_, splits) => splits.map(() => ''),
          ticks: { show: false },
          grid: { stroke: () => paint('grid'), width: 1 },
        },
        {
          // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- its enums are types alone
          side: 1,
          size: AXIS_WIDTH,
          gap: 6,
          space: 34,
          font: CANVAS_FONT,
          stroke: () => paint('soft'),
          // Where nothing is drawn, numbers would only pretend that there is a scale.
          values: (_, splits) =>
            splits.map((value) => (this.isEmpty ? '' : axisText(value, (splits[1] ?? 1) - (splits[0] ?? 0)))),
          ticks: { show: false },
          grid: { stroke: () => paint('grid'), width: 1 },
        },
      ],
      series: [{}, ...spec.series.map((series, i) => this.seriesOptions(series, i, isOwn))],
      hooks: {
        drawAxes: [
          (u) => {
            this.paintOwn(u);
          },
        ],
        setCursor: [
          (u) => {
            frame.onCursor(u.cursor.left !== undefined && u.cursor.left >= 0 ? (u.cursor.idx ?? null) : null);
          },
        ],
      },
    };
  }

  private seriesOptions({ tint }: SeriesSpec, index: number, isOwn: boolean): uPlot.Series {
    const { drawing } = this.spec;
    // Volume, and the sign of `signed`, have no place on the scale.
    const isBeside = (drawing === 'candles' && index === 4) || (drawing === 'signed' && index === 1);
    const common = { stroke: () => paint(tint), width: 1.5, points: { show: false }, auto: !isBeside };
    if (isOwn) return { ...common, paths: () => null };
    return drawing === 'step' ? { ...common, paths: uPlot.paths.stepped!({ align: 1 }) } : common;
  }

  private paintOwn(u: uPlot): void {
    const { drawing, series } = this.spec;
    if (!this.data) return;
    if (drawing === 'candles') paintCandles(u);
    if (drawing === 'bars') paintBars(u, series.length, (s) => series[s - 1]!.tint);
    if (drawing === 'signed') {
      const signs = u.data[2]!;
      paintBars(u, 1, (_, i) => ((signs[i] ?? 0) >= 0 ? 'up' : 'down'));
    }
  }
}

function shownSeries({ series, drawing }: PanelSpec): readonly SeriesSpec[] {
  return drawing === 'signed' ? series.slice(0, 1) : series;
}

/** A unit that all series share stands with the title; that of four prices in a row is said after the last. */
function unitBeside(spec: PanelSpec, index: number): string {
  const unit = spec.series[index]!.unit;
  return spec.unit !== null || unit === '1' || spec.series[index + 1]?.unit === unit ? '' : unit;
}

function legendEntry({ label, tint }: SeriesSpec, unit: string, value: HTMLElement): HTMLElement {
  return h(
    'span',
    { testid: `legend-${label || 'value'}` },
    tint === 'soft' ? null : h('i', { style: { background: `var(--${tint})` } }),
    label === '' ? null : `${label} `,
    value,
    unit === '' ? null : h('small', { text: unit }),
  );
}

/** Bars stand on zero; everything else gets some air. */
function yRange(min: number | null, max: number | null, drawing: PanelSpec['drawing']): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const isBars = drawing === 'bars' || drawing === 'signed';
  const low = isBars ? Math.min(0, min) : min;
  const high = isBars ? Math.max(0, max) : max;
  const air = (high - low || Math.abs(high) * 0.02 || 1) * 0.06;
  if (isBars) return [low < 0 ? low - air : 0, high > 0 || low === 0 ? high + air : 0];
  return [low - air * (drawing === 'candles' ? 4.5 : 1), high + air];
}
