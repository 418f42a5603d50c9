import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type MinuteBars, type MinuteColumn, allocateMinuteBars } from '../../src/ticks/minute-bars.js';

/** Expected values from an independent pandas implementation, where they lie beside the project. */
const folder = fileURLToPath(new URL('../../../shared/golden/', import.meta.url));

export const GOLDEN_SYMBOLS = ['RLCUSDT', 'BSVUSDT', 'BOMEUSDT', 'ALPINEUSDT'];
export const goldenIsThere = GOLDEN_SYMBOLS.every((symbol) => existsSync(`${folder}${symbol}_1h.csv`));

/** Columns of a CSV as text. */
function parseCsv(csv: string): Map<string, string[]> {
  const [header = '', ...lines] = csv.trimEnd().split('\n');
  const cells = lines.map((line) => line.split(','));
  return new Map(header.split(',').map((name, column) => [name, cells.map((row) => row[column] ?? '')]));
}

/** `{symbol}_1m.csv.gz`; columns that it lacks are 0, times become µs. */
export function goldenMinutes(symbol: string): MinuteBars {
  const csv = parseCsv(gunzipSync(readFileSync(`${folder}${symbol}_1m.csv.gz`)).toString());
  const minutes = csv.get('minute_ms') ?? [];
  const bars = allocateMinuteBars(minutes.length);
  for (const [name, column] of Object.entries(bars.columns) as [MinuteColumn, Float64Array][]) {
    const scale = name === 'first_ts' || name === 'last_ts' ? 1000 : 1;
    csv
      .get(name === 'minute' ? 'minute_ms' : name)
      ?.forEach((cell, row) => (column[row] = Number(cell) * scale));
  }
  return bars;
}

/** `{symbol}_1h.csv`: `minute` in ms, an empty cell as NaN. */
export function goldenHours(symbol: string): Map<string, Float64Array> {
  const csv = parseCsv(readFileSync(`${folder}${symbol}_1h.csv`, 'utf8'));
  return new Map(
    Array.from(csv, ([name, cells]) => [
      name,
      Float64Array.from(cells, (cell) =>
        name === 'minute' ? Date.parse(cell) : cell === '' ? NaN : Number(cell),
      ),
    ]),
  );
}
