import { HOUR_MS, type EpochMs, type Period } from '../time/index.js';
import { fixedText } from './decimal.js';
import type { Life } from './life.js';
import { hashText, Random, smoothNoise } from './random.js';

export const FUNDING_HEADER = 'calc_time,funding_interval_hours,last_funding_rate';

export interface FundingRow {
  readonly calcMs: EpochMs;
  readonly intervalHours: number;
  /** In units of 10^-8. */
  readonly rate: bigint;
}

/** The rate at an instant: a function of it alone. 0.0001 is what an exchange charges when nothing is going on. */
export function fundingRateAt(name: string, t: EpochMs): bigint {
  const noise = smoothNoise(hashText(`${name}|funding`), t / (11 * HOUR_MS));
  const rate = Math.abs(noise) < 0.25 ? 1e-4 : 1e-4 + 4e-4 * noise;
  return BigInt(Math.round(rate * 1e8));
}

/** Settlement is calculated some ms after the hour. */
export function fundingJitterMs(name: string, t: EpochMs): number {
  const random = new Random(`${name}|${t}|jitter`);
  return random.unit() < 0.5 ? 0 : random.below(29);
}

/** Every 8 hours while the symbol trades. */
export function fundingRows(name: string, life: Life, month: Period): FundingRow[] {
  const rows: FundingRow[] = [];
  for (let t = month.startMs; t < month.endMs; t += 8 * HOUR_MS) {
    const absent = life.absences.some((span) => t >= span.fromMs && t < span.toMs);
    if (t < life.listedMs) continue;
    if (absent || t > life.delistedMs) continue;
    rows.push({ calcMs: t + fundingJitterMs(name, t), intervalHours: 8, rate: fundingRateAt(name, t) });
  }
  return rows;
}

/** Lines without their ends. */
export function fundingLines(rows: readonly FundingRow[]): string[] {
  return rows.map((row) => `${row.calcMs},${row.intervalHours},${fixedText(row.rate, 8)}`);
}
