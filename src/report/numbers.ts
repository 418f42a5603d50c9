/** `1,234` */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** A share as per cent: 100 % only when nothing is left, and then as many decimals as it takes to say so. */
export function shareText(share: number | null): string {
  if (share === null) return 'none';
  if (share === 1 || share === 0) return `${share * 100} %`;
  for (const decimals of [1, 2, 3, 4, 5]) {
    const text = (share * 100).toFixed(decimals);
    if (Number(text) > 0 && Number(text) < 100) return `${text} %`;
  }
  return share > 0.5 ? '> 99.99999 %' : '< 0.00001 %';
}

/** A relative error: `1.7 %`, `0.0034 %`, `none` for null. */
export function errorText(error: number | null | undefined): string {
  if (error === null || error === undefined || error === 0) return 'none';
  return Number.isFinite(error) ? `${Number((error * 100).toPrecision(2))} %` : 'all';
}

/** `2026-04-13 05:13`, UTC. */
export function minuteText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

/** `2026-04-13 05:13 … 05:20`: both ends, the day once when it is the same. */
export function spanText(fromMs: number, toMs: number): string {
  const [from, to] = [minuteText(fromMs), minuteText(toMs)];
  return from.slice(0, 10) === to.slice(0, 10) ? `${from} … ${to.slice(11)}` : `${from} … ${to}`;
}

/** `3 minutes`, `1 minute` */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}
