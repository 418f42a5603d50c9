import { decimate, rangesByColumn } from './decimate.js';
import type { Scale } from './scale.js';
import { type Role, type SceneNode, linePath, polylinePath, px, rectPath } from './scene.js';

/**
 * What stands in a frame. `x` ascends and is in units of the x axis, `y` in those of the panel; NaN in `y` is nothing:
 * a gap in a line, no bar.
 */
export type Mark =
  | {
      readonly kind: 'line';
      readonly x: Float64Array;
      readonly y: Float64Array;
      readonly role: Role;
      /** px */
      readonly width?: number;
      readonly dash?: readonly [number, number];
    }
  /** Each value holds from its `x` until the next one's. */
  | {
      readonly kind: 'steps';
      readonly x: Float64Array;
      readonly y: Float64Array;
      readonly role: Role;
      readonly span: number;
    }
  /** From 0 to `y`, from `x` to `x + span`. */
  | {
      readonly kind: 'bars';
      readonly x: Float64Array;
      readonly y: Float64Array;
      readonly role: Role;
      readonly span: number;
    }
  | {
      readonly kind: 'candles';
      readonly x: Float64Array;
      readonly open: Float64Array;
      readonly high: Float64Array;
      readonly low: Float64Array;
      readonly close: Float64Array;
      readonly span: number;
    }
  /** A point with a whisker of `error` up and down; without it, where `error` is NaN. */
  | {
      readonly kind: 'points';
      readonly x: Float64Array;
      readonly y: Float64Array;
      readonly error: Float64Array;
      readonly role: Role;
    };

/** Narrower candles than this cannot be told from each other, px a bar. */
export const NARROWEST_CANDLE_PX = 2;

/** All values that a mark must have room for. */
export function valuesOf(mark: Mark): readonly Float64Array[] {
  switch (mark.kind) {
    case 'candles':
      return [mark.high, mark.low];
    case 'points': {
      const reach = mark.error.map((error) => (Number.isNaN(error) ? 0 : error));
      return [mark.y.map((y, i) => y - reach[i]!), mark.y.map((y, i) => y + reach[i]!)];
    }
    case 'line':
    case 'steps':
    case 'bars':
      return [mark.y];
  }
}

export function drawMark(mark: Mark, x: Scale, y: Scale): SceneNode[] {
  switch (mark.kind) {
    case 'line':
      return [drawLine(mark.x.map(x.at), mark.y.map(y.at), mark.role, columnsOf(x), mark.width, mark.dash)];
    case 'steps':
      return [drawSteps(mark, x, y)];
    case 'bars':
      return [drawBars(mark, x, y)];
    case 'candles':
      return drawCandles(mark, x, y);
    case 'points':
      return drawPoints(mark, x, y);
  }
}

const columnsOf = (x: Scale): number => Math.ceil(x.at(x.high) - x.at(x.low));

function drawLine(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  role: Role,
  columns: number,
  width = 1.4,
  dash?: readonly [number, number],
): SceneNode {
  const points = decimate({ x: xs, y: ys }, columns);
  return { kind: 'path', d: polylinePath(points.x, points.y), stroke: role, width, ...(dash && { dash }) };
}

function drawSteps(
  { x: xs, y: ys, role, span }: Extract<Mark, { kind: 'steps' }>,
  x: Scale,
  y: Scale,
): SceneNode {
  const stepX = new Float64Array(xs.length * 2);
  const stepY = new Float64Array(xs.length * 2);
  xs.forEach((at, i) => {
    stepX[2 * i] = x.at(at);
    stepX[2 * i + 1] = x.at(at + span);
    stepY[2 * i] = stepY[2 * i + 1] = y.at(ys[i]!);
  });
  return drawLine(stepX, stepY, role, columnsOf(x));
}

