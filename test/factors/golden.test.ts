import { describe, expect, it } from 'vitest';
import { rollUp } from '../../src/bars/index.js';
import { type FactorTable, orderFlowFactors } from '../../src/factors/index.js';
import { HOUR } from '../../src/time/index.js';
import { GOLDEN_SYMBOLS, goldenHours, goldenIsThere, goldenMinutes } from '../bars/golden.js';

/** Golden sums are plain float64, so a difference is judged by the size of what was subtracted. */
function operandSize(table: FactorTable, name: string, row: number): number {
  const at = (column: string): number => Math.abs(table.columns[column]?.[row] ?? 0);
  if (name === 'cvd_per_abs_price_change') return at('quote_volume') / at('price_change');
  if (name === 'imbalance_ratio_quote') return 1;
  if (name === 'cvd_qty') return at('base_volume');
  if (name.includes('cvd')) return at('quote_volume');
  if (name === 'price_change') return at('price_open');
  return at(name);
}

describe.skipIf(!goldenIsThere)('hours against the golden values (needs ../shared/golden)', () => {
  it.each(GOLDEN_SYMBOLS)('%s equals them in every numeric column', (symbol) => {
    const golden = goldenHours(symbol);
    const table: FactorTable = orderFlowFactors(rollUp(goldenMinutes(symbol), HOUR));
    expect(table.minute).toEqual(golden.get('minute'));
    expect(table.names.slice(0, golden.size - 1)).toEqual([...golden.keys()].slice(1));

    const wrong: string[] = [];
    for (const [name, expected] of golden) {
      const column = name === 'minute' ? table.minute : table.columns[name]!;
      expected.forEach((want, row) => {
        const got = column[row]!;
        const size = Math.max(Math.abs(want), operandSize(table, name, row));
        const tolerance = size === 0 ? 1e-9 : 1e-9 * size;
        const same = Number.isNaN(want) ? Number.isNaN(got) : Math.abs(got - want) <= tolerance;
        if (!same) wrong.push(`${name}[${row}]: ${got} instead of ${want}`);
      });
    }
    expect(wrong).toEqual([]);
  });
});
