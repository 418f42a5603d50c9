import { numberText } from '../plot/index.js';
import { countText } from '../report/index.js';
import type { Estimate } from './estimate.js';

/** What stands where there is no number. */
export const TOO_FEW = 'too few';

/** A coefficient, signed, with 4 decimals. */
export function coefficientText(value: number | null): string {
  return value === null ? TOO_FEW : signed(value.toFixed(4));
}

/** `0.0123 (n 1,234)` */
export function estimateText({ value, observations }: Estimate): string {
  return `${coefficientText(value)} (n ${countText(observations)})`;
}

export function shareOf({ value, observations }: Estimate): string {
  return value === null ? TOO_FEW : `${(value * 100).toFixed(1)} % (n ${countText(observations)})`;
}

/** A log return in basis points, 1/100 of a per cent. */
export function bpText(value: number | null): string {
  return value === null ? TOO_FEW : signed((value * 1e4).toFixed(2));
}

export function tText(value: number | null): string {
  return value === null ? TOO_FEW : signed(value.toFixed(2));
}

export const valueText = (value: number | null): string => (value === null ? 'none' : numberText(value));

function signed(text: string): string {
  return text.startsWith('-') ? `−${text.slice(1)}` : text;
}
