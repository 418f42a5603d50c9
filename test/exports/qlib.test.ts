import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportDataset, parseLabels, parseSplit } from '../../src/exports/index.js';
import { qlibBin, qlibFileNames, qlibFolder, qlibFrequency } from '../../src/exports/qlib.js';
import { HOUR, HOUR_MS, parseFrequency } from '../../src/time/index.js';
import { T0, range, tableOf, tempFolder, writeWideTable } from './wide-fixture.js';

/**
 * A reader written from what qlib does: `FileCalendarStorage` takes the stripped lines that are not empty,
 * `FileInstrumentStorage` three tab-separated cells, a list of spans for each name, and `FileFeatureStorage` the first
 * float32 as the index of the second. `D.features` loads a field over the whole calendar, then keeps the bars in a span.
 */
class QlibReader {
  private constructor(
    private readonly root: string,
    private readonly freq: string,
    readonly calendar: readonly number[],
    readonly instruments: ReadonlyMap<string, readonly (readonly [number, number])[]>,
  ) {}

  static async open(root: string, freq: string): Promise<QlibReader> {
    const lines = async (path: string): Promise<string[]> =>
      (await readFile(join(root, path), 'utf8'))
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line.length > 0);
    const timestamp = (text: string): number =>
      Date.parse(`${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`);
    const instruments = new Map<string, [number, number][]>();
    for (const line of await lines('instruments/all.txt')) {
      const [name, start, end] = line.split('\t');
      instruments.set(name!, [...(instruments.get(name!) ?? []), [timestamp(start!), timestamp(end!)]]);
    }
    const calendar = (await lines(`calendars/${freq}.txt`)).map(timestamp);
    return new QlibReader(root, freq, calendar, instruments);
  }

  async feature(instrument: string, field: string): Promise<[at: number, value: number][]> {
    const path = join(
      this.root,
      'features',
      instrument.toLowerCase(),
      `${field.toLowerCase()}.${this.freq}.bin`,
    );
    const bytes = await readFile(path);
    const start = Math.trunc(bytes.readFloatLE(0));
    const spans = this.instruments.get(instrument)!;
    return Array.from({ length: bytes.length / 4 - 1 }, (_, i): [number, number] => [
      this.calendar[start + i]!,
      bytes.readFloatLE(4 * (i + 1)),
    ]).filter(([at]) => spans.some(([from, to]) => at >= from && at <= to));
  }
}

const CLOSE = (n: number): number => 100 + ((n * 7) % 13) / 10;

