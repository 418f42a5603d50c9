/** Numbers as people read them. */

export { bytesText } from '../format.js';

/** `1,234` */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `950`, `12.3 k`, `1.9 M` */
export function roughCount(count: number): string {
  if (count < 999.5) return count.toFixed(0);
  const [value, unit] =
    count < 999_500 ? [count / 1e3, 'k'] : count < 999.5e6 ? [count / 1e6, 'M'] : [count / 1e9, 'G'];
  return `${value >= 99.5 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
}

/** `7 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h` */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [d, h, m, s] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const two = (large: number, unit: string, small: number, smallUnit: string): string =>
    small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
  if (d > 0) return two(d, 'd', h, 'h');
  if (h > 0) return two(h, 'h', m, 'min');
  if (m >= 10) return `${m} min`;
  return m > 0 ? two(m, 'min', s, 's') : `${s} s`;
}

/** `18:41:59`, UTC. */
export function clockText(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

/** `2024-01-05 18:41:59`, UTC. */
export function instantText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** 100 % only when nothing is left. */
export function percentText(share: number): string {
  return `${Math.min(share >= 1 ? 100 : 99, Math.floor(share * 100))}%`;
}

/** `1 month`, `2 months` */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}
