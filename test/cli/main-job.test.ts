import { cpSync, existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN_SYMBOLS, goldenHours, goldenIsThere } from '../bars/golden.js';
import { type Ran, outputsBelow, snapshot, tapemill, temporaryFolder } from './run.js';

const ARCHIVE = fileURLToPath(new URL('../../../shared/archive', import.meta.url));
const SPEC_HEADER =
  'minute,trade_count,base_volume,quote_volume,taker_buy_qty,taker_sell_qty,taker_buy_quote,taker_sell_quote,' +
  'taker_buy_quote_sq,taker_sell_quote_sq,taker_buy_trade_count,taker_sell_trade_count,whale_buy_quote,' +
  'whale_sell_quote,retail_buy_quote,retail_sell_quote,price_open,price_close,price_high,price_low,cvd_qty,' +
  'cvd_quote,vwap,whale_cvd_quote,retail_cvd_quote,avg_trade_quote,avg_trade_base,taker_buy_avg_trade_quote,' +
  'taker_sell_avg_trade_quote,taker_buy_hhi_quote,taker_sell_hhi_quote,imbalance_ratio_quote,' +
  'tw_cvd_quote_norm,price_change,cvd_per_abs_price_change';

interface Table {
  readonly header: string;
  readonly minute: readonly string[];
  readonly column: (name: string) => readonly string[];
}

function readCsv(path: string): Table {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const names = header.split(',');
  const rows = lines.map((line) => line.split(','));
  const column = (name: string): string[] => rows.map((row) => row[names.indexOf(name)] ?? '');
  return { header, minute: column('minute'), column };
}

/** The plain float64 sums of the golden values err relative to what was added and subtracted, not to what remains. */
function sizeOf(table: Table, name: string, row: number): number {
  const at = (column: string): number => Math.abs(Number(table.column(column)[row]));
  if (name === 'cvd_per_abs_price_change') return at('quote_volume') / at('price_change');
  if (name === 'imbalance_ratio_quote') return 1;
  if (name === 'cvd_qty') return at('base_volume');
  if (name.includes('cvd')) return at('quote_volume');
  return name === 'price_change' ? at('price_open') : at(name);
}

function expectGolden(symbol: string, csv: Table): void {
  const golden = goldenHours(symbol);
  const ours = csv.minute.map((minute) => Date.parse(minute));
  const [from, to] = [ours[0]!, ours.at(-1)!];
  const rows = Array.from(golden.get('minute')!, (minute, row) => ({ minute, row })).filter(
    ({ minute }) => minute >= from && minute <= to,
  );
  expect(ours).toEqual(rows.map(({ minute }) => minute));
  const wrong: string[] = [];
  for (const [name, values] of golden) {
    if (name === 'minute') continue;
    const column = csv.column(name);
    rows.forEach(({ row }, at) => {
      const [want, got] = [values[row]!, column[at]!];
      const tolerance = 1e-9 * Math.max(Math.abs(want), sizeOf(csv, name, at), 1e-30);
      const same = Number.isNaN(want) ? got === '' : got !== '' && Math.abs(Number(got) - want) <= tolerance;
      if (!same) wrong.push(`${name}[${at}]: ${got} instead of ${want}`);
    });
  }
  expect(wrong).toEqual([]);
}

const isThere = existsSync(join(ARCHIVE, 'data')) && goldenIsThere;

