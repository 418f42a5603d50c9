import type { Tint } from './panel-specs.js';

type Name = Tint | 'grid' | 'ink' | 'surface' | 'line';

let known = new Map<Name, string>();

/** A colour of the present theme, for canvases. */
export function paint(name: Name): string {
  let colour = known.get(name);
  if (colour === undefined) {
    colour = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    known.set(name, colour);
  }
  return colour;
}

/** To be called when the theme has changed. */
export function forgetPalette(): void {
  known = new Map();
}

export const CANVAS_FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif';
