import { type LegendEntry, headerHeight, drawHeader } from './header.js';
import { type Mark, drawMark, valuesOf } from './marks.js';
import { type NumberStyle, tickLabels } from './numbers.js';
import { type Scale, extentOf, linearScale, paddedDomain } from './scale.js';
import { type Scene, type SceneNode, linePath, rectPath } from './scene.js';
import { fitText, textWidth } from './text-width.js';
import { type Ticks, niceTicks } from './ticks.js';
import { type XAxis, drawXAxis, xRange, xTicks } from './x-axis.js';

/** One frame of a chart. */
export interface Panel {
  readonly title: string;
  /** Behind the title: unit, and what else must be known to read it. */
  readonly hint: string;
  readonly legend: readonly LegendEntry[];
  readonly marks: readonly Mark[];
  readonly style: NumberStyle;
  /** Share of the height, against those of the other panels. */
  readonly weight: number;
  /** 0 is in sight, with a line. */
  readonly anchored: boolean;
  /** Stands in the frame instead of marks. */
  readonly note?: string;
}

/** Panels one below the other on one x axis. */
export interface Chart {
  readonly title: string;
  readonly subtitle: string;
  readonly x: XAxis;
  readonly panels: readonly Panel[];
  /** px */
  readonly width: number;
  readonly height: number;
  /** Of texts, px. */
  readonly fontSize: number;
}

/** Where the frames are, px: what a pointer needs to know. */
export interface DrawnChart {
  readonly scene: Scene;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const MARGIN = 12;

export function drawChart(chart: Chart): DrawnChart {
  const { width, height, fontSize, panels } = chart;
  const domains = panels.map(domainOf);
  const lineHeight = fontSize * 1.5;
  const titleSize = fontSize * 1.35;
  const nodes: SceneNode[] = [];
  let top = MARGIN / 2;
  const most = width - 2 * MARGIN;
  if (chart.title !== '') {
    const title = fitText(chart.title, titleSize, most, true);
    nodes.push({
      kind: 'text',
      x: MARGIN,
      y: top + titleSize,
      text: title,
      anchor: 'start',
      role: 'ink',
      size: titleSize,
      bold: true,
    });
    top += titleSize * 1.4;
  }
  if (chart.subtitle !== '') {
    const subtitle = fitText(chart.subtitle, fontSize, most);
    nodes.push({
      kind: 'text',
      x: MARGIN,
      y: top + fontSize,
      text: subtitle,
      anchor: 'start',
      role: 'soft',
      size: fontSize,
    });
    top += lineHeight;
  }
  const headers = panels.map((panel) => headerHeight(panel, most, fontSize));
  const axisHeight = lineHeight * (chart.x.label === '' ? 1.4 : 2.4);
  const free = height - top - axisHeight - headers.reduce((sum, one) => sum + one, 0) - MARGIN / 2;
  const weights = panels.reduce((sum, { weight }) => sum + weight, 0);
  const heights = panels.map(({ weight }) => Math.max(12, (free * weight) / weights));
  const ticks = domains.map((domain, i) => ticksOf(domain, heights[i]! / (fontSize * 2.6)));
  const labels = ticks.map(({ values, step }, i) => tickLabels(values, step, panels[i]!.style));
  const left = MARGIN + 6 + Math.max(...labels.flat().map((label) => textWidth(label, fontSize)), fontSize);
  const right = width - MARGIN;
  const [from, to] = xRange(chart.x);
  const x = linearScale(from, to, left, right);
  const across = xTicks(chart.x, x, fontSize);
  const firstTop = top + (headers[0] ?? 0);
  let bottom = firstTop;
  panels.forEach((panel, i) => {
    nodes.push(...drawHeader(panel, MARGIN, top, most, fontSize));
    top += headers[i]!;
    bottom = top + heights[i]!;
    const [low, high] = domains[i]!;
    const y = linearScale(low, high, bottom, top);
    nodes.push(grid(y, ticks[i]!, across.grid, { left, right, top, bottom }));
    if (panel.note === undefined) {
      labels[i]!.forEach((text, n) => {
        const at = y.at(ticks[i]!.values[n]!) + fontSize * 0.36;
        nodes.push({ kind: 'text', x: left - 5, y: at, text, anchor: 'end', role: 'soft', size: fontSize });
      });
      if (panel.anchored && low < 0 && high > 0) {
        nodes.push({ kind: 'path', d: linePath(left, y.at(0), right, y.at(0)), stroke: 'line', width: 1 });
      }
      for (const mark of panel.marks) nodes.push(...drawMark(mark, x, y));
    } else {
      const text = fitText(panel.note, fontSize, right - left - 8);
      nodes.push({
        kind: 'text',
        x: (left + right) / 2,
        y: (top + bottom) / 2,
        text,
        anchor: 'middle',
        role: 'soft',
        size: fontSize,
      });
    }
    nodes.push({ kind: 'path', d: linePath(left, bottom, right, bottom), stroke: 'line', width: 1 });
    top = bottom;
  });
  nodes.push(...drawXAxis(chart.x, across, bottom, (left + right) / 2, fontSize));
  const label = [chart.title, ...panels.map(({ title }) => title)].filter((part) => part !== '').join(', ');
  return { scene: { width, height, label, nodes }, left, right, top: firstTop, bottom };
}

function domainOf(panel: Panel): readonly [number, number] {
  const extent = panel.note === undefined ? extentOf(panel.marks.flatMap(valuesOf)) : null;
  return extent === null ? [0, 1] : paddedDomain(extent, panel.anchored);
}

function ticksOf([low, high]: readonly [number, number], count: number): Ticks {
  return niceTicks(low, high, Math.max(1, Math.floor(count)));
}

function grid(
  y: Scale,
  { values }: Ticks,
  across: readonly number[],
  { left, right, top, bottom }: { left: number; right: number; top: number; bottom: number },
): SceneNode {
  const d = [
    rectPath(left, top, right - left, bottom - top),
    ...values.map((value) => linePath(left, y.at(value), right, y.at(value))),
    ...across.map((at) => linePath(at, top, at, bottom)),
  ].join('');
  return { kind: 'path', d, stroke: 'grid', width: 1 };
}
