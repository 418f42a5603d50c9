import { TapemillError } from '../errors.js';
import { type EpochMs, formatUtcSeconds, parsePeriod } from '../time/index.js';

export type SplitName = 'train' | 'valid' | 'test';

/** Rows are told apart by the start of their bar; `boundaries` lie between neighbouring parts. */
export interface Split {
  readonly names: readonly SplitName[];
  readonly boundaries: readonly EpochMs[];
}

/**
 * Reads one date (train, test) or two (train, valid, test); each is the first day, or month, of the part after it.
 * @throws `E_USAGE` for another number of dates or dates that do not ascend, `E_PERIOD`
 */
export function parseSplit(text: string): Split {
  const boundaries = text.split(',').map((date) => parsePeriod(date.trim()).startMs);
  const ascends = boundaries.every((date, i) => i === 0 || date > boundaries[i - 1]!);
  if (boundaries.length > 2 || !ascends) {
    const expected = 'one date (train, test) or two that ascend (train, valid, test)';
    throw new TapemillError('E_USAGE', `--split: expected ${expected}; found "${text}"`, {
      expected,
      found: text,
    });
  }
  return { names: boundaries.length === 1 ? ['train', 'test'] : ['train', 'valid', 'test'], boundaries };
}

/** Fate of a row that is left out because it is not valid for training. */
export const NOT_VALID = -1;
/** Fate of a row that was purged from part 0; from part p it is `PURGED - p`. */
export const PURGED = -2;

/** The part a row was purged from; -1 when it was not. */
export function purgedFrom(fate: number): number {
  return fate <= PURGED ? PURGED - fate : -1;
}

/**
 * Where each row goes: the number of its part, `NOT_VALID`, or `PURGED`. A row is purged when its longest label is made of a bar that starts in a later part: whoever
 * trains on it would see that part's prices. (Purging as in López de Prado, "Advances in Financial Machine Learning",
 * 7.4.1; what he calls an embargo, rows left out after a test set, is not needed where training comes first.)
 *
 * @param valid 1 for rows to keep; null keeps all
 * @param horizonMs of the longest label; 0 purges nothing
 */
export function fateOfRows(
  minute: Float64Array,
  valid: Float64Array | null,
  split: Split | null,
  horizonMs: EpochMs,
): Int8Array {
  const boundaries = split?.boundaries ?? [];
  return Int8Array.from(minute, (start, row) => {
    if (valid !== null && valid[row] !== 1) return NOT_VALID;
    const part = boundaries.filter((boundary) => boundary <= start).length;
    const next = boundaries[part];
    return next !== undefined && horizonMs > 0 && start + horizonMs >= next ? PURGED - part : part;
  });
}

/** Rules of a split for those who read the manifest. */
export function describeSplit({ names, boundaries }: Split, horizonMs: EpochMs): object[] {
  return names.map((name, part) => {
    const next = boundaries[part];
    return {
      name,
      from: part === 0 ? null : formatUtcSeconds(boundaries[part - 1]!),
      before: next === undefined ? null : formatUtcSeconds(next),
      purged_from: next === undefined || horizonMs === 0 ? null : formatUtcSeconds(next - horizonMs),
    };
  });
}
