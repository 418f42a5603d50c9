import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Ran,
  TAPEMILL,
  filesBelow,
  parseLines,
  startCommand,
  tapemill,
  temporaryFolder,
} from '../cli/run.js';
import { archiveOf, collectRun } from '../collect/collecting.js';

let dataDir = '';
beforeAll(async () => {
  dataDir = join(temporaryFolder(), "it's [odd]*");
  const um = await archiveOf('2024-01-30', '2024-02-02', {
    symbols: ['AAAUSDT', 'BBBUSDT'],
    ticksPerMonth: 3000,
  });
  const spot = await archiveOf('2024-01-30', '2024-01-31', { market: 'spot', symbols: ['AAAUSDT'] });
  await collectRun({ archive: um.outDir, dataDir, symbols: ['AAAUSDT', 'BBBUSDT'] });
  await collectRun({ archive: spot.outDir, dataDir, symbols: ['AAAUSDT'], market: 'spot' });
  expect((await tapemill('factors', '--freq', '4h', '--data-dir', dataDir)).status).toBe(0);
  // What a failed collection and a killed one leave.
  mkdirSync(join(dataDir, 'binance_aggTrades_1m_parquet', 'EMPTYUSDT'));
  writeFileSync(
    join(dataDir, 'binance_aggTrades_1m_parquet', 'AAAUSDT', '.tapemill-host-1-0123456789abcdef.tmp'),
    'half',
  );
});
const query = (sql: string, ...args: string[]): Promise<Ran> =>
  tapemill('query', sql, '--data-dir', dataDir, ...args);

