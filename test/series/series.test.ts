import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../../src/collect/index.js';
import {
  listSeriesColumns,
  listSeriesSymbols,
  parseSeriesFrequency,
  readSeries,
} from '../../src/series/index.js';
import { DEFAULT_THRESHOLDS } from '../../src/ticks/index.js';
import { HOUR_MS, parseRange } from '../../src/time/index.js';

const archive = fileURLToPath(new URL('../../../shared/archive', import.meta.url));
const span = parseRange('2026-04-13', '2026-04-19');

describe.skipIf(!existsSync(archive))('columns of real data (skipped without the archive)', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tapemill-series-'));
    await collect({
      archive,
      dataDir,
      market: 'um',
      symbols: ['RLCUSDT'],
      dataTypes: ['aggTrades', 'metrics'],
      range: span,
      thresholds: DEFAULT_THRESHOLDS,
      workers: 0,
      keepZip: false,
      prefer: null,
    });
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  const read = (columns: readonly string[], freq: string, own: Partial<typeof span> = {}) =>
    readSeries({
      dataDir,
      market: 'um',
      symbol: 'RLCUSDT',
      span: { ...span, ...own },
      frequency: parseSeriesFrequency(freq),
      columns,
    });

  it('are those of the factor file', async () => {
    const [head, ...lines] = (
      await readFile(join(dataDir, 'binance_aggTrades/RLCUSDT_aggTrades.csv'), 'utf8')
    )
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const { minute, columns } = await read(['close', 'cvd_quote', 'taker_buy_hhi_quote'], '1h');
    expect(minute).toHaveLength(lines.length);
    for (const [name, kept] of [
      ['close', 'price_close'],
      ['cvd_quote', 'cvd_quote'],
      ['taker_buy_hhi_quote', 'taker_buy_hhi_quote'],
    ] as const) {
      const at = head!.indexOf(kept);
      expect([...columns[name]!]).toEqual(lines.map((line) => Number(line[at])));
    }
  });

  it('are the same whatever span they are asked for in', async () => {
    const names = [
      'volume',
      'oi_open_interest',
      'oi_delta',
      'oi_delta_over_volume',
      'ls_global_account_ratio',
    ];
    const whole = await read(names, '1h');
    const from = span.startMs + 30 * HOUR_MS;
    const part = await read(names, '1h', { startMs: from, endMs: from + 5 * HOUR_MS });
    expect(part.minute[0]).toBe(from);
    expect(part.minute).toHaveLength(5);
    for (const name of names) {
      expect([...part.columns[name]!], name).toEqual([...whole.columns[name]!.subarray(30, 35)]);
      expect(Number.isNaN(part.columns[name]![0]), name).toBe(false);
    }
    expect(part.missing).toEqual({});
  });

  it('have minutes without trades as gaps, on a grid without gaps', async () => {
    const { minute, columns } = await read(['close', 'trade_count'], '1m');
    expect((minute.at(-1)! - minute[0]!) / 60_000 + 1).toBe(minute.length);
    expect(columns['close']!.some(Number.isNaN)).toBe(true);
  });

  it('say why there is nothing', async () => {
    const { columns, missing } = await read(
      ['close', 'funding_rate', 'liquidation_long_cnt', 'my_own'],
      '1h',
    );
    expect(missing).toEqual({
      funding_rate: 'nothing of it is stored: tapemill collect --data-type fundingRate',
      liquidation_long_cnt: 'nothing of it is stored: tapemill import liquidations',
      my_own: 'there is no wide table of RLCUSDT at 1h: tapemill dataset build',
    });
    expect(columns['funding_rate']!.every(Number.isNaN)).toBe(true);
    const before = await read(['close'], '1h', { startMs: 0, endMs: HOUR_MS });
    expect(before.minute).toHaveLength(0);
    expect(before.missing['close']).toMatch(/no trade of RLCUSDT/);
    await expect(read(['a"b'], '1h')).rejects.toThrow(/E_USAGE|expected the name of a column/);
  });

  it('are listed with their symbols', async () => {
    const [symbol] = await listSeriesSymbols(dataDir);
    expect(symbol).toMatchObject({ market: 'um', symbol: 'RLCUSDT' });
    const names = listSeriesColumns().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining(['open', 'cvd_quote', 'funding_rate', 'amihud_abs', 'liquidation_long_vol_sum']),
    );
    expect(
      listSeriesColumns()
        .filter(({ isFlow }) => isFlow)
        .map(({ name }) => name),
    ).toContain('whale_cvd_quote');
  });
});
