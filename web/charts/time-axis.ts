import { h } from '../ui/dom.js';
import { CANVAS_FONT, paint } from './palette.js';
import { AXIS_WIDTH } from './plot-panel.js';
import type { TimeTick } from './time-ticks.js';
import type { Span } from './time-window.js';

export const TIME_AXIS_HEIGHT = 26;

/** The one time axis below all panels. */
export class TimeAxis {
  readonly canvas = h('canvas', {
    class: 'time-axis',
    testid: 'time-axis',
    attrs: { 'aria-hidden': 'true' },
  });

  draw(width: number, seen: Span, ticks: readonly TimeTick[]): void {
    const { canvas } = this;
    const ratio = devicePixelRatio;
    const pixels = Math.round(width * ratio);
    if (canvas.width !== pixels) {
      canvas.width = pixels;
      canvas.height = Math.round(TIME_AXIS_HEIGHT * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${TIME_AXIS_HEIGHT}px`;
    }
    const ctx = canvas.getContext('2d')!;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, TIME_AXIS_HEIGHT);
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    const room = width - AXIS_WIDTH;
    for (const { ms, text, isMajor } of ticks) {
      const x = ((ms - seen.from) / (seen.to - seen.from)) * room;
      ctx.font = isMajor ? `600 ${CANVAS_FONT}` : CANVAS_FONT;
      const half = ctx.measureText(text).width / 2;
      if (x < half || x > room - half) continue;
      ctx.fillStyle = paint(isMajor ? 'ink' : 'soft');
      ctx.fillText(text, x, TIME_AXIS_HEIGHT / 2);
    }
    ctx.font = CANVAS_FONT;
    ctx.fillStyle = paint('soft');
    ctx.textAlign = 'left';
    ctx.fillText('UTC', room + 8, TIME_AXIS_HEIGHT / 2);
  }
}
