import type uPlot from 'uplot';
import { paint } from './palette.js';

/** Drawings that uPlot has not: candles, and bars from the zero line. Called after its axes, in canvas pixels. */

type Column = readonly (number | null | undefined)[];

/** Part of the height that volume takes at the bottom of the candles. */
const VOLUME_SHARE = 0.2;

export function paintCandles(u: uPlot): void {
  const { ctx, bbox } = u;
  const [t, open, high, low, close, volume] = u.data as unknown as readonly Column[];
  if (!t || !open || !high || !low || !close || !volume) return;
  const { first, last, width } = visible(u, t);
  const body = bodyWidth(width);
  const up = new Path2D();
  const down = new Path2D();
  const upVolume = new Path2D();
  const downVolume = new Path2D();
  const bottom = bbox.top + bbox.height;
  const tallest = largest(volume, first, last);
  for (let i = first; i <= last; i++) {
    const [o, h, l, c, v] = [open[i], high[i], low[i], close[i], volume[i]];
    if (o == null || h == null || l == null || c == null) continue;
    const x = Math.round(u.valToPos(t[i]!, 'x', true));
    const left = x - Math.floor(body / 2);
    const isUp = c >= o;
    const path = isUp ? up : down;
    const top = Math.round(u.valToPos(h, 'y', true));
    path.rect(
      body < 3 ? left : x,
      top,
      body < 3 ? body : 1,
      Math.max(1, Math.round(u.valToPos(l, 'y', true)) - top),
    );
    if (body >= 3) {
      const yOpen = Math.round(u.valToPos(o, 'y', true));
      const yClose = Math.round(u.valToPos(c, 'y', true));
      path.rect(left, Math.min(yOpen, yClose), body, Math.max(1, Math.abs(yClose - yOpen)));
    }
    if (v != null && tallest > 0) {
      const height = Math.round((v / tallest) * bbox.height * VOLUME_SHARE);
      (isUp ? upVolume : downVolume).rect(left, bottom - height, body, height);
    }
  }
  clipped(u, () => {
    ctx.globalAlpha = 0.35;
    fillPath(ctx, upVolume, 'up');
    fillPath(ctx, downVolume, 'down');
    ctx.globalAlpha = 1;
    fillPath(ctx, up, 'up');
    fillPath(ctx, down, 'down');
  });
}

/** @param tintOf 'up', 'down' … of one bar of one series */
export function paintBars(
  u: uPlot,
  seriesCount: number,
  tintOf: (series: number, index: number) => Parameters<typeof paint>[0],
): void {
  const t = u.data[0] as Column;
  const { first, last, width } = visible(u, t);
  const body = bodyWidth(width);
  const zero = Math.round(u.valToPos(0, 'y', true));
  const paths = new Map<Parameters<typeof paint>[0], Path2D>();
  for (let s = 1; s <= seriesCount; s++) {
    const values = u.data[s] as Column;
    for (let i = first; i <= last; i++) {
      const value = values[i];
      if (value == null || value === 0) continue;
      const tint = tintOf(s, i);
      const path = paths.get(tint) ?? new Path2D();
      paths.set(tint, path);
      const y = Math.round(u.valToPos(value, 'y', true));
      const x = Math.round(u.valToPos(t[i]!, 'x', true)) - Math.floor(body / 2);
      path.rect(x, Math.min(y, zero), body, Math.max(1, Math.abs(y - zero)));
    }
  }
  clipped(u, () => {
    for (const [tint, path] of paths) fillPath(u.ctx, path, tint);
  });
}

function fillPath(ctx: CanvasRenderingContext2D, path: Path2D, tint: Parameters<typeof paint>[0]): void {
  ctx.fillStyle = paint(tint);
  ctx.fill(path);
}

function clipped(u: uPlot, draw: () => void): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw();
  ctx.restore();
}

/** Indices of bars that are seen, and how wide one is. */
function visible(u: uPlot, t: Column): { first: number; last: number; width: number } {
  const { min, max } = u.scales['x']!;
  if (t.length === 0 || min === undefined || max === undefined) return { first: 0, last: -1, width: 1 };
  const step = t.length > 1 ? t[1]! - t[0]! : max - min;
  const start = t[0]!;
  return {
    // Bars are evenly spaced.
    first: Math.max(0, Math.floor((min - start) / step) - 1),
    last: Math.min(t.length - 1, Math.ceil((max - start) / step) + 1),
    width: (step / (max - min)) * u.bbox.width,
  };
}

/** Leaves a gap between bars where there is room for one. */
function bodyWidth(width: number): number {
  if (width < 2) return 1;
  const body = Math.max(1, Math.floor(width < 4 ? width - 1 : width * 0.72));
  return body > 3 && body % 2 === 0 ? body - 1 : body;
}

function largest(values: Column, first: number, last: number): number {
  let most = 0;
  for (let i = first; i <= last; i++) most = Math.max(most, values[i] ?? 0);
  return most;
}
