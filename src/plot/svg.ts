import { escapeXml } from '../report/index.js';
import { type Role, type Scene, type SceneNode, px } from './scene.js';
import { THEMES, type ThemeName } from './theme.js';

/** What a scene is lettered with: DejaVu Sans where it is, Verdana has the same widths. */
export const FONT_FAMILY = 'DejaVu Sans';
const FONT_STACK = `'${FONT_FAMILY}',Verdana,sans-serif`;

/** A file of its own, with the colours of a theme and its ground. */
export function sceneToSvg(scene: Scene, theme: ThemeName): string {
  const { width, height } = scene;
  const colours = THEMES[theme];
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}" role="img" aria-label="${escapeXml(scene.label)}">
<title>${escapeXml(scene.label)}</title>
<rect width="100%" height="100%" fill="${colours.paper}"/>
${scene.nodes.map((node) => nodeToSvg(node, (role) => colours[role])).join('\n')}
</svg>
`;
}

/** Part of a page that has `themeStyle`: no ground of its own, colours of the page, as wide as there is room. */
export function sceneToInlineSvg(scene: Scene, attributes = ''): string {
  const { width, height } = scene;
  const nodes = scene.nodes.map((node) => nodeToSvg(node, (role) => `var(--plot-${role})`));
  return `<svg viewBox="0 0 ${px(width)} ${px(height)}" role="img" aria-label="${escapeXml(scene.label)}"${attributes}>${nodes.join('')}</svg>`;
}

function nodeToSvg(node: SceneNode, colour: (role: Role) => string): string {
  // A style and not attributes, so that a page's own rules for text do not win.
  if (node.kind === 'text') {
    const { x, y, text, anchor, role, size, bold } = node;
    const font = `${bold === true ? 'bold ' : ''}${px(size)}px ${FONT_STACK}`;
    return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" style="font:${font};fill:${colour(role)}">${escapeXml(text)}</text>`;
  }
  if (node.d === '') return '';
  const { d, stroke, fill, width, opacity, dash } = node;
  const style = [
    `fill:${fill === undefined ? 'none' : colour(fill)}`,
    ...(stroke === undefined
      ? []
      : [`stroke:${colour(stroke)}`, `stroke-width:${px(width ?? 1)}`, 'stroke-linejoin:round']),
    ...(opacity === undefined ? [] : [`opacity:${opacity}`]),
    ...(dash === undefined ? [] : [`stroke-dasharray:${dash.join(' ')}`]),
  ];
  return `<path d="${d}" style="${style.join(';')}"/>`;
}
