/** What is seen, what is loaded, and what to ask for next. Pure; instants in ms. */

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Bars of the page, shortest first. */
export const LADDER = [
  ['1m', 60_000],
  ['5m', 300_000],
  ['15m', 900_000],
  ['30m', 1_800_000],
  ['1h', 3_600_000],
  ['2h', 7_200_000],
  ['4h', 14_400_000],
  ['12h', 43_200_000],
  ['1d', 86_400_000],
] as const;
export type Frequency = (typeof LADDER)[number][0];

export const MIN_SPAN_MS = 10 * 60_000;
/** On each side of what is seen, as a share of it. */
const MARGIN = 1;
/** A request is due when less than this share of what is seen is left on a side. */
const LEAST_MARGIN = 0.25;

export function lengthOf(frequency: string): number {
  return LADDER.find(([name]) => name === frequency)?.[1] ?? lengthOfOther(frequency);
}

function lengthOfOther(frequency: string): number {
  const match = /^(\d+)([mhd])$/.exec(frequency);
  const unit = match?.[2] === 'm' ? 60_000 : match?.[2] === 'h' ? 3_600_000 : 86_400_000;
  return match ? Number(match[1]) * unit : 60_000;
}

/** The shortest bars of which at most `bars` are seen; never shorter than what was wished for. */
export function chooseFrequency(seen: Span, bars: number, wished: Frequency | 'auto' = 'auto'): Frequency {
  const least = wished === 'auto' ? 0 : lengthOf(wished);
  const found = LADDER.find(([, ms]) => ms >= least && (seen.to - seen.from) / ms <= bars);
  return (found ?? LADDER.at(-1)!)[0];
}

export interface Request extends Span {
  readonly freq: Frequency;
}

/** What is seen and a margin, at whole bars, within what there is at all. */
export function windowAround(seen: Span, freq: Frequency, bounds: Span): Request {
  const length = lengthOf(freq);
  const margin = (seen.to - seen.from) * MARGIN;
  const from = Math.floor(Math.max(bounds.from, seen.from - margin) / length) * length;
  const to = Math.ceil(Math.min(bounds.to, seen.to + margin) / length) * length;
  return { from, to: Math.max(to, from + length), freq };
}

/** Whether what is loaded, or on its way, is no longer enough. */
export function isRequestDue(seen: Span, freq: Frequency, loaded: Request | null, bounds: Span): boolean {
  if (loaded?.freq !== freq) return true;
  const margin = (seen.to - seen.from) * LEAST_MARGIN;
  const wantedFrom = Math.max(bounds.from, seen.from - margin);
  const wantedTo = Math.min(bounds.to, seen.to + margin);
  // Outside of all that there is nothing can be loaded.
  if (wantedFrom >= wantedTo) return false;
  return wantedFrom < loaded.from || wantedTo > loaded.to;
}

/** Moved by so many ms, but never wholly away from what there is. */
export function pan(seen: Span, byMs: number, bounds: Span): Span {
  const span = seen.to - seen.from;
  const least = bounds.from - span * 0.8;
  const most = bounds.to + span * 0.8 - span;
  const from = Math.min(Math.max(seen.from + byMs, Math.min(least, most)), Math.max(least, most));
  return { from, to: from + span };
}

/** `factor` below 1 shows less; the instant `around` stays where it is. */
export function zoom(seen: Span, factor: number, around: number, bounds: Span): Span {
  const most = Math.max(MIN_SPAN_MS, (bounds.to - bounds.from) * 1.2);
  const before = seen.to - seen.from;
  const span = Math.min(most, Math.max(MIN_SPAN_MS, before * factor));
  const share = (around - seen.from) / before;
  return pan({ from: around - share * span, to: around + (1 - share) * span }, 0, bounds);
}

export const PRESETS = [
  ['1d', 1],
  ['1w', 7],
  ['1mo', 30],
  ['3mo', 91],
  ['1y', 365],
  ['all', null],
] as const;
export type Preset = (typeof PRESETS)[number][0];

/** The last so many days of what there is; of `all`, all of it. */
export function presetSpan(preset: Preset, bounds: Span): Span {
  const days = PRESETS.find(([name]) => name === preset)?.[1] ?? null;
  if (days === null) return bounds;
  return { from: Math.max(bounds.from, bounds.to - days * 86_400_000), to: bounds.to };
}
