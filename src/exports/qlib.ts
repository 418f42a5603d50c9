import { TapemillError } from '../errors.js';
import { DAY_MS, type EpochMs, type Frequency, formatUtcSeconds } from '../time/index.js';
import type { TableColumn } from './columns.js';

/**
 * The layout that qlib reads (`FileCalendarStorage`, `FileInstrumentStorage` and `FileFeatureStorage` of
 * qlib/data/storage/file_storage.py, `Freq` of qlib/utils/time.py):
 *
 *     calendars/60min.txt                     one bar a line
 *     instruments/all.txt                     SYMBOL \t first bar \t last bar, both inclusive; several lines a symbol
 *     features/btcusdt/close.60min.bin        little-endian float32: number of the first bar in the calendar, then values
 */

/** qlib's spelling of a bar: `60min`, `day`. */
export function qlibFrequency({ minutes, lengthMs }: Frequency): string {
  return lengthMs === DAY_MS ? 'day' : `${minutes}min`;
}

/** A bar as calendars and instruments have it: UTC without saying so, as qlib knows no time zones. */
export function qlibTime(ms: EpochMs, { lengthMs }: Frequency): string {
  return formatUtcSeconds(ms).slice(0, lengthMs === DAY_MS ? 10 : 19);
}

/** Every bar from the first to the last, whether a symbol has it or not: a step of `Ref` is then always one bar long. */
export function qlibCalendar(firstMs: EpochMs, lastMs: EpochMs, frequency: Frequency): string {
  const lines: string[] = [];
  for (let t = firstMs; t <= lastMs; t += frequency.lengthMs) lines.push(`${qlibTime(t, frequency)}\n`);
  return lines.join('');
}

/** Names that Windows keeps for devices; qlib looks for them under another one (`code_to_fname`). */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;
/** A symbol of these letters is read by pandas, and so by qlib, as none. */
const READ_AS_MISSING = new Set(['NA', 'NAN', 'NULL', 'NONE', 'N/A']);

/** Folder of an instrument's features. @throws `E_USAGE` for a symbol that qlib cannot read */
export function qlibFolder(symbol: string): string {
  if (READ_AS_MISSING.has(symbol)) {
    throw new TapemillError('E_USAGE', `qlib reads the symbol ${symbol} as a missing value; leave it out`);
  }
  const folder = symbol.toLowerCase();
  return DEVICE.test(folder) ? `_qlib_${folder}` : folder;
}

/**
 * File name of each column's values, without folder: qlib asks in lower case, whatever the case of `$column`.
 * @throws `E_USAGE` for columns that differ in case only, and for names that no expression of qlib can hold
 */
export function qlibFileNames(columns: readonly { readonly name: string }[], frequency: Frequency): string[] {
  const taken = new Map<string, string>();
  return columns.map(({ name }) => {
    if (!/^\w+$/.test(name)) {
      throw new TapemillError('E_USAGE', `qlib has no field named "${name}": expected letters, digits and _`);
    }
    const lower = name.toLowerCase();
    const other = taken.get(lower);
    if (other !== undefined) {
      throw new TapemillError(
        'E_USAGE',
        `qlib cannot tell ${other} from ${name}; leave one out with --columns`,
      );
    }
    taken.set(lower, name);
    return `${lower}.${qlibFrequency(frequency)}.bin`;
  });
}

/** Times have no place in float32: the calendar tells them. */
export function isQlibField({ type }: TableColumn): boolean {
  return type !== 'timestamp_ms';
}

/**
 * The bytes of one field of one symbol.
 * @param index of the calendar, for each of the values
 * @param values null is NaN; what float32 cannot hold becomes NaN too
 */
export function qlibBin(index: readonly number[], values: Float64Array): Uint8Array {
  const [first, last] = [index[0] ?? 0, index.at(-1) ?? -1];
  const cells = last - first + 1;
  const bytes = new Uint8Array((cells + 1) * 4);
  const view = new DataView(bytes.buffer);
  view.setFloat32(0, first, true);
  for (let cell = 0; cell < cells; cell++) view.setFloat32((cell + 1) * 4, NaN, true);
  index.forEach((position, i) => {
    const value = Math.fround(values[i]!);
    view.setFloat32((position - first + 1) * 4, Number.isFinite(value) ? value : NaN, true);
  });
  return bytes;
}
