import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { monthPath, readMonth, sliceToSpan, writeMonth } from '../../src/layer/index.js';
import { DAY_MS, HOUR, HOUR_MS, parseFrequency, parseRange } from '../../src/time/index.js';
import { livesOf, stretchesOf } from '../../src/wide-table/inputs/index.js';
import { built, collected, factorFile } from './kit.js';

type Row = Readonly<Record<string, string>>;
const table = (dataDir: string, symbol: string, folder = 'final_dataset'): Row[] => {
  const lines = readFileSync(join(dataDir, folder, `${symbol}_final.csv`), 'utf8')
    .trimEnd()
    .split('\n');
  const [header, ...rows] = lines.map((line) => line.split(','));
  return rows.map((cells) => Object.fromEntries(header!.map((name, i) => [name, cells[i]!])));
};

describe('lives', () => {
  const at = (day: number, id: number) => ({
    firstMs: day * DAY_MS,
    lastMs: day * DAY_MS,
    firstId: id,
    lastId: id,
  });

  it('end after 7 quiet days, or a day and smaller ids', () => {
    const of = (...stretches: ReturnType<typeof at>[]): number =>
      livesOf({ lastMs: 0, lastId: 10 }, stretches, HOUR).length;
    expect(of(at(1, 11), at(7, 12))).toBe(1);
    expect(of(at(1, 11), at(8, 12))).toBe(2);
    expect(of(at(1, 11), at(2, 5))).toBe(2);
    expect(of(at(1, NaN), at(2, NaN))).toBe(1);
    expect(of(at(8, 11))).toBe(1);
    expect(livesOf(null, [at(3, 1), at(20, 2)], HOUR)).toEqual([
      { startMs: 3 * DAY_MS, endMs: 3 * DAY_MS + HOUR_MS, sinceMs: -Infinity },
      { startMs: 20 * DAY_MS, endMs: 20 * DAY_MS + HOUR_MS, sinceMs: 3 * DAY_MS + HOUR_MS },
    ]);
  });

  it('are told by stretches of trading, a day or more apart', () => {
    const minute = Float64Array.of(0, HOUR_MS, HOUR_MS + DAY_MS, 3 * DAY_MS);
    const found = stretchesOf({ minute, firstId: null, lastId: null });
    expect(found.map(({ firstMs, lastMs }) => [firstMs, lastMs])).toEqual([
      [0, HOUR_MS],
      [HOUR_MS + DAY_MS, HOUR_MS + DAY_MS],
      [3 * DAY_MS, 3 * DAY_MS],
    ]);
  });

  it.each([['aggTrades'], ['klines']] as const)(
    'no row after a settlement, minutes from %s',
    async (dataType) => {
      const dataDir = await collected(['2024-01-01', '2024-01-12'], {
        symbols: ['AAAUSDT'],
        defects: ['delisting:AAAUSDT:2024-01-03'],
        sources: ['aggTrades', 'klines'],
        dataTypes: [dataType],
      });
      const { symbols } = await built(dataDir, ['AAAUSDT']);
      expect(symbols[0]!.record.minutes).toBe(dataType === 'klines' ? 'klines' : 'layer');
      const rows = table(dataDir, 'AAAUSDT');
      expect(rows[0]!['datetime']).toBe('2024-01-01 00:00:00+00:00');
      expect(rows.at(-1)!['datetime']).toBe('2024-01-03 08:00:00+00:00');
      expect(rows.every((row) => Number(row['n_minutes']) > 0)).toBe(true);
      expect(rows.at(-1)!['at_trade_count'] === '').toBe(dataType === 'klines');
    },
  );

  it('carry nothing over: a name that is used again starts anew', async () => {
    const dataDir = await collected(['2024-01', '2024-02'], { symbols: ['AAAUSDT'], ticksPerMonth: 2000 });
    const january = monthPath(dataDir, 'um', 'AAAUSDT', '2024-01');
    const february = monthPath(dataDir, 'um', 'AAAUSDT', '2024-02');
    const old = await readMonth(january);
    const until = { startMs: 0, endMs: Date.UTC(2024, 0, 30, 6) };
    await writeMonth(january, sliceToSpan(old.bars, until), old.facts);
    const next = await readMonth(february);
    const first = next.bars.columns.first_agg_id[0]!;
    for (const name of ['first_agg_id', 'last_agg_id'] as const) {
      next.bars.columns[name].forEach((id, row, column) => (column[row] = id - first + 1));
    }
    await writeMonth(february, next.bars, next.facts);
    const count = factorFile(`export default { name: 'count', inputs: ['close'], unit: '1', formula: '',
      compute: ({ close }) => close.map((_, i) => i) };`);
    const { symbols } = await built(dataDir, ['AAAUSDT'], { factorPaths: [count] });
    expect(symbols[0]!.record.lives).toBe(2);
    const rows = table(dataDir, 'AAAUSDT');
    const born = rows.findIndex((row) => row['datetime']!.startsWith('2024-02'));
    expect(rows[born - 1]!['datetime']).toBe('2024-01-30 05:00:00+00:00');
    expect(rows[born]).toMatchObject({
      gap_seconds: '',
      is_mature: '0',
      returns_1h: '',
      count: '0',
      volume_clean: '',
    });
    expect(rows[born - 1]).toMatchObject({ is_mature: '1' });
    expect(rows[born]!['funding_delta']).toBe('');
    expect(rows[born + 24]!['is_mature']).toBe('1');
  });
});

describe('lead-in', () => {
  it('gives a later range the bits of the whole table', async () => {
    const symbols = ['AAAUSDT', 'BBBUSDT'];
    const dataDir = await collected(['2024-02-20', '2024-03-22'], { symbols, ticksPerMonth: 2000 });
    const frequency = parseFrequency('15m');
    const factors = [
      factorFile(`export default { name: 'mean24', inputs: ['relative_volume'], window: 24, unit: '1', formula: '',
        compute: ({ relative_volume: x }) => x.map((_, i) => x.subarray(Math.max(0, i - 23), i + 1).reduce((a, b) => a + b) / 24) };`),
    ];
    await built(dataDir, symbols, { frequency, factorPaths: factors });
    const whole = table(dataDir, 'BBBUSDT', 'final_dataset_15m');
    const range = parseRange('2024-03-20', '2024-03-22');
    const part = await built(dataDir, symbols, { frequency, range, factorPaths: factors });
    expect(part.spec.leadInMs).toBe(Date.UTC(2024, 2, 1));
    expect(table(dataDir, 'BBBUSDT', 'final_dataset_15m')).toEqual(whole.slice(-3 * 96));
  });
});
