import { describe, expect, it } from 'vitest';
import { minuteColumns, rvStability } from '../../src/dataset/index.js';
import { HOUR } from '../../src/time/index.js';
import { GOLDEN_SYMBOLS, goldenColumns, goldenGrid, goldenIsThere } from './golden.js';

/** What is a difference or a quotient of differences is judged by the size of what was subtracted. */
function operandSize(name: string): number {
  // Logarithms of prices of this size, shares, correlations and R².
  if (/^(seg_|qrs_|corr_|up_var|down_var|vol_top20)/.test(name)) return 1;
  if (name.startsWith('doc_vol') || /^(shape_|doc_skew|doc_kurt)/.test(name)) return 1;
  return 0;
}

describe.skipIf(!goldenIsThere)('groups 7 to 12 against the golden values (needs ../shared)', () => {
  it.each(GOLDEN_SYMBOLS)('%s equals them in every column and row', async (symbol) => {
    const table = minuteColumns(await goldenGrid(symbol), HOUR);
    const columns: Record<string, Float64Array> = {
      ...table.columns,
      rv_stability_24h: rvStability(table.columns.rv_std_sqrt60),
    };
    const wrong: string[] = [];
    const worst = new Map<string, number>();
    for (const file of ['momentum', 'volatility'] as const) {
      for (const [name, expected] of goldenColumns(symbol, file)) {
        const column = name === 'datetime' ? table.minute : columns[name]!;
        expect(column.length).toBe(expected.length);
        expected.forEach((want, row) => {
          const got = column[row]!;
          if (Number.isNaN(want) && Number.isNaN(got)) return;
          const size = Math.max(Math.abs(want), operandSize(name));
          const error = size === 0 ? Math.abs(got) : Math.abs(got - want) / size;
          worst.set(name, Math.max(worst.get(name) ?? 0, error));
          if (!(error <= 1e-9)) wrong.push(`${name}[${row}]: ${got} instead of ${want}`);
        });
      }
    }
    if (process.env['SHOW_WORST']) console.log([...worst].sort((a, b) => b[1] - a[1]));
    expect(wrong).toEqual([]);
  });
});
