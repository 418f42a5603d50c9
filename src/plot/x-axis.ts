import { tickLabels, type NumberStyle } from './numbers.js';
import type { Scale } from './scale.js';
import { type SceneNode, linePath } from './scene.js';
import { textWidth } from './text-width.js';
import { niceTicks, timeTicks } from './ticks.js';

/** What runs from left to right. `label` stands below; empty for none. */
export type XAxis =
  /** ms since 1970 UTC, `[startMs, endMs)` */
  | { readonly kind: 'time'; readonly startMs: number; readonly endMs: number; readonly label: string }
  | {
      readonly kind: 'linear';
      readonly low: number;
      readonly high: number;
      readonly style: NumberStyle;
      readonly label: string;
    }
  /** Names side by side, the i-th from i − 0.5 to i + 0.5. */
  | { readonly kind: 'band'; readonly names: readonly string[]; readonly label: string };

/** Ends of the axis in its own units; the first is below the second. */
export function xRange(axis: XAxis): readonly [number, number] {
  switch (axis.kind) {
    case 'time':
      return [axis.startMs, axis.endMs];
    case 'linear':
      return [axis.low, axis.high];
    case 'band':
      return [-0.5, Math.max(1, axis.names.length) - 0.5];
  }
}

export interface XTicks {
  readonly labels: readonly { readonly x: number; readonly text: string }[];
  /** Where lines go through the frames, px. */
  readonly grid: readonly number[];
}

/** Ticks whose labels do not touch. */
export function xTicks(axis: XAxis, x: Scale, size: number): XTicks {
  const wide = x.at(x.high) - x.at(x.low);
  if (axis.kind === 'band') {
    const all = axis.names.map((text, i) => ({ x: x.at(i), text }));
    return { labels: thinned(all, x, size), grid: [] };
  }
  if (axis.kind === 'time') {
    const ticks = timeTicks(axis.startMs, axis.endMs, Math.floor(wide / (size * 6.2)));
    const all = ticks.map(({ at, label }) => ({ x: x.at(at), text: label }));
    return { labels: thinned(all, x, size), grid: all.map((tick) => tick.x) };
  }
  const { values, step } = niceTicks(axis.low, axis.high, Math.max(1, Math.floor(wide / (size * 6))));
  const texts = tickLabels(values, step, axis.style);
  const all = values.map((value, i) => ({ x: x.at(value), text: texts[i]! }));
  return { labels: thinned(all, x, size), grid: all.map((tick) => tick.x) };
}

/** Labels moved inside at both ends; one that would touch the one before is left out. */
function thinned(
  all: readonly { readonly x: number; readonly text: string }[],
  x: Scale,
  size: number,
): { x: number; text: string }[] {
  const [first, last] = [x.at(x.low) - size * 1.5, x.at(x.high) + size * 0.7];
  const kept: { x: number; text: string }[] = [];
  let free = -Infinity;
  for (const { x: at, text } of all) {
    const half = textWidth(text, size) / 2;
    const centre = Math.min(Math.max(at, first + half), last - half);
    if (centre - half < free) continue;
    kept.push({ x: centre, text });
    free = centre + half + size * 0.6;
  }
  return kept;
}

export function drawXAxis(
  axis: XAxis,
  { labels, grid }: XTicks,
  top: number,
  middle: number,
  size: number,
): SceneNode[] {
  const nodes: SceneNode[] = [
    { kind: 'path', d: grid.map((at) => linePath(at, top, at, top + 4)).join(''), stroke: 'line', width: 1 },
    ...labels.map(({ x, text }): SceneNode => ({
      kind: 'text',
      x,
      y: top + size * 1.5,
      text,
      anchor: 'middle',
      role: 'soft',
      size,
    })),
  ];
  if (axis.label !== '') {
    nodes.push({
      kind: 'text',
      x: middle,
      y: top + size * 3,
      text: axis.label,
      anchor: 'middle',
      role: 'soft',
      size,
    });
  }
  return nodes;
}
