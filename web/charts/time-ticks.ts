import { DAY_MS, HOUR_MS, MINUTE_MS } from '../format/time.js';

/** Where the time axis has its marks, and what stands there. Pure; UTC. */

export interface TimeTick {
  readonly ms: number;
  readonly text: string;
  /** A larger unit begins here: a day among hours, a year among months. */
  readonly isMajor: boolean;
}

type Step = { readonly ms: number } | { readonly months: number };

const STEPS: readonly Step[] = [
  ...[1, 2, 5, 10, 15, 30].map((n) => ({ ms: n * MINUTE_MS })),
  ...[1, 2, 3, 6, 12].map((n) => ({ ms: n * HOUR_MS })),
  ...[1, 2, 4, 7].map((n) => ({ ms: n * DAY_MS })),
  ...[1, 2, 3, 6, 12, 24, 60].map((months) => ({ months })),
];
const MONTH_MS = 30.44 * DAY_MS;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** At most `atMost` ticks (2 or more) within [startMs, endMs], at round times. */
export function timeTicks(startMs: number, endMs: number, atMost: number): TimeTick[] {
  if (!(endMs > startMs)) return [];
  const room = Math.max(2, atMost);
  const step = STEPS.find((one) => (endMs - startMs) / lengthOf(one) <= room - 1) ?? STEPS.at(-1)!;
  const at = 'months' in step ? monthTicks(startMs, endMs, step.months) : evenTicks(startMs, endMs, step.ms);
  return at.map((ms) => ({ ms, ...label(ms, step) }));
}

function lengthOf(step: Step): number {
  return 'months' in step ? step.months * MONTH_MS : step.ms;
}

function evenTicks(startMs: number, endMs: number, stepMs: number): number[] {
  const ticks: number[] = [];
  // Weeks begin on Monday; the epoch was a Thursday.
  const shift = stepMs === 7 * DAY_MS ? 4 * DAY_MS : 0;
  for (let ms = Math.ceil((startMs - shift) / stepMs) * stepMs + shift; ms <= endMs; ms += stepMs)
    ticks.push(ms);
  return ticks;
}

function monthTicks(startMs: number, endMs: number, months: number): number[] {
  const ticks: number[] = [];
  const start = new Date(startMs);
  let index = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
  for (;;) {
    const ms = Date.UTC(Math.floor(index / 12), index % 12);
    if (ms > endMs) return ticks;
    if (ms >= startMs) ticks.push(ms);
    index += months;
  }
}

function label(ms: number, step: Step): Pick<TimeTick, 'text' | 'isMajor'> {
  const date = new Date(ms);
  const isYear = date.getUTCMonth() === 0 && date.getUTCDate() === 1 && ms % DAY_MS === 0;
  if ('months' in step) {
    const isMajor = date.getUTCMonth() === 0;
    return { text: isMajor ? String(date.getUTCFullYear()) : MONTHS[date.getUTCMonth()]!, isMajor };
  }
  if (step.ms >= DAY_MS || ms % DAY_MS === 0) {
    const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]!}`;
    const isMajor = step.ms < DAY_MS || date.getUTCDate() === 1;
    return { text: isYear ? `${day} ${date.getUTCFullYear()}` : day, isMajor };
  }
  return { text: date.toISOString().slice(11, 16), isMajor: false };
}