describe('query', () => {
  it.each(['minutes', 'bars_1h', 'bars_4h'])(
    '%s has symbol and market before the columns of the files',
    async (view) => {
      const { status, stdout, stderr } = await query(
        `SELECT * FROM ${view} ORDER BY market, symbol, minute`,
        '--format',
        'csv',
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const [header = '', first = ''] = stdout.split('\n');
      expect(header).toMatch(/^symbol,market,minute,trade_count,base_volume,/);
      expect(header.includes('filename')).toBe(false);
      expect(first).toMatch(
        view === 'bars_4h'
          ? /^AAAUSDT,um,2024-01-30 00:00:00\+00:00,/
          : /^AAAUSDT,spot,2024-01-30 0\d:\d\d:00\+00:00,/,
      );
    },
  );

  it('counts the same in every view, and every market', async () => {
    const sql = (view: string): string =>
      `SELECT symbol, market, sum(trade_count)::BIGINT n FROM ${view} WHERE market = 'um' GROUP BY ALL ORDER BY ALL`;
    const [minutes, hours, bars] = await Promise.all(
      ['minutes', 'bars_1h', 'bars_4h'].map((view) => query(sql(view), '--json')),
    );
    expect(parseLines(minutes!.stdout)).toMatchObject([{ symbol: 'AAAUSDT' }, { symbol: 'BBBUSDT' }]);
    expect([hours!.stdout, bars!.stdout]).toEqual([minutes!.stdout, minutes!.stdout]);
  });

  it('prints times in UTC, integers exactly, and nothing for null', async () => {
    const sql =
      'SELECT min(minute) AS t, 9007199254740993::BIGINT AS big, 3::BIGINT AS n, 0.1 + 0.2e0 AS x, NULL AS nothing, ' +
      "'a,\"b\"' AS text, TIMESTAMPTZ '2024-01-30 01:02:03.000004+01' AS us FROM minutes";
    const utc = { t: '2024-01-30 00:00:00+00:00', big: '9007199254740993', n: 3, x: 0.30000000000000004 };
    const [json, csv, table] = await Promise.all([
      query(sql, '--json'),
      query(sql, '--format', 'csv'),
      query(sql),
    ]);
    expect(parseLines(json.stdout)).toMatchObject([
      { n: utc.n, big: utc.big, x: utc.x, nothing: null, text: 'a,"b"' },
    ]);
    expect(String(parseLines(json.stdout)[0]?.['t'])).toMatch(/^2024-01-30 00:\d\d:00\+00:00$/);
    expect(csv.stdout.split('\n')[1]).toMatch(
      /^2024-01-30 00:\d\d:00\+00:00,9007199254740993,3,0\.30000000000000004,,"a,""b""",2024-01-30 00:02:03\.000004\+00:00$/,
    );
    expect(table.stdout).toMatch(/2024-01-30 00:\d\d:00\+00:00 {2}9007199254740993 {2}3 {2}0\.3 {2}/);
    expect(table.stdout).toMatch(/\(1 row\)\n$/);
  });

  it('reckons in UTC, whatever the time zone of the machine', async () => {
    const sql = "SELECT DISTINCT date_trunc('day', minute)::VARCHAR AS day FROM bars_4h ORDER BY ALL LIMIT 1";
    expect((await query(sql, '--format', 'csv')).stdout).toBe('day\n2024-01-30 00:00:00+00\n');
  });

  it('prints a header and no more for no rows', async () => {
    expect((await query('SELECT symbol, minute FROM minutes WHERE false', '--format', 'csv')).stdout).toBe(
      'symbol,minute\n',
    );
    expect((await query('SELECT symbol FROM minutes WHERE false', '--json')).stdout).toBe('');
    expect((await query('SELECT symbol FROM minutes WHERE false')).stdout).toContain('(0 rows)');
  });

  it('shows 200 rows of a table and says how many more there are', async () => {
    const { stdout } = await query('SELECT * FROM range(1000)');
    expect(stdout.split('\n')).toHaveLength(2 + 200 + 1 + 1);
    expect(stdout).toContain('(1000 rows; 800 not shown, --format csv prints all)');
  });

  it('tells what is wrong with the SQL, and which views there are', async () => {
    for (const sql of [
      'SELEC 1',
      'SELECT * FROM bars_2h',
      'SELECT nothing FROM minutes',
      ' ',
      "SELECT error('late') FROM minutes",
    ]) {
      const { status, stderr, stdout } = await query(sql, '--json');
      expect([sql, status]).toEqual([sql, 2]);
      expect(stderr).toMatch(/^tapemill: E_SQL: [^]*\nviews here: minutes, bars_1h, bars_4h\n$/);
      expect(parseLines(stdout).at(-1)).toMatchObject({ type: 'error', code: 'E_SQL', exitStatus: 2 });
    }
  });

  it('has nothing to say of an empty folder', async () => {
    const empty = temporaryFolder();
    mkdirSync(join(empty, 'binance_aggTrades_1m_parquet', 'EMPTYUSDT'), { recursive: true });
    for (const folder of [empty, join(empty, 'none')]) {
      const { status, stderr } = await tapemill('query', 'SELECT 1', '--data-dir', folder);
      expect(status).toBe(5);
      expect(stderr).toMatch(/^tapemill: E_NO_LAYER: .*collect something first\n$/);
    }
    expect(filesBelow(empty)).toEqual([]);
  });

  it('names a file that is damaged', async () => {
    const broken = temporaryFolder();
    cpSync(join(dataDir, 'binance_aggTrades_1m_parquet'), join(broken, 'binance_aggTrades_1m_parquet'), {
      recursive: true,
    });
    appendFileSync(join(broken, 'binance_aggTrades_1m_parquet', 'AAAUSDT', '2024-01.parquet'), 'x');
    const { status, stderr } = await tapemill('query', 'SELECT 1', '--data-dir', broken);
    expect(status).toBe(4);
    expect(stderr).toMatch(/^tapemill: E_LAYER: the view minutes cannot be read: .*2024-01\.parquet/);
  });

  it('ends quietly when nobody reads on, and leaves nothing', async () => {
    const { status, stdout, stderr } = await startCommand('bash', [
      '-c',
      'set -o pipefail; "$0" "$@" | head -1',
      ...[
        process.execPath,
        TAPEMILL,
        'query',
        'SELECT i, i AS j FROM range(3000000) t(i)',
        '--format',
        'csv',
        '--data-dir',
        dataDir,
      ],
    ]).done;
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'i,j\n', stderr: '' });
    expect(filesBelow(dataDir).filter((path) => path.startsWith('_tmp'))).toEqual([]);
  });
});
