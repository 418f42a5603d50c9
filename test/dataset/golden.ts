import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LocalArchive } from '../../src/archive/index.js';
import { type MinuteGrid, gridFromKlines } from '../../src/dataset/index.js';
import { assembleSourceMonth, readSourceObject } from '../../src/sources/index.js';

/** Real klines and the values that an independent implementation got from them, where they lie beside the project. */
const shared = fileURLToPath(new URL('../../../shared/', import.meta.url));

export const GOLDEN_SYMBOLS = ['RLCUSDT', 'BSVUSDT'] as const;
export const goldenIsThere = GOLDEN_SYMBOLS.every((symbol) =>
  existsSync(`${shared}golden/${symbol}_momentum.csv`),
);

export async function goldenGrid(symbol: string): Promise<MinuteGrid> {
  const archive = new LocalArchive(`${shared}archive`);
  const request = { market: 'um', dataType: 'klines', interval: '1m', symbol } as const;
  const parts = [];
  for (const entry of await archive.list(request)) {
    const object = await archive.open(entry);
    parts.push(await readSourceObject(object, { ...request, period: entry.name.period }));
    await object.close();
  }
  return gridFromKlines(assembleSourceMonth(parts).table);
}

/** Columns by name, `datetime` in ms, an empty cell as NaN. */
export function goldenColumns(symbol: string, file: 'momentum' | 'volatility'): Map<string, Float64Array> {
  const csv = readFileSync(`${shared}golden/${symbol}_${file}.csv`, 'utf8');
  const [header = '', ...lines] = csv.trimEnd().split('\n');
  const cells = lines.map((line) => line.split(','));
  return new Map(
    header.split(',').map((name, column) => [
      name,
      Float64Array.from(cells, (row) => {
        const cell = row[column] ?? '';
        return name === 'datetime' ? Date.parse(cell) : cell === '' ? NaN : Number(cell);
      }),
    ]),
  );
}
