import { CANVAS_FONT, paint } from './palette.js';
import type { PanelFrameView } from './panel-frame.js';
import { TIME_AXIS_HEIGHT } from './time-axis.js';

interface Picture {
  readonly title: string;
  readonly subtitle: string;
  readonly panels: readonly PanelFrameView[];
  readonly axis: HTMLCanvasElement;
}

const EDGE = 16;
const TITLE = 52;
const HEAD = 22;

/** A PNG of the panels as they are drawn, with title, legends and the time axis. */
export async function pictureOf({ title, subtitle, panels, axis }: Picture): Promise<Blob | null> {
  const ratio = devicePixelRatio;
  const width = Math.max(...panels.map(({ plot }) => plot.plot.width), axis.width / ratio) + 2 * EDGE;
  const height =
    TITLE + panels.reduce((sum, { plot }) => sum + HEAD + plot.plot.height, 0) + TIME_AXIS_HEIGHT + EDGE;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const ctx = canvas.getContext('2d')!;
  ctx.scale(ratio, ratio);
  ctx.fillStyle = paint('surface');
  ctx.fillRect(0, 0, width, height);
  ctx.textBaseline = 'middle';
  text(ctx, title, EDGE, 18, `600 15px ${familyOf()}`, 'ink');
  text(ctx, subtitle, EDGE, 38, CANVAS_FONT, 'soft');
  let y = TITLE;
  for (const { spec, plot } of panels) {
    const name = spec.unit === null ? spec.title : `${spec.title} (${spec.unit})`;
    let x = EDGE + text(ctx, name, EDGE, y + HEAD / 2, `600 12px ${familyOf()}`, 'ink') + 16;
    for (const entry of plot.legendTexts())
      x += text(ctx, entry.text, x, y + HEAD / 2, CANVAS_FONT, entry.tint) + 14;
    const source = plot.plot.ctx.canvas;
    ctx.drawImage(source, EDGE, y + HEAD, source.width / ratio, source.height / ratio);
    if (!plot.note.hidden) text(ctx, plot.note.textContent, EDGE + 8, y + HEAD + 14, CANVAS_FONT, 'soft');
    y += HEAD + plot.plot.height;
  }
  ctx.drawImage(axis, EDGE, y, axis.width / ratio, axis.height / ratio);
  return new Promise((done) => {
    canvas.toBlob(done, 'image/png');
  });
}

/** Hands a file to the browser's downloads. */
export function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 1000);
}

function text(
  ctx: CanvasRenderingContext2D,
  words: string,
  x: number,
  y: number,
  font: string,
  tint: Parameters<typeof paint>[0],
): number {
  ctx.font = font;
  ctx.fillStyle = paint(tint);
  ctx.fillText(words, x, y);
  return ctx.measureText(words).width;
}

function familyOf(): string {
  return CANVAS_FONT.slice(CANVAS_FONT.indexOf(' ') + 1);
}