describe.skipIf(!isThere)(
  'the main job on real objects (needs ../shared/archive and ../shared/golden)',
  () => {
    let root = '';
    let data = '';
    let ran: Ran;
    const command = ['collect', 'RLCUSDT', 'BSVUSDT', '--start', '2026-04-13', '--end', '2026-04-19'];
    beforeAll(async () => {
      root = temporaryFolder();
      data = join(root, 'data');
      cpSync(ARCHIVE, join(root, 'archive'), {
        recursive: true,
        filter: (path) => !/klines|metrics/i.test(path),
      });
      ran = await tapemill(...command, '--archive', join(root, 'archive'), '--data-dir', data);
    });
    const csvOf = (symbol: string, folder = 'binance_aggTrades'): string =>
      join(data, folder, `${symbol}_aggTrades.csv`);

    it('ends well, with the files where the pipeline of its users has them', () => {
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(outputsBelow(data)).toEqual([
        ...['BSV', 'RLC'].flatMap((coin) =>
          ['csv', 'csv.meta.json', 'parquet'].map((end) => `binance_aggTrades/${coin}USDT_aggTrades.${end}`),
        ),
        'binance_aggTrades_1m_parquet/BSVUSDT/2026-04.parquet',
        'binance_aggTrades_1m_parquet/RLCUSDT/2026-04.parquet',
      ]);
    });

    it.each(['RLCUSDT', 'BSVUSDT'])(
      '%s has the header of the specification and the golden values',
      (symbol) => {
        const csv = readCsv(csvOf(symbol));
        expect(csv.header.split(',').slice(0, SPEC_HEADER.split(',').length).join(',')).toBe(SPEC_HEADER);
        expect(csv.minute[0]).toBe('2026-04-13 00:00:00+00:00');
        expectGolden(symbol, csv);
      },
    );

    it('writes the meta file as specified', () => {
      const meta = JSON.parse(readFileSync(`${csvOf('RLCUSDT')}.meta.json`, 'utf8')) as Record<
        string,
        unknown
      >;
      expect(Object.keys(meta)).toEqual(
        (
          'status symbol data_type market interval requested_start requested_end min_ts max_ts rows created_at_utc ' +
          'missing_periods sources thresholds contract_size_usd schema_version tapemill_version layer_sha256 files'
        ).split(' '),
      );
      expect(meta).toMatchObject({
        status: 'ok',
        symbol: 'RLCUSDT',
        data_type: 'aggTrades',
        market: 'um',
        interval: null,
        requested_start: '2026-04-13',
        requested_end: '2026-04-19',
        min_ts: '2026-04-13 00:00:00+00:00',
        thresholds: { whale_usd: 50_000, retail_usd: 1_000 },
      });
      const sources = meta['sources'] as { object: string; sha256: string; checksum: string }[];
      for (const { object, sha256, checksum } of sources) {
        expect(checksum).toBe('verified');
        expect(readFileSync(join(ARCHIVE, `${object}.CHECKSUM`), 'utf8')).toContain(sha256);
      }
    });

    it('does nothing the second time', async () => {
      const times = (): number[] => outputsBelow(data).map((path) => statSync(join(data, path)).mtimeMs);
      const [before, bytes] = [times(), snapshot(data)];
      const again = await tapemill(...command, '--archive', join(root, 'archive'), '--data-dir', data);
      expect(again).toMatchObject({ status: 0, stderr: '' });
      expect(again.stdout).toContain('0 months built from 0 objects (0 B, 0 rows), 2 reused');
      expect(times()).toEqual(before);
      expect(snapshot(data)).toEqual(bytes);
    });

    it('derives other frequencies when the archive is gone', async () => {
      renameSync(join(root, 'archive'), join(root, 'elsewhere'));
      try {
        expect(await tapemill('factors', 'RLCUSDT', '--freq', '4h', '--data-dir', data)).toMatchObject({
          status: 0,
          stderr: '',
        });
        const [hours, bars] = [readCsv(csvOf('RLCUSDT')), readCsv(csvOf('RLCUSDT', 'binance_aggTrades_4h'))];
        const fills = (csv: Table, to = Infinity): number =>
          csv
            .column('trade_count')
            .slice(0, to)
            .reduce((sum, cell) => sum + Number(cell), 0);
        expect(bars.minute.slice(0, 2)).toEqual(['2026-04-13 00:00:00+00:00', '2026-04-13 04:00:00+00:00']);
        expect(fills(bars)).toBe(fills(hours));
        expect(fills(bars, 1)).toBe(fills(hours, 4));
      } finally {
        renameSync(join(root, 'elsewhere'), join(root, 'archive'));
      }
    });

    it('rebuilds when a threshold changes, says why, and keeps the other days of the month', async () => {
      const part = [
        'collect',
        'BSVUSDT',
        '--start',
        '2026-04-14',
        '--end',
        '2026-04-15',
        '--whale-usd',
        '5000',
      ];
      const whales = (): number =>
        readCsv(csvOf('BSVUSDT'))
          .column('whale_buy_quote')
          .reduce((sum, cell) => sum + Number(cell), 0);
      const before = whales();
      const rebuilt = await tapemill(...part, '--archive', join(root, 'archive'), '--data-dir', data);
      expect(rebuilt).toMatchObject({ status: 0, stderr: '' });
      expect(rebuilt.stdout).toContain('BSVUSDT  2026-04  building: whale threshold was 50000, now 5000');
      const meta = JSON.parse(readFileSync(`${csvOf('BSVUSDT')}.meta.json`, 'utf8')) as {
        thresholds: unknown;
      };
      expect(meta.thresholds).toEqual({ whale_usd: 5000, retail_usd: 1000 });
      // Two days of lesser whales against seven of great ones.
      expect(whales()).toBeGreaterThan(before);
      expect(await tapemill('factors', 'BSVUSDT', '--freq', '1d', '--data-dir', data)).toMatchObject({
        status: 0,
      });
      expect(readCsv(csvOf('BSVUSDT', 'binance_aggTrades_1d')).minute).toHaveLength(7);
    });

    it('collects all that there is of every symbol, equal to the golden values', async () => {
      const all = ['ALPINEUSDT', 'BOMEUSDT', 'BSVUSDT', 'RLCUSDT', 'SOLUSDT'];
      const run = await tapemill('collect', ...all, '--archive', join(root, 'archive'), '--data-dir', data);
      expect(run).toMatchObject({ status: 0, stderr: '' });
      for (const symbol of GOLDEN_SYMBOLS) expectGolden(symbol, readCsv(csvOf(symbol)));
      expect(readCsv(csvOf('SOLUSDT')).minute.length).toBeGreaterThan(0);
    });
  },
);
