import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { GlobalFonts, Path2D, type SKRSContext2D, createCanvas } from '@napi-rs/canvas';
import type { Scene, SceneNode } from './scene.js';
import { FONT_FAMILY } from './svg.js';
import { THEMES, type ThemeName } from './theme.js';

/** The fonts come with the package: a container has none, and a picture is to be the same everywhere. */
const FONT_ALIAS = 'tapemill-plot';
const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];

function registerFonts(): void {
  if (GlobalFonts.has(FONT_ALIAS)) return;
  const { resolve } = createRequire(import.meta.url);
  for (const file of FONT_FILES) {
    const path = resolve(`dejavu-fonts-ttf/ttf/${file}`);
    if (GlobalFonts.register(readFileSync(path), FONT_ALIAS) === null) {
      throw new Error(`${path} is not a font of ${FONT_FAMILY}`);
    }
  }
}

/** @param scale pixels of the picture for a pixel of the scene */
export function sceneToPng(scene: Scene, theme: ThemeName, scale: number): Buffer {
  registerFonts();
  const canvas = createCanvas(Math.round(scene.width * scale), Math.round(scene.height * scale));
  const context = canvas.getContext('2d');
  context.fillStyle = THEMES[theme].paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  context.lineJoin = 'round';
  for (const node of scene.nodes) drawNode(context, node, theme);
  return canvas.toBuffer('image/png');
}

function drawNode(context: SKRSContext2D, node: SceneNode, theme: ThemeName): void {
  const colours = THEMES[theme];
  if (node.kind === 'text') {
    const { x, y, text, anchor, role, size, bold } = node;
    context.font = `${bold === true ? 'bold ' : ''}${size}px ${FONT_ALIAS}`;
    context.textAlign = anchor === 'middle' ? 'center' : anchor;
    context.fillStyle = colours[role];
    context.fillText(text, x, y);
    return;
  }
  if (node.d === '') return;
  const path = new Path2D(node.d);
  context.globalAlpha = node.opacity ?? 1;
  if (node.fill !== undefined) {
    context.fillStyle = colours[node.fill];
    context.fill(path);
  }
  if (node.stroke !== undefined) {
    context.strokeStyle = colours[node.stroke];
    context.lineWidth = node.width ?? 1;
    context.setLineDash(node.dash === undefined ? [] : [...node.dash]);
    context.stroke(path);
  }
  context.globalAlpha = 1;
}
