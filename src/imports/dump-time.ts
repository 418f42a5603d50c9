import { TapemillError } from '../errors.js';
import type { EpochMicros } from '../time/index.js';

/** How the times of a dump are written; one way a file. */
export type DumpTimeUnit = 'text' | 'ns' | 'us' | 'ms';

const TEXT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/;
const DIGITS = /^(\d{1,20})(?:\.0*)?$/;
const SCIENTIFIC = /^\d(?:\.\d+)?e\+?\d{2}$/i;

/**
 * Reads the times of one file. The first that can be read decides how they are written; a time in another unit is an
 * error and not a malformed row, because it would be taken for another instant.
 */
export class DumpClock {
  unit: DumpTimeUnit | null = null;

  constructor(
    private readonly path: string,
    private readonly column: string,
  ) {}

  /** Null when it is no time at all. @throws `E_CSV_TIME` for one in another unit than those before it */
  read(text: string, line: number): EpochMicros | null {
    const found = parseDumpTime(text);
    if (found === null) return null;
    this.unit ??= found.unit;
    if (found.unit !== this.unit) {
      throw new TapemillError(
        'E_CSV_TIME',
        `${this.path}: line ${line}, column ${this.column}: times before were ${said(this.unit)}, ` +
          `this one is ${said(found.unit)}: ${text}`,
        { path: this.path, line, column: this.column, expected: said(this.unit), found: text },
      );
    }
    return found.ts;
  }
}

const said = (unit: DumpTimeUnit): string =>
  unit === 'text' ? 'text' : `numbers in ${unit.replace('u', 'µ')}`;

/** A time of 2001 to 2286, in whatever unit its magnitude says; text without a zone is UTC. */
export function parseDumpTime(text: string): { unit: DumpTimeUnit; ts: EpochMicros } | null {
  const digits =
    DIGITS.exec(text)?.[1] ?? (SCIENTIFIC.test(text) ? BigInt(Number(text)).toString() : undefined);
  if (digits !== undefined) {
    if (digits.length === 13) return { unit: 'ms', ts: Number(digits) * 1000 };
    if (digits.length === 16) return { unit: 'us', ts: Number(digits) };
    // Beyond 2^53: the last three digits are cut off before it becomes a number.
    if (digits.length === 19) return { unit: 'ns', ts: Number(digits.slice(0, -3)) };
    return null;
  }
  const match = TEXT.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number((part as string | undefined) ?? 0));
  const startMs = Date.UTC(year!, month! - 1, day);
  const date = new Date(startMs);
  const exists = date.getUTCMonth() === month! - 1 && date.getUTCDate() === day;
  if (!exists || hour! > 23 || minute! > 59 || second! > 59) return null;
  const micros = Number((match[7] ?? '').padEnd(6, '0').slice(0, 6));
  const ms = startMs + ((hour! * 60 + minute!) * 60 + second!) * 1000 - offsetMs(match[8]);
  return { unit: 'text', ts: ms * 1000 + micros };
}

function offsetMs(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}
