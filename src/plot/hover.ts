import type { DrawnChart } from './chart.js';
import type { NumberStyle } from './numbers.js';
import type { TimePanel } from './time-plot.js';

/** More bars than this are not put into a page; every n-th is, whole and with its own time. */
export const MOST_READINGS = 3000;

/** What the script of the page needs, as JSON. Values have 7 digits; null is null. */
export interface HoverData {
  readonly startMs: number;
  readonly endMs: number;
  readonly barMs: number;
  /** Starts of the bars, ms. */
  readonly minute: readonly number[];
  readonly panels: readonly {
    readonly title: string;
    readonly style: NumberStyle;
    readonly series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  }[];
  /** Of each drawing, px: where its frames are. */
  readonly frames: readonly {
    readonly width: number;
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  }[];
}

export function hoverData(
  panels: readonly TimePanel[],
  minute: Float64Array,
  barMs: number,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  drawn: readonly DrawnChart[],
): HoverData {
  const every = Math.ceil(minute.length / MOST_READINGS);
  const picked = Array.from({ length: Math.ceil(minute.length / every) }, (_, i) => i * every);
  const rounded = (value: number): number | null =>
    Number.isNaN(value) ? null : Number(value.toPrecision(7));
  return {
    ...{ startMs, endMs, barMs },
    minute: picked.map((row) => minute[row]!),
    panels: panels
      .filter(({ panel }) => panel.note === undefined)
      .map(({ panel, content }) => ({
        title: panel.title,
        style: panel.style,
        series: content.readings.map(({ label, values }) => ({
          label: label.replace(/ [↑↓]$/, ''),
          values: picked.map((row) => rounded(values[row]!)),
        })),
      })),
    frames: drawn.map(({ scene, left, right, top, bottom }) => ({
      width: scene.width,
      left,
      right,
      top,
      bottom,
    })),
  };
}

/**
 * Shows the values of the bar under the pointer, or of the one that the arrow keys reach. It stands in the page as it is
 * here, so it knows nothing but the page.
 */
export const HOVER_SCRIPT = `
(() => {
  const data = JSON.parse(document.getElementById('plot-data').textContent);
  const out = document.getElementById('plot-values');
  const charts = [...document.querySelectorAll('.plot')];
  if (data.minute.length === 0) return;
  let bar = data.minute.length - 1;
  const si = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']];
  const text = (value, style) => {
    if (value === null) return '–';
    if (style === 'percent') return Number((value * 100).toPrecision(4)) + '%';
    const [unit, letter] = (style === 'si' && si.find(([size]) => Math.abs(value) >= size)) || [1, ''];
    return (value / unit).toLocaleString('en-US', { maximumSignificantDigits: style === 'si' ? 4 : 7 }) + letter;
  };
  const show = (next) => {
    bar = Math.max(0, Math.min(data.minute.length - 1, next));
    const at = data.minute[bar];
    out.replaceChildren();
    const add = (name, value) => {
      const cell = document.createElement('span');
      const strong = document.createElement('b');
      strong.textContent = value;
      cell.append(name + ' ', strong);
      out.append(cell);
    };
    add('UTC', new Date(at).toISOString().slice(0, 16).replace('T', ' '));
    for (const { title, style, series } of data.panels) {
      for (const { label, values } of series) {
        add(series.length === 1 || title === 'Price' ? (series.length === 1 ? title : label) : title + ' ' + label, text(values[bar], style));
      }
    }
    charts.forEach((chart, i) => {
      const { left, right } = data.frames[i];
      const x = left + (right - left) * (at + data.barMs / 2 - data.startMs) / (data.endMs - data.startMs);
      const line = chart.querySelector('.cursor');
      line.setAttribute('x1', x);
      line.setAttribute('x2', x);
      line.style.visibility = 'visible';
    });
  };
  const nearest = (t) => {
    let [low, high] = [0, data.minute.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (data.minute[middle] <= t) low = middle; else high = middle - 1;
    }
    return low;
  };
  charts.forEach((chart, i) => {
    const { width, left, right } = data.frames[i];
    chart.addEventListener('pointermove', (event) => {
      const box = chart.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width * width;
      show(nearest(data.startMs + (x - left) / (right - left) * (data.endMs - data.startMs)));
    });
    chart.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -24, PageDown: 24 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      show(bar + step);
    });
  });
  show(bar);
})();`;
