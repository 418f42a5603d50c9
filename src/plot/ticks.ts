import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/index.js';

/** The step 1, 2 or 5 × 10ⁿ that divides `span` into about `count` parts: between 2/3 and 5/3 of it. */
export function niceStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const part = rough / power;
  return power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
}

export interface Ticks {
  readonly values: readonly number[];
  readonly step: number;
}

/** Round values within `[low, high]`, ascending, about `count` of them; `low < high`. */
export function niceTicks(low: number, high: number, count: number): Ticks {
  const step = niceStep(high - low, count);
  const values: number[] = [];
  // By whole numbers: adding a step again and again would drift.
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) {
    values.push(n === 0 ? 0 : n * step);
  }
  return { values, step };
}

export interface TimeTick {
  /** ms since 1970 UTC */
  readonly at: number;
  readonly label: string;
}

const STEPS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[1, 2, 7, 14].map((n) => n * DAY_MS),
];
const STEPS_MONTHS: readonly number[] = [1, 2, 3, 6, 12, 24, 60, 120];
/** 1970-01-05 was a Monday. */
const MONDAY_MS = 4 * DAY_MS;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Instants of the UTC clock or calendar within `[startMs, endMs]`, at most `count` (at least 1) of them. */
export function timeTicks(startMs: number, endMs: number, count: number): TimeTick[] {
  const span = endMs - startMs;
  const most = Math.max(1, count);
  const stepMs = STEPS_MS.find((step) => span / step <= most);
  const instants =
    stepMs === undefined
      ? monthInstants(startMs, endMs, most)
      : instantsOf(startMs, endMs, stepMs, stepMs >= 7 * DAY_MS ? MONDAY_MS : 0);
  const step = stepMs ?? 28 * DAY_MS;
  return instants.map((at, i) => ({ at, label: timeLabel(at, step, instants[i - 1]) }));
}

function instantsOf(startMs: number, endMs: number, step: number, origin: number): number[] {
  const found: number[] = [];
  for (let n = Math.ceil((startMs - origin) / step); n * step + origin <= endMs; n++) {
    found.push(n * step + origin);
  }
  return found;
}

function monthInstants(startMs: number, endMs: number, most: number): number[] {
  const first = new Date(startMs);
  const last = new Date(endMs);
  const from = first.getUTCFullYear() * 12 + first.getUTCMonth();
  const to = last.getUTCFullYear() * 12 + last.getUTCMonth();
  const step = STEPS_MONTHS.find((months) => (to - from) / months <= most) ?? STEPS_MONTHS.at(-1)!;
  const found: number[] = [];
  for (let month = Math.ceil(from / step) * step; month <= to; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12);
    if (at >= startMs && at <= endMs) found.push(at);
  }
  return found;
}

/** What is new since the tick before: the year where it starts, the day where it starts, else the time of day. */
function timeLabel(at: number, step: number, before: number | undefined): string {
  const date = new Date(at);
  const year = date.getUTCFullYear();
  const month = MONTHS[date.getUTCMonth()]!;
  const isNewYear = before !== undefined && new Date(before).getUTCFullYear() !== year;
  if (step >= 28 * DAY_MS)
    return date.getUTCMonth() === 0 || before === undefined ? `${month} ${year}` : month;
  const day = `${date.getUTCDate()} ${month}`;
  if (isNewYear) return `${day} ${year}`;
  const isNewDay = before === undefined || Math.floor(before / DAY_MS) !== Math.floor(at / DAY_MS);
  if (step >= DAY_MS || (isNewDay && at % DAY_MS === 0)) return day;
  return date.toISOString().slice(11, 16);
}
