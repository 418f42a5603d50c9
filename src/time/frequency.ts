import { TapemillError } from '../errors.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, type EpochMs } from './instant.js';

/** Length of a bar. Bars are aligned to 1970-01-01T00:00Z, hence to every UTC midnight. */
export interface Frequency {
  /** Canonical: `5m`, `1h`, `4h`, `1d`. */
  readonly label: string;
  readonly lengthMs: EpochMs;
  readonly minutes: number;
}

function frequency(minutes: number): Frequency {
  const label =
    minutes % 1440 === 0 ? `${minutes / 1440}d` : minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
  return { label, lengthMs: minutes * MINUTE_MS, minutes };
}

/** Divisors of an hour from 5m on, and multiples of an hour that divide a day. */
export const FREQUENCIES: readonly Frequency[] = [
  5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440,
].map(frequency);

export const HOUR: Frequency = frequency(HOUR_MS / MINUTE_MS);

/** The layer itself. It can be looked at, but is no frequency that files are made of. */
export const MINUTE: Frequency = frequency(1);

/**
 * Reads `15m`, `60m`, `1h`, `24h`, `1d`.
 * @throws `E_PERIOD` with the list of what there is
 */
export function parseFrequency(text: string): Frequency {
  return parseFrequencyAmong(text, FREQUENCIES);
}

/** The same out of another list. */
export function parseFrequencyAmong(text: string, among: readonly Frequency[]): Frequency {
  const match = /^(\d{1,4})\s*(m|min|t|h|d)$/i.exec(text.trim());
  const unit = match?.[2]?.toLowerCase();
  const unitMs = unit === 'h' ? HOUR_MS : unit === 'd' ? DAY_MS : MINUTE_MS;
  const lengthMs = match ? Number(match[1]) * unitMs : 0;
  const found = among.find((candidate) => candidate.lengthMs === lengthMs);
  if (!found) {
    const expected = among.map((candidate) => candidate.label).join(', ');
    throw new TapemillError('E_PERIOD', `expected a frequency out of ${expected}, found "${text}"`, {
      expected,
      found: text,
    });
  }
  return found;
}
