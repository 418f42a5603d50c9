import { TapemillError } from '../errors.js';
import type { EpochMs, Frequency } from '../time/index.js';
import type { TableColumn } from './columns.js';

/** How a null may take the last value before it; null: nulls stay nulls. */
export interface FillRule {
  readonly maxBars: number;
}

/** Reads `none` or `ffill:24`. @throws `E_USAGE` */
export function parseFill(text: string): FillRule | null {
  if (text === 'none') return null;
  const bars = Number(/^ffill:(\d{1,6})$/.exec(text)?.[1]);
  if (bars >= 1) return { maxBars: bars };
  const expected = 'none, or ffill: and a number of bars from 1 up, as in ffill:24';
  throw new TapemillError('E_USAGE', `--impute: expected ${expected}; found "${text}"`, {
    expected,
    found: text,
  });
}

/**
 * Whether a column is filled: measured values. Not flags, counts, ids and times, of which yesterday's says nothing of
 * today, nor ages and the time to the next funding, which a fill would stop.
 */
export function isFillable({ type, unit }: TableColumn): boolean {
  return type === 'double' && unit !== 's' && unit !== 'hours';
}

/** Fills one column of one symbol, stretch after stretch. Looks back only. */
export class ForwardFill {
  private last = NaN;
  private lastAt: EpochMs = -Infinity;
  private readonly maxAgeMs: EpochMs;
  /** Cells that were null and are not any more. */
  filled = 0;

  constructor({ maxBars }: FillRule, { lengthMs }: Frequency) {
    this.maxAgeMs = maxBars * lengthMs;
  }

  /**
   * The values with nulls replaced by the last value of a bar at most `maxBars` bars earlier. It is time that counts, not
   * rows: bars that are missing count too, so that no value outlives a hole of that length.
   */
  apply(minute: Float64Array, values: Float64Array): Float64Array {
    return values.map((value, row) => {
      const at = minute[row]!;
      if (!Number.isNaN(value)) {
        this.last = value;
        this.lastAt = at;
        return value;
      }
      if (at - this.lastAt > this.maxAgeMs) return NaN;
      this.filled++;
      return this.last;
    });
  }
}
