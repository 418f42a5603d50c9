import { TapemillError } from '../errors.js';
import { DAY_MS, type Frequency, HOUR_MS, MINUTE_MS } from '../time/index.js';
import type { Horizon } from './tear-sheet.js';

const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** Reads `1h,4h,24h`: whole numbers of bars, each once, the shortest first. @throws `E_USAGE` */
export function parseHorizons(text: string, frequency: Frequency): Horizon[] {
  const horizons = text.split(',').map((entry): Horizon => {
    const label = entry.trim().toLowerCase();
    const match = /^(\d{1,5})([mhd])$/.exec(label);
    const bars = match ? (Number(match[1]) * UNITS[match[2]!]!) / frequency.lengthMs : 0;
    if (Number.isInteger(bars) && bars >= 1) return { label, bars };
    const expected = `horizons of whole bars of ${frequency.label}, such as 4h or 1d, separated by commas`;
    throw new TapemillError('E_USAGE', `expected ${expected}, found "${entry}"`, { expected, found: entry });
  });
  const byBars = new Map(horizons.map((horizon) => [horizon.bars, horizon]));
  return [...byBars.values()].sort((a, b) => a.bars - b.bars);
}