describe('qlib', () => {
  it('reads back what the table holds, and no rows that it does not', async () => {
    const dataDir = await tempFolder();
    const columns = {
      close: CLOSE,
      shape_skewVol: (n: number): number => (n % 4 === 0 ? NaN : n / 3),
      bar_end_time: (n: number): number => T0 + (n + 1) * HOUR_MS,
      is_valid_for_training: (n: number): number => Number(n % 10 !== 9),
    };
    const rows = { AUSDT: range(3, 50), BUSDT: [...range(0, 20), ...range(30, 60)] };
    await writeWideTable(
      dataDir,
      Object.entries(rows).map(([symbol, numbers]) => tableOf(symbol, numbers, columns)),
      { groupRows: 11 },
    );
    for (const validOnly of [false, true]) {
      const { folder, manifest } = await exportDataset({
        dataDir,
        market: 'um',
        frequency: HOUR,
        symbols: [],
        format: 'qlib',
        out: join(dataDir, 'out'),
        columns: null,
        labels: parseLabels('ret:2h', HOUR),
        split: parseSplit('2026-01-06'),
        fill: null,
        validOnly,
      });
      const qlib = await QlibReader.open(folder, '60min');
      expect(qlib.calendar).toEqual(range(0, 60).map((n) => T0 + n * HOUR_MS));
      for (const [symbol, numbers] of Object.entries(rows)) {
        const kept = numbers.filter((n) => !validOnly || n % 10 !== 9);
        const expected = (of: (n: number) => number): [number, number][] =>
          kept.map((n) => [T0 + n * HOUR_MS, Math.fround(of(n))]);
        expect(await qlib.feature(symbol, 'close')).toEqual(expected(CLOSE));
        expect(await qlib.feature(symbol, 'shape_skewVol')).toEqual(expected(columns.shape_skewVol));
        const there = new Set(numbers);
        expect(await qlib.feature(symbol, 'y_ret_2h')).toEqual(
          expected((n) =>
            // 22 and 23 are purged: their labels are prices of the test part.
            n === 22 || n === 23 || !there.has(n + 1) || !there.has(n + 2)
              ? NaN
              : CLOSE(n + 2) / CLOSE(n) - 1,
          ),
        );
      }
      expect(manifest.qlib).toEqual({
        freq: '60min',
        calendar: { first: '2026-01-05 00:00:00', last: '2026-01-07 11:00:00', bars: 60 },
        segments: {
          train: ['2026-01-05 00:00:00', '2026-01-05 21:00:00'],
          test: ['2026-01-06 00:00:00', '2026-01-07 11:00:00'],
        },
        columns_left_out: ['bar_end_time'],
      });
      expect(await readdir(join(folder, 'features', 'ausdt'))).not.toContain('bar_end_time.60min.bin');
    }
  });

  it('gives days as dates', async () => {
    const dataDir = await tempFolder();
    const day = parseFrequency('1d');
    const table = tableOf('AUSDT', [0, 24, 48], { close: CLOSE });
    await writeWideTable(dataDir, [table], { frequency: day });
    const { folder } = await exportDataset({
      dataDir,
      market: 'um',
      frequency: day,
      symbols: [],
      format: 'qlib',
      out: null,
      columns: null,
      labels: [],
      split: null,
      fill: null,
      validOnly: false,
    });
    expect(await readFile(join(folder, 'calendars', 'day.txt'), 'utf8')).toBe(
      '2026-01-05\n2026-01-06\n2026-01-07\n',
    );
    expect(await readFile(join(folder, 'instruments', 'all.txt'), 'utf8')).toBe(
      'AUSDT\t2026-01-05\t2026-01-07\n',
    );
    expect(await (await QlibReader.open(folder, 'day')).feature('AUSDT', 'close')).toHaveLength(3);
  });
});

describe('names', () => {
  it('are those that qlib asks for', () => {
    expect(['5m', '1h', '4h', '1d'].map((label) => qlibFrequency(parseFrequency(label)))).toEqual([
      '5min',
      '60min',
      '240min',
      'day',
    ]);
    expect(qlibFileNames([{ name: 'liq_last_5min_R' }], HOUR)).toEqual(['liq_last_5min_r.60min.bin']);
    expect([qlibFolder('1000SHIBUSDT'), qlibFolder('BTCUSD_PERP'), qlibFolder('CON')]).toEqual([
      '1000shibusdt',
      'btcusd_perp',
      '_qlib_con',
    ]);
  });

  it('that qlib cannot tell apart or read are refused', () => {
    const usage = expect.objectContaining({ code: 'E_USAGE' }) as Error;
    expect(() => qlibFileNames([{ name: 'a_R' }, { name: 'a_r' }], HOUR)).toThrow(usage);
    expect(() => qlibFileNames([{ name: 'a-b' }], HOUR)).toThrow(usage);
    expect(() => qlibFolder('NA')).toThrow(usage);
  });
});

describe('qlibBin', () => {
  it('is little-endian float32 with NaN for what is missing or too large', () => {
    const bytes = Buffer.from(qlibBin([3, 5, 6], Float64Array.of(1.5, 1e300, NaN)));
    expect([...bytes.subarray(0, 8)]).toEqual([0, 0, 0x40, 0x40, 0, 0, 0xc0, 0x3f]);
    expect(range(0, 5).map((i) => bytes.readFloatLE(i * 4))).toEqual([3, 1.5, NaN, NaN, NaN]);
  });
});
