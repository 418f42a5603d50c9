import type { FactorTable } from '../factors/index.js';
import { type EpochMs, formatUtcSeconds } from '../time/index.js';
import type { TableColumn } from './schema.js';

/** Rows that are printed at once; some MB of text. */
const ROWS = 1024;

/** `datetime` and the names of the columns. */
export function wideCsvHeader(columns: readonly TableColumn[]): string {
  return `datetime,${columns.map(({ name }) => name).join(',')}\n`;
}

/**
 * Lines of a wide table, without a header, some hundred KB at a time. Times as pandas prints them, numbers as the shortest
 * decimals that read back to the same double, flags 0 and 1, null an empty cell.
 */
export function* wideCsvRows(
  { length, minute, columns: values }: FactorTable,
  columns: readonly TableColumn[],
): Generator<Buffer, void, void> {
  const cells = columns.map(({ name, type }) => [values[name]!, type === 'timestamp_ms'] as const);
  for (let from = 0; from < length; from += ROWS) {
    let text = '';
    for (let row = from; row < Math.min(length, from + ROWS); row++) {
      text += formatTime(minute[row]!);
      for (const [column, isTime] of cells) {
        const value = column[row]!;
        // NaN is the only number that is not itself.
        if (value !== value) text += ',';
        else if (isTime) text += `,${formatTime(value)}`;
        else text += `,${value}`;
      }
      text += '\n';
    }
    yield Buffer.from(text, 'latin1');
  }
}

const MICROS_PER_MS = 1000;

/** `2026-04-13 01:00:00+00:00`, and with fractions of a second `2026-04-13 01:00:00.001000+00:00`. */
function formatTime(t: EpochMs): string {
  const text = formatUtcSeconds(t);
  const ms = ((t % 1000) + 1000) % 1000;
  if (ms === 0) return text;
  const fraction = String(Math.round(ms * MICROS_PER_MS)).padStart(6, '0');
  return `${text.slice(0, 19)}.${fraction}${text.slice(19)}`;
}
