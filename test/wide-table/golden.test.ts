import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseFamilies } from '../../src/wide-table/index.js';
import { goldenHours } from '../bars/golden.js';
import { temporaryFolder } from '../cli/run.js';
import { collectRun } from '../collect/collecting.js';
import { goldenColumns, goldenIsThere } from '../dataset/golden.js';
import { built } from './kit.js';

const archive = fileURLToPath(new URL('../../../shared/archive', import.meta.url));
const SYMBOLS = ['BSVUSDT', 'RLCUSDT'] as const;
const FAMILIES = [
  'momentum',
  'volatility',
  'shape',
  'liquidity',
  'price-volume',
  'volume-by-return',
  'cross',
];

type Columns = ReadonlyMap<string, Float64Array>;

/** The CSV as pandas would read it: `datetime` in ms, empty is NaN. */
function csvColumns(dataDir: string, symbol: string): Columns {
  const csv = readFileSync(join(dataDir, 'final_dataset', `${symbol}_final.csv`), 'utf8');
  const [header = '', ...lines] = csv.trimEnd().split('\n');
  const cells = lines.map((line) => line.split(','));
  const value = (name: string, cell: string): number =>
    name === 'datetime' ? Date.parse(cell) : cell === '' ? NaN : Number(cell);
  return new Map(
    header.split(',').map((name, i) => [name, Float64Array.from(cells, (row) => value(name, row[i]!))]),
  );
}

/** What is a difference, or a quotient of differences, is judged by the size of what was subtracted. */
function sizeOf(name: string, row: number, golden: Columns): number {
  if (/^(seg_|qrs_|corr_|(up|down)_var|vol_top20|doc_(vol|skew|kurt)|shape_|imbalance)/.test(name)) return 1;
  const at = (column: string): number => Math.abs(golden.get(column)?.[row] ?? 0);
  if (name === 'cvd_per_abs_price_change') return at('quote_volume') / at('price_change');
  if (name === 'price_change') return at('price_open');
  if (name === 'cvd_qty') return at('base_volume');
  return name.includes('cvd') ? at('quote_volume') : 0;
}

/** Rows of golden columns that the table does not have to nine digits, as `name row`. */
function differing(golden: Columns, table: Columns, prefix = ''): string[] {
  const wrong: string[] = [];
  for (const [name, expected] of golden) {
    const isTime = name === 'datetime' || name === 'minute';
    const column = table.get(isTime ? 'datetime' : `${prefix}${name}`);
    expect(column?.length, name).toBe(expected.length);
    expected.forEach((want, row) => {
      const got = column![row]!;
      if (Number.isNaN(want) && Number.isNaN(got)) return;
      const size = Math.max(Math.abs(want), sizeOf(name, row, golden));
      if (!(Math.abs(got - want) <= 1e-9 * (size || 1))) wrong.push(`${name} ${row}`);
    });
  }
  return wrong;
}

describe.skipIf(!goldenIsThere)('built files against golden values (needs ../shared)', () => {
  let [klines, layer] = ['', ''];
  beforeAll(async () => {
    [klines, layer] = [temporaryFolder(), temporaryFolder()];
    const symbols = [...SYMBOLS];
    await collectRun({ archive, dataDir: klines, symbols, dataTypes: ['klines'], intervals: ['1m'] });
    await collectRun({ archive, dataDir: layer, symbols, dataTypes: ['aggTrades'] });
    await built(klines, SYMBOLS, { families: parseFamilies(FAMILIES) });
    await built(layer, SYMBOLS, { families: parseFamilies([...FAMILIES, 'order-flow']) });
  });

  it.each(SYMBOLS)('%s: groups 7 to 12 of klines, in every column and row', (symbol) => {
    const table = csvColumns(klines, symbol);
    for (const file of ['momentum', 'volatility'] as const) {
      expect(differing(goldenColumns(symbol, file), table)).toEqual([]);
    }
  });

  it.each(SYMBOLS)('%s: group 13, in every column and row', (symbol) => {
    expect(differing(goldenHours(symbol), csvColumns(layer, symbol), 'at_')).toEqual([]);
  });

  it('groups 7 to 12 of the layer differ only in hours with a trade that klines have elsewhere, or alone', () => {
    const hours = (symbol: string): number[] => {
      const table = csvColumns(layer, symbol);
      const wrong = (['momentum', 'volatility'] as const).flatMap((file) =>
        differing(goldenColumns(symbol, file), table).filter((name) => !name.startsWith('rv_stability_24h')),
      );
      return [...new Set(wrong.map((name) => Number(name.split(' ')[1])))].sort((a, b) => a - b);
    };
    // RLCUSDT agrees with its klines in every minute of 2026-04-13 to 16, which are the first 96 hours.
    expect(hours('RLCUSDT').every((row) => row >= 96)).toBe(true);
    expect([hours('RLCUSDT').length, hours('BSVUSDT').length]).toEqual([6, 22]);
  });
});