function drawBars(
  { x: xs, y: ys, role, span }: Extract<Mark, { kind: 'bars' }>,
  x: Scale,
  y: Scale,
): SceneNode {
  const wide = x.at(x.low + span) - x.at(x.low);
  const zero = y.at(0);
  let d = '';
  if (wide < 1) {
    const none = new Float64Array(xs.length);
    const lows = ys.map((value) => Math.min(value, 0));
    const highs = ys.map((value, i) => Math.max(value, none[i]!));
    for (const { x: left, low, high } of rangesByColumn(xs.map(x.at), lows, highs)) {
      if (high > low) d += rectPath(left, y.at(high), 1, y.at(low) - y.at(high));
    }
  } else {
    const gap = wide >= 4 ? wide * 0.15 : wide >= 2 ? 0.5 : 0;
    xs.forEach((at, i) => {
      const value = ys[i]!;
      if (Number.isNaN(value) || value === 0) return;
      const top = Math.min(zero, y.at(value));
      d += rectPath(x.at(at) + gap / 2, top, wide - gap, Math.abs(y.at(value) - zero));
    });
  }
  return { kind: 'path', d, fill: role };
}

function drawCandles(mark: Extract<Mark, { kind: 'candles' }>, x: Scale, y: Scale): SceneNode[] {
  const { x: xs, open, high, low, close, span } = mark;
  const wide = x.at(x.low + span) - x.at(x.low);
  if (wide < NARROWEST_CANDLE_PX) {
    let band = '';
    for (const column of rangesByColumn(
      xs.map((at) => x.at(at + span / 2)),
      low,
      high,
    )) {
      const top = y.at(column.high);
      band += rectPath(column.x, top, Math.max(1, wide), Math.max(0.5, y.at(column.low) - top));
    }
    const centres = xs.map((at) => x.at(at + span / 2));
    return [
      { kind: 'path', d: band, fill: 'up', opacity: 0.35 },
      drawLine(centres, close.map(y.at), 'ink', columnsOf(x), 1),
    ];
  }
  const d = { up: '', down: '', upWick: '', downWick: '' };
  const body = Math.max(1, wide * 0.7);
  xs.forEach((at, i) => {
    if (Number.isNaN(close[i]!) || Number.isNaN(open[i]!)) return;
    const side = close[i]! >= open[i]! ? 'up' : 'down';
    const middle = x.at(at + span / 2);
    const [top, bottom] = [y.at(Math.max(open[i]!, close[i]!)), y.at(Math.min(open[i]!, close[i]!))];
    d[side] += rectPath(middle - body / 2, top, body, Math.max(1, bottom - top));
    d[`${side}Wick`] += linePath(middle, y.at(high[i]!), middle, y.at(low[i]!));
  });
  return [
    { kind: 'path', d: d.upWick, stroke: 'up', width: 1 },
    { kind: 'path', d: d.downWick, stroke: 'down', width: 1 },
    { kind: 'path', d: d.up, fill: 'up' },
    { kind: 'path', d: d.down, fill: 'down' },
  ];
}

function drawPoints(
  { x: xs, y: ys, error, role }: Extract<Mark, { kind: 'points' }>,
  x: Scale,
  y: Scale,
): SceneNode[] {
  let dots = '';
  let whiskers = '';
  xs.forEach((at, i) => {
    const value = ys[i]!;
    if (Number.isNaN(value)) return;
    const [cx, cy] = [x.at(at), y.at(value)];
    dots += `M${px(cx - 3)} ${px(cy)}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z`;
    const reach = error[i]!;
    if (Number.isNaN(reach)) return;
    const [top, bottom] = [y.at(value + reach), y.at(value - reach)];
    whiskers +=
      linePath(cx, top, cx, bottom) +
      linePath(cx - 4, top, cx + 4, top) +
      linePath(cx - 4, bottom, cx + 4, bottom);
  });
  return [
    { kind: 'path', d: whiskers, stroke: role, width: 1.2 },
    { kind: 'path', d: dots, fill: role },
  ];
}
