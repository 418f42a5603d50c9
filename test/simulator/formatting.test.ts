import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { archiveLayout } from '../../src/simulator/csv-layout.js';
import { csvFormatter, MAX_LINE_BYTES, RowFormatter } from '../../src/simulator/csv-formatter.js';
import { divideRounded, fixedText, javaText, scientificText } from '../../src/simulator/decimal.js';
import { instrumentOf, simulatedSymbols } from '../../src/simulator/instrument.js';
import { MARKETS } from '../../src/market/index.js';
import { allocateBatch, appendRow } from '../../src/simulator/tick-batch.js';
import { parsePeriod } from '../../src/time/index.js';
import { decimal } from './decimal-sums.js';

describe('decimals', () => {
  test('are written as Java writes doubles', () => {
    const cases: readonly (readonly [bigint, number, string])[] = [
      [4060n, 4, '0.406'],
      [90n, 1, '9.0'],
      [8330n, 2, '83.3'],
      [3743n, 7, '3.743E-4'],
      [4000n, 7, '4.0E-4'],
      [10000n, 7, '0.001'],
      [9999n, 7, '9.999E-4'],
      [2993101n, 0, '2993101.0'],
      [9999999n, 0, '9999999.0'],
      [10004060n, 0, '1.000406E7'],
      [14985785n, 0, '1.4985785E7'],
      [100000000n, 1, '1.0E7'],
      [0n, 3, '0.0'],
    ];
    for (const [value, decimals, text] of cases) expect(javaText(value, decimals)).toBe(text);
  });

  test('mean the same in every style', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 12n), fc.integer({ min: 0, max: 8 }), (value, decimals) => {
        const exact = value * 10n ** BigInt(18 - decimals);
        for (const text of [
          fixedText(value, decimals),
          javaText(value, decimals),
          scientificText(value, decimals),
        ]) {
          expect(decimal(text)).toBe(exact);
        }
      }),
    );
  });

  test('are rounded to the nearest', () => {
    expect([7n, 8n, 9n].map((a) => divideRounded(a, 6n))).toEqual([1n, 1n, 2n]);
  });
});

describe('rows', () => {
  const rowOf = fc.record({
    aggId: fc.integer({ min: 0, max: 2 ** 40 }),
    priceTicks: fc.integer({ min: 0, max: 2 ** 30 }),
    quantitySteps: fc.oneof(fc.integer({ min: 0, max: 2 ** 34 }), fc.integer({ min: 0, max: 2000 })),
    firstFillId: fc.integer({ min: -1, max: 2 ** 42 }),
    lastFillId: fc.integer({ min: -1, max: 2 ** 31 + 10 }),
    timeUs: fc.integer({ min: 1.5e12, max: 1.9e12 }).map((ms) => ms * 1000),
    buyerMaker: fc.boolean(),
  });
  const period = parsePeriod('2024-01');

  test('are the same bytes whether written fast or slowly', () => {
    for (const market of MARKETS) {
      for (const symbol of simulatedSymbols(market, 8)) {
        for (const timeUnit of ['ms', 'us'] as const) {
          const instrument = instrumentOf(market, symbol);
          const layout = archiveLayout(market, period, { header: 'auto', timeUnit });
          fc.assert(
            fc.property(fc.array(rowOf, { minLength: 1, maxLength: 5 }), (rows) => {
              const batch = allocateBatch(rows.length);
              for (const row of rows) appendRow(batch, row);
              const out = Buffer.alloc(rows.length * MAX_LINE_BYTES);
              const end = csvFormatter(layout, instrument).format(batch, out, 0);
              const slow = new RowFormatter(layout, instrument);
              expect(out.toString('latin1', 0, end)).toBe(rows.map((row) => `${slow.line(row)}\n`).join(''));
            }),
            { numRuns: 30, seed: 1 },
          );
        }
      }
    }
  });
});

test('names of symbols', () => {
  expect(simulatedSymbols('um', 3)).toEqual(['SIMAUSDT', 'SIMBUSDT', 'SIMCUSDT']);
  expect(simulatedSymbols('um', 28).slice(-3)).toEqual(['SIMZUSDT', 'SIMAAUSDT', 'SIMABUSDT']);
  expect(simulatedSymbols('cm', 2)).toEqual(['BTCUSD_PERP', 'SIMBUSD_PERP']);
  expect(new Set(simulatedSymbols('spot', 1000)).size).toBe(1000);
  expect(instrumentOf('cm', 'BTCUSD_PERP').contractUsd).toBe(100);
  expect(instrumentOf('cm', 'SIMBUSD_PERP').contractUsd).toBe(10);
});
