import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { symbolKind } from '../../src/archive/index.js';
import { symbolsCommand } from '../../src/cli/symbols.js';
import { put } from '../archive/fixture.js';
import { failure, filesIn, mirrorOf, newFolder } from './setup.js';

let output = '';
const stdout = process.stdout as { isTTY: boolean; columns: number };
const before = { isTTY: stdout.isTTY, columns: stdout.columns };
beforeEach(() => {
  output = '';
  stdout.isTTY = false;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += String(text);
    return true;
  });
  vi.stubEnv('TAPEMILL_ARCHIVE', undefined);
  vi.stubEnv('TAPEMILL_INDEX', undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  Object.assign(stdout, before);
});

async function symbols(...args: readonly string[]): Promise<string> {
  output = '';
  await symbolsCommand()
    .exitOverride()
    .parseAsync([...args], { from: 'user' });
  return output;
}

const UM = 'data/futures/um';
/** Symbols and periods; each object has as many bytes as its symbol has letters. */
const LISTED: Readonly<Record<string, readonly string[]>> = {
  BTCUSDT: ['2024-01', '2024-02', '2024-03-01', '2024-03-20'],
  AEURUSDT: ['2024-03-10'],
  DEADUSDT: ['2023-11', '2024-03-09'],
  BTCUSDT_240329: ['2024-03-19'],
  LUNAUSDT_SETTLED1: ['2022-05'],
  币安人生USDT: ['2024-03-20'],
};

async function tree(): Promise<string> {
  const root = await newFolder();
  for (const [symbol, periods] of Object.entries(LISTED)) {
    for (const period of periods) {
      const folder = `${UM}/${period.length === 7 ? 'monthly' : 'daily'}/aggTrades/${symbol}`;
      await put(root, `${folder}/${symbol}-aggTrades-${period}.zip`, 'x'.repeat(symbol.length));
      await put(root, `${folder}/${symbol}-aggTrades-${period}.zip.CHECKSUM`, 'x');
    }
  }
  await put(root, 'data/futures/cm/daily/klines/BTCUSD_PERP/1h/BTCUSD_PERP-1h-2024-01-05.zip', 'xyz');
  return root;
}

const NAMES = Object.keys(LISTED).sort();

describe('tapemill symbols', () => {
  for (const place of ['a folder', 'a URL'] as const) {
    it(`prints a name a line, of ${place}`, async () => {
      const root = await tree();
      const archive = place === 'a URL' ? (await mirrorOf(root)).url : root;
      const dataDir = await newFolder();
      expect(await symbols('--archive', archive, '--data-dir', dataDir)).toBe(`${NAMES.join('\n')}\n`);
      expect(await symbols('--archive', archive, '--kind', 'delivery,settled')).toBe(
        'BTCUSDT_240329\nLUNAUSDT_SETTLED1\n',
      );
      const cm = ['--archive', archive, '--market', 'cm', '--data-type', 'klines'];
      expect(await symbols(...cm)).toBe('BTCUSD_PERP\n');
      expect(await symbols(...cm, '--ranges', '--interval', '1h')).toBe(
        'BTCUSD_PERP\tperpetual\t2024-01-05\t2024-01-05\t1\t3\tactive\n',
      );
      expect(await filesIn(dataDir)).toEqual([]);
    });
  }

  it('adds ranges, and who has ended', async () => {
    const { url } = await mirrorOf(await tree());
    const dataDir = await newFolder();
    const ranges = await symbols('--archive', url, '--ranges', '--data-dir', dataDir);
    expect(
      ranges
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')),
    ).toEqual([
      ['AEURUSDT', 'perpetual', '2024-03-10', '2024-03-10', '1', '8', 'active'],
      ['BTCUSDT', 'perpetual', '2024-01-01', '2024-03-20', '4', '28', 'active'],
      ['BTCUSDT_240329', 'delivery', '2024-03-19', '2024-03-19', '1', '14', 'active'],
      ['DEADUSDT', 'perpetual', '2023-11-01', '2024-03-09', '2', '16', 'ended'],
      ['LUNAUSDT_SETTLED1', 'settled', '2022-05-01', '2022-05-31', '1', '17', 'ended'],
      ['币安人生USDT', 'perpetual', '2024-03-20', '2024-03-20', '1', '8', 'active'],
    ]);
    // The newest of all counts, not that of those shown.
    const settled = await symbols('--archive', url, '--ranges', '--kind', 'settled', '--json');
    expect(JSON.parse(settled)).toEqual({
      archive: url,
      market: 'um',
      dataType: 'aggTrades',
      symbols: [
        {
          symbol: 'LUNAUSDT_SETTLED1',
          kind: 'settled',
          firstDay: '2022-05-01',
          lastDay: '2022-05-31',
          objects: 1,
          bytes: 17,
          active: false,
        },
      ],
    });
    expect(await filesIn(dataDir)).toEqual([]);
  });

  it('prints columns and a table at a terminal', async () => {
    Object.assign(stdout, { isTTY: true, columns: 60 });
    const root = await tree();
    const columns = (await symbols('--archive', root)).trimEnd().split('\n');
    expect(columns).toEqual([
      'AEURUSDT           BTCUSDT_240329     LUNAUSDT_SETTLED1',
      'BTCUSDT            DEADUSDT           币安人生USDT',
    ]);
    const table = await symbols('--archive', root, '--ranges');
    expect(table).toMatch(/^symbol +kind +first day +last day +objects +bytes +state\n/);
    expect(table).toMatch(/BTCUSDT +perpetual +2024-01-01 +2024-03-20 +4 +28 B +active\n/);
  });

  it('says what is wrong with a code', async () => {
    const root = await tree();
    const mirror = await mirrorOf(root);
    await failure(symbols('--archive', root, '--market', 'spot'), 'E_NOT_FOUND');
    await failure(symbols('--archive', root, '--kind', 'pair'), 'E_NOT_FOUND');
    await failure(symbols('--archive', `${root}/nothing`), 'E_ARCHIVE_UNREADABLE');
    await failure(symbols('--archive', root, '--interval', '1m'), 'E_USAGE');
    await failure(
      symbols('--archive', root, '--market', 'cm', '--data-type', 'klines', '--ranges'),
      'E_USAGE',
    );
    mirror.setFaults(['index-403']);
    await failure(symbols('--archive', mirror.url), 'E_INDEX');
    // Not one object is asked for, of which there may be a million.
    mirror.setFaults(['index-403:*BTCUSDT/']);
    await failure(symbols('--archive', mirror.url, '--ranges'), 'E_INDEX');
    expect(mirror.requests.count({ method: 'HEAD' })).toBeLessThan(20);
  });

  it('tells kinds by what names say for certain', () => {
    const kinds = (
      ['BTCUSDT', '1000SATSUSDT', 'STXXUSDT', 'BTCUSDT_240628', 'ICPUSDT_SETTLED', 'XUSDTSETTLED'] as const
    ).map((name) => symbolKind('um', name));
    expect(kinds).toEqual(['perpetual', 'perpetual', 'perpetual', 'delivery', 'settled', 'settled']);
    expect(['BTCUSD_PERP', 'BTCUSD_240628', 'AAVEUSD'].map((name) => symbolKind('cm', name))).toEqual([
      'perpetual',
      'delivery',
      'pair',
    ]);
    expect(symbolKind('spot', 'ADAEUR')).toBe('spot');
  });

  it('leads its help with examples', () => {
    let help = '';
    const command = symbolsCommand().configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help).toMatch(/^Examples:\n {2}tapemill symbols/);
    expect(help).toContain('Exit status: 0 done');
  });
});
