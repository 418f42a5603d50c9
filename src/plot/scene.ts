/**
 * What is drawn, before it is known on what: paths and texts in pixels, colours by their role. SVG and PNG are made
 * of the same scene, so they show the same.
 */

/** A colour by what it stands for; `theme.ts` has the colours. */
export type Role =
  'ink' | 'soft' | 'line' | 'grid' | 'paper' | 'up' | 'down' | 'c1' | 'c2' | 'c3' | 'c4' | 'c5';

export type Anchor = 'start' | 'middle' | 'end';

/** Outline in the syntax of SVG's `d`; stroked, filled, or both. */
export interface PathNode {
  readonly kind: 'path';
  readonly d: string;
  readonly stroke?: Role;
  readonly fill?: Role;
  /** Of the stroke, px. */
  readonly width?: number;
  /** 0 … 1 */
  readonly opacity?: number;
  /** px on, px off */
  readonly dash?: readonly [number, number];
}

/** One line of text; `y` is its baseline. */
export interface TextNode {
  readonly kind: 'text';
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor: Anchor;
  readonly role: Role;
  /** px */
  readonly size: number;
  readonly bold?: boolean;
}

export type SceneNode = PathNode | TextNode;

/** Nodes are drawn one after the other on a ground of role `paper`. Sizes in px. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  /** For those who cannot see it, and the title of the SVG. */
  readonly label: string;
  readonly nodes: readonly SceneNode[];
}

/** Two decimals of a pixel: nothing finer is seen, and files stay small. */
export function px(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return String(rounded === 0 ? 0 : rounded);
}

export function rectPath(x: number, y: number, width: number, height: number): string {
  return `M${px(x)} ${px(y)}h${px(width)}v${px(height)}h${px(-width)}z`;
}

export function linePath(x1: number, y1: number, x2: number, y2: number): string {
  return `M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}`;
}

/** Points joined in order; a point with NaN breaks the line, and a point alone becomes a short dash that is seen. */
export function polylinePath(xs: ArrayLike<number>, ys: ArrayLike<number>): string {
  let d = '';
  let run = 0;
  for (let i = 0; i <= xs.length; i++) {
    const isPoint = i < xs.length && !Number.isNaN(ys[i]!) && !Number.isNaN(xs[i]!);
    if (isPoint) {
      d += `${run === 0 ? 'M' : 'L'}${px(xs[i]!)} ${px(ys[i]!)}`;
      run++;
      continue;
    }
    if (run === 1) d += 'h1';
    run = 0;
  }
  return d;
}
