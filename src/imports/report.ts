import { formatIso } from '../time/index.js';
import type { SymbolImport } from './import.js';
import { kindOf } from './kinds.js';
import type { Gap } from './survey.js';

/** One line of the cleaning report. */
export interface CleaningRow {
  readonly what: string;
  readonly rows: number;
  /** What was done with them. */
  readonly note: string;
}

/** What became of the rows of the files; lines that say 0 are left out, but for the first and the last. */
export function cleaningRows({ kind, account, superseded }: SymbolImport): CleaningRow[] {
  const isSampled = kindOf(kind).identity === 'time';
  const lines: CleaningRow[] = [
    { what: 'duplicate', rows: account.duplicate, note: 'dropped: equal to another row in every column' },
    { what: 'contradictory', rows: account.contradictory, note: 'dropped: the last row of a time counts' },
    { what: 'outside', rows: account.outside, note: 'dropped: over a day from the period of the file' },
    { what: 'malformed', rows: account.malformed, note: 'dropped: cannot be read' },
    { what: 'ignored', rows: account.ignored, note: 'no event: nothing filled, or another message' },
    {
      what: 'superseded',
      rows: superseded,
      note: isSampled ? "another file's row of the time counts" : 'stored once: another file has them too',
    },
    { what: 'unsorted', rows: account.unsorted, note: 'repaired: put in order of time' },
    { what: 'neighbours', rows: account.neighbours, note: 'repaired: stored in the day of their time' },
  ];
  return [
    { what: 'read', rows: account.rows, note: '' },
    ...lines.filter(({ rows }) => rows > 0),
    { what: 'stored', rows: account.accepted - superseded, note: '' },
  ];
}

/** `2025-10-01` for a midnight, `2025-10-01 08:05:00` for another time, of µs. */
export function formatUs(us: number): string {
  const iso = formatIso(Math.floor(us / 1000));
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 19).replace('T', ' ');
}

/** `2025-10-01 … 2025-10-31` for whole days, both inclusive; else the two instants. */
export function formatSpan({ startUs, endUs }: { readonly startUs: number; readonly endUs: number }): string {
  const [start, end] = [formatUs(startUs), formatUs(endUs)];
  if (start.length > 10 || end.length > 10) return `${start} … ${end}`;
  const last = formatUs(endUs - 86_400e6);
  return start === last ? start : `${start} … ${last}`;
}

/** At most `limit` lines, and how many more there are. */
export function gapLines(gaps: readonly Gap[], limit: number): string[] {
  const lines = gaps.slice(0, limit).map((gap) => `${formatSpan(gap)}  ${gap.why}`);
  if (gaps.length > limit) lines.push(`and ${gaps.length - limit} more`);
  return lines;
}
