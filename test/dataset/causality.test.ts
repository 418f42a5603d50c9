import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AFTERTHOUGHTS,
  CrossSections,
  WIDE_COLUMNS,
  WIDE_FAMILIES,
  applyCrossSection,
  checkLeaks,
  symbolTable,
} from '../../src/dataset/index.js';
import type { FactorTable } from '../../src/factors/index.js';
import { HOUR_MS, parseFrequency } from '../../src/time/index.js';
import { FREQUENCY_LABELS, inputsUpTo, randomInputs, T0, firstDifference } from './sample.js';

/** All symbols, as far as they are known at an instant. */
function build(seeds: readonly number[], minutes: number, label = '1h') {
  const raw = seeds.map((seed) => randomInputs(seed, minutes, parseFrequency(label)));
  return (cutMs: number): ReadonlyMap<string, FactorTable> => {
    const tables = raw.map((inputs, i) => [`S${i}`, symbolTable(inputsUpTo(inputs, cutMs))] as const);
    const pass = new CrossSections();
    for (const [symbol, { minute, columns }] of tables) {
      pass.add(symbol, { minute, funding_rate: columns['funding_rate']!, volume: columns['volume']! });
    }
    const section = pass.close();
    return new Map(tables.map(([symbol, table]) => [symbol, applyCrossSection(table, section)]));
  };
}

describe('no row knows the future', () => {
  it('cutting all inputs at the end of any bar leaves every cell up to it as it is, to the bit', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...FREQUENCY_LABELS), fc.nat(), (seed, frequency, place) => {
        const bars = Math.ceil(3000 / frequency.minutes);
        const cut = T0 + (1 + (place % bars)) * frequency.lengthMs;
        const report = checkLeaks(build([seed], 3000, frequency.label), [cut], frequency);
        expect(report.leaks).toEqual([]);
        expect(report.compared).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  it('nor across symbols, and with windows that are full', () => {
    const cuts = [30, 100, 180, 190, 200].map((n) => T0 + n * HOUR_MS);
    const report = checkLeaks(build([1, 2, 3], 210 * 60), cuts, { lengthMs: HOUR_MS });
    expect(report.leaks).toEqual([]);
    // Every column must have had something to lose.
    const whole = build([1, 2, 3], 210 * 60)(Infinity);
    const empty = [...whole.get('S0')!.names].filter((name) =>
      [...whole.values()].every((table) => table.columns[name]!.every((x) => Number.isNaN(x))),
    );
    expect(empty).toEqual([...AFTERTHOUGHTS]);
  });

  it('is infinite nowhere', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...FREQUENCY_LABELS), (seed, { label }) => {
        const table = build([seed], 3000, label)(Infinity).get('S0')!;
        const infinite = table.names.filter((name) =>
          table.columns[name]!.some((x) => Math.abs(x) === Infinity),
        );
        expect(infinite).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('stays within the ranges of the registry, and is null only where it says so', () => {
    const declared = Object.assign({}, ...WIDE_FAMILIES.map((family) => WIDE_COLUMNS[family])) as Record<
      string,
      (typeof WIDE_COLUMNS)['price'][string]
    >;
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('15m', '1h', '4h'), (seed, label) => {
        const [, table] = [...build([seed, seed + 100], 6000, label)(Infinity)][0]!;
        const wrong = table.names.flatMap((name) => {
          const { range, whenNull, type } = declared[name]!;
          const [low, high] = range
            .slice(1, -1)
            .split(', ')
            .map((text) => Number(text.replace('∞', 'Infinity')));
          const cells = table.columns[name]!;
          const slack = 1e-9;
          return cells.some(
            (x) =>
              (Number.isNaN(x) && whenNull === null) ||
              x < low! - slack ||
              x > high! + slack ||
              (type !== 'double' && !Number.isNaN(x) && !Number.isInteger(x)),
          )
            ? [name]
            : [];
        });
        // The sample's ratios and rates are not those of a market; they stay in range all the same.
        expect(wrong).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('nor does a bar depend on the minutes of other bars', () => {
    const raw = randomInputs(5, 600);
    const whole = symbolTable(inputsUpTo(raw, Infinity));
    const again = symbolTable(inputsUpTo(randomInputs(5, 600), Infinity));
    expect(firstDifference(whole, again, whole.length)).toBeNull();
  });
});
