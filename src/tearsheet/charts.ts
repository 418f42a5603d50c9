import { type Chart, type Mark, type Panel, type XAxis, drawChart, sceneToInlineSvg } from '../plot/index.js';
import { TOO_FEW } from './words.js';
import type { DecayPoint, HorizonSheet, TearSheet } from './tear-sheet.js';

/** As wide as a phone, so that its text keeps its size there; charts stand side by side on wider screens. */
const WIDTH = 400;
const HEIGHT = 240;

function chartSvg(
  x: XAxis,
  panel: Partial<Panel> & { readonly title: string; readonly marks: readonly Mark[] },
): string {
  const isEmpty = panel.marks.every((mark) => mark.kind !== 'candles' && mark.y.every(Number.isNaN));
  const whole: Panel = {
    ...{ hint: '', legend: [], style: 'plain', weight: 1, anchored: true },
    ...panel,
    ...(isEmpty && { note: TOO_FEW }),
  };
  const chart: Chart = {
    title: '',
    subtitle: '',
    x,
    panels: [whole],
    width: WIDTH,
    height: HEIGHT,
    fontSize: 11,
  };
  return sceneToInlineSvg(drawChart(chart).scene);
}

const numbers = (values: readonly (number | null)[]): Float64Array =>
  Float64Array.from(values, (value) => value ?? NaN);
const upTo = (length: number, from = 0): Float64Array => Float64Array.from({ length }, (_, i) => i + from);
const BP = 1e4;

/** Mean forward return of each quantile with a standard error up and down. */
export function quantileChart({ horizon, quantiles }: HorizonSheet): string {
  const y = numbers(quantiles.map(({ mean }) => mean && mean * BP));
  const error = numbers(quantiles.map(({ standardError }) => standardError && standardError * BP));
  return chartSvg(
    {
      kind: 'band',
      names: quantiles.map(({ quantile }) => String(quantile)),
      label: 'quintile of the factor',
    },
    {
      title: `Return by quintile, ${horizon.label}`,
      hint: 'basis points ± 1 standard error',
      marks: [{ kind: 'points', x: upTo(y.length), y, error, role: 'c2' }],
    },
  );
}

export function spreadChart({ horizon, cumulatedSpread }: HorizonSheet, title: string): string {
  const x = numbers(cumulatedSpread.map(({ at }) => at));
  const y = numbers(cumulatedSpread.map(({ value }) => value));
  const [startMs, endMs] = [x[0] ?? 0, x.at(-1) ?? 1];
  return chartSvg(
    { kind: 'time', startMs, endMs: Math.max(endMs, startMs + 1), label: '' },
    {
      title: `${title}, ${horizon.label}`,
      hint: 'log return, cumulated, before costs; UTC',
      style: 'percent',
      marks: [{ kind: 'line', x, y, role: 'c2' }],
    },
  );
}

export function monthlyChart({ horizon, perMonth }: HorizonSheet): string {
  const y = numbers(perMonth.map(({ spearman }) => spearman.value));
  return chartSvg(
    { kind: 'band', names: perMonth.map(({ month }) => month), label: '' },
    {
      title: `IC by month, ${horizon.label}`,
      hint: 'Spearman, pooled',
      marks: [{ kind: 'bars', x: upTo(y.length, -0.5), y, span: 1, role: 'c2' }],
    },
  );
}

export function decayChart(decay: readonly DecayPoint[], rule: TearSheet['quantileRule']): string {
  const y = numbers(decay.map(({ value }) => value));
  const x = numbers(decay.map(({ bars }) => bars));
  const error = numbers(decay.map(({ standardError }) => standardError));
  const isAcross = rule === 'cross-section';
  return chartSvg(
    { kind: 'linear', low: 0.5, high: decay.length + 0.5, style: 'plain', label: 'horizon, bars' },
    {
      title: 'Decay of the IC',
      hint: isAcross ? 'Spearman, mean over bars ± 1 standard error' : 'Spearman, pooled',
      marks: [{ kind: 'points', x, y, error, role: 'c2' }],
    },
  );
}

export function histogramChart({ histogram }: TearSheet['distribution'], unit: string): string {
  if (histogram === null) return '<p>All values are equal.</p>';
  const { low, high, counts } = histogram;
  const span = (high - low) / counts.length;
  const x = counts.map((_, i) => low + i * span);
  return chartSvg(
    { kind: 'linear', low, high, style: 'si', label: unit },
    {
      title: 'Distribution',
      hint: 'values a bin, 1 % … 99 % quantile',
      style: 'si',
      marks: [{ kind: 'bars', x: numbers(x), y: numbers(counts), span, role: 'c2' }],
    },
  );
}
