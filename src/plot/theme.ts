import type { Role } from './scene.js';

export type ThemeName = 'light' | 'dark';

/**
 * Colours after Okabe and Ito, which people with any of the usual colour blindnesses tell apart; blue is up and orange
 * is down, never green and red. Darkened or lightened until text and lines keep a contrast of 3 : 1 with the paper.
 */
export const THEMES: Readonly<Record<ThemeName, Readonly<Record<Role, string>>>> = {
  light: {
    ink: '#1c2430',
    soft: '#5b6678',
    line: '#9aa5b5',
    grid: '#e3e8ef',
    paper: '#ffffff',
    up: '#0072b2',
    down: '#c75a00',
    c1: '#1c2430',
    c2: '#0072b2',
    c3: '#c75a00',
    c4: '#00805f',
    c5: '#a5578a',
  },
  dark: {
    ink: '#e6e9ef',
    soft: '#a3adbd',
    line: '#6b7686',
    grid: '#2a313d',
    paper: '#14181f',
    up: '#56b4e9',
    down: '#f0944d',
    c1: '#e6e9ef',
    c2: '#56b4e9',
    c3: '#f0944d',
    c4: '#3cc79a',
    c5: '#d48fbb',
  },
};

/** Custom properties of a page that follows the reader's choice of light and dark, each `--plot-{role}`. */
export function themeStyle(): string {
  const properties = (name: ThemeName): string =>
    Object.entries(THEMES[name])
      .map(([role, colour]) => `--plot-${role}:${colour}`)
      .join(';');
  return `:root{${properties('light')}}@media (prefers-color-scheme:dark){:root{${properties('dark')}}}`;
}
