import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { archiveOf } from '../collect/collecting.js';
import { TAPEMILL, outputsBelow, snapshot, startCommand, tapemill, temporaryFolder } from './run.js';

const DAY = '2024-01-03';
const REFUSED: readonly (readonly [kind: string, code: string, says: RegExp])[] = [
  ['wrong-checksum', 'E_CHECKSUM', /SHA-256 of .* is [0-9a-f]{64}, its \.CHECKSUM says [0-9a-f]{64}/],
  ['malformed-checksum', 'E_CHECKSUM_FORMAT', /the \.CHECKSUM of/],
  ['crc-mismatch', 'E_ZIP_CRC', /the CRC-32 of .*\.csv is [0-9a-f]{8}, the ZIP declares [0-9a-f]{8}/],
  ['no-csv', 'E_ZIP_MEMBER', /\.txt/],
  ['two-csv', 'E_ZIP_MEMBER', /copy-of/],
  ['path-trick', 'E_ZIP_MEMBER', /\.\.\//],
  ['lying-size', 'E_ZIP_SIZE', /\d+ bytes/],
  ['truncated-zip', 'E_ZIP', /not a readable ZIP/],
  ['unknown-header', 'E_CSV_LAYOUT', /a,px,sz/],
  [
    'malformed-rows-many',
    'E_CSV_MALFORMED',
    /rows are malformed, more than 0\.1 %; the first is line \d+: "/,
  ],
  ['wrong-period-rows', 'E_CSV_TIME', /2024-01-02/],
];
const symbolOf = (kind: string): string => `${kind.replaceAll('-', '').toUpperCase()}USDT`;

let archive = '';
let data = '';
let good: Record<string, string> = {};
const collect = (...args: string[]): ReturnType<typeof tapemill> =>
  tapemill('collect', ...args, '--archive', archive, '--data-dir', data);

beforeAll(async () => {
  const simulated = await archiveOf('2024-01-01', '2024-01-04', {
    symbols: ['GOODUSDT', ...REFUSED.map(([kind]) => symbolOf(kind))],
    defects: REFUSED.map(([kind]) => `${kind}:${symbolOf(kind)}:${DAY}`),
    ticksPerMonth: 20_000,
    monthly: false,
  });
  archive = simulated.outDir;
  data = join(temporaryFolder(), 'data');
  const ran = await collect('GOODUSDT', '--start', '2024-01-01', '--end', '2024-01-02');
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  good = snapshot(data);
});

/** Everything that went wrong is told in one line of `code`, and what was there before is there still, alone. */
function expectOneError(stderr: string, code: string, says?: RegExp): void {
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toContain(`${code}: `);
  if (says) expect(stderr).toMatch(says);
  expect(stderr).not.toMatch(/\n\s+at |a bug/);
  expect(snapshot(data)).toEqual(good);
}

describe('an object that cannot be trusted', () => {
  it.each(REFUSED)('%s is refused with %s', async (kind, code, says) => {
    const ran = await collect(symbolOf(kind), '--start', DAY, '--end', DAY);
    expect(ran.status).toBe(4);
    expectOneError(ran.stderr, code, says);
    expect(ran.stderr).toContain(`${symbolOf(kind)}  ${DAY}  failed: `);
  });

  it('costs its day alone when there are others', async () => {
    const other = join(temporaryFolder(), 'data');
    const symbol = symbolOf('crc-mismatch');
    const ran = await tapemill('collect', symbol, 'GOODUSDT', '--archive', archive, '--data-dir', other);
    expect(ran.status).toBe(3);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(ran.stdout).toContain('symbols: 1 complete, 1 partial, 0 failed');
    const factors = await tapemill('factors', symbol, '--freq', '1d', '--data-dir', other);
    expect(factors.status).toBe(3);
    expect(factors.stdout).toContain(`missing ${DAY}: failed`);
  });
});

describe('wrong usage', () => {
  const CASES: readonly (readonly [what: string, args: string[], status: number, says: RegExp])[] = [
    [
      'start after end',
      ['GOODUSDT', '--start', '2024-02', '--end', '2024-01'],
      2,
      /E_PERIOD: the start 2024-02 is after/,
    ],
    [
      'bad date',
      ['GOODUSDT', '--start', '2024-02-30', '--end', '2024-03'],
      2,
      /E_PERIOD: .*found "2024-02-30"/,
    ],
    ['half a range', ['GOODUSDT', '--start', '2024-01'], 2, /E_USAGE: expected both --start and --end/],
    ['bad symbol', ['../X'], 2, /E_SYMBOL: .*found "\.\.\/X"/],
    ['no symbol', [], 2, /E_USAGE: expected at least one symbol/],
    ['no number', ['GOODUSDT', '--whale-usd', 'abc'], 2, /--whale-usd.*'abc' is invalid/],
    ['no workers', ['GOODUSDT', '--workers', '0'], 2, /--workers.*'0' is invalid/],
    [
      'thresholds crossed',
      ['GOODUSDT', '--whale-usd', '10', '--retail-usd', '20'],
      2,
      /E_USAGE: --retail-usd must be below/,
    ],
    ['unknown option', ['GOODUSDT', '--hurry'], 2, /unknown option '--hurry'/],
    ['unknown market', ['GOODUSDT', '--market', 'xm'], 2, /--market.*Allowed choices are um, cm, spot/],
    ['unknown symbol', ['NONEUSDT'], 5, /E_NOT_FOUND: .* has no um aggTrades of NONEUSDT; it has .*GOODUSDT/],
    [
      'nothing of the market',
      ['GOODUSDT', '--market', 'spot'],
      5,
      /E_NOT_FOUND: .*it has no aggTrades of this market/,
    ],
    [
      'range not there',
      ['GOODUSDT', '--start', '2023-01', '--end', '2023-02'],
      5,
      /it has 2024-01-01 … 2024-01-04/,
    ],
    [
      'missing symbols file',
      ['--symbols-file', '/nowhere/at/all'],
      1,
      /E_IO: cannot read \/nowhere\/at\/all/,
    ],
  ];
  it.each(CASES)('%s', async (_, args, status, says) => {
    const ran = await collect(...args);
    expect(ran.status).toBe(status);
    expect(ran.stderr.trimEnd().split('\n').length).toBe(1);
    expect(ran.stderr).toMatch(says);
    expect(snapshot(data)).toEqual(good);
  });

  it('unknown command', async () => {
    const ran = await tapemill('collekt');
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/unknown command 'collekt'\n\(Did you mean collect\?\)/);
  });

  it('an archive that is neither a folder nor a URL of the web', async () => {
    const ran = await tapemill('collect', 'GOODUSDT', '--archive', 'ftp://127.0.0.1/', '--data-dir', data);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expectOneError(ran.stderr, 'E_ARCHIVE_UNREADABLE', /ftp:/);
  });
});

describe('folders that are not what they should be', () => {
  const archives = (): readonly (readonly [string, RegExp])[] => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    mkdirSync(join(folder, 'empty'));
    return [
      [join(folder, 'missing'), /no such file/],
      [file, /not a directory/],
      [join(folder, 'empty'), /there is no data\/ in it/],
      [join(archive, 'data'), /did you mean/],
    ];
  };

  it('an archive that is none', async () => {
    for (const [folder, says] of archives()) {
      const ran = await tapemill('collect', 'GOODUSDT', 'XUSDT', '--archive', folder, '--data-dir', data);
      expect(ran.status).toBe(1);
      expectOneError(ran.stderr, 'E_ARCHIVE_UNREADABLE', says);
    }
  });

  it('a data folder that is a file', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'precious');
    const ran = await tapemill('collect', 'GOODUSDT', '--archive', archive, '--data-dir', file);
    expect(ran.status).toBe(1);
    expectOneError(ran.stderr, 'E_IO', /ENOTDIR/);
  });
});

describe('several symbols', () => {
  it('go on when one fails', async () => {
    const other = join(temporaryFolder(), 'data');
    const ran = await tapemill('collect', 'NONEUSDT', 'GOODUSDT', '--archive', archive, '--data-dir', other);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toMatch(/^NONEUSDT {2}failed: E_NOT_FOUND: .*\n$/);
    expect(ran.stdout).toContain('symbols: 1 complete, 0 partial, 1 failed');
    expect(outputsBelow(other).every((path) => path.includes('GOODUSDT'))).toBe(true);
  });

  it('have the exit status of the first when all fail', async () => {
    const crc = symbolOf('crc-mismatch');
    for (const [symbols, status] of [
      [['NONEUSDT', crc], 5],
      [[crc, 'NONEUSDT'], 4],
    ] as const) {
      const ran = await collect(...symbols, '--start', DAY, '--end', DAY);
      expect(ran.status).toBe(status);
      expect(ran.stderr.trimEnd().split('\n')).toHaveLength(2);
    }
    expect(snapshot(data)).toEqual(good);
  });
});

describe('a disk that takes no more', () => {
  const mount = (folder: string): boolean =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0;
  const canMount = ((): boolean => {
    const folder = mkdtempSync(join(tmpdir(), 'tapemill-full-'));
    const mounted = mount(folder);
    if (mounted) spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true });
    return mounted;
  })();

  it.skipIf(!canMount)(
    'is told as such, leaves nothing, and old files as they were (needs root and mount)',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tapemill-full-'));
      expect(mount(folder)).toBe(true);
      try {
        const run = (end: string): ReturnType<typeof tapemill> =>
          tapemill(
            'collect',
            'GOODUSDT',
            '--start',
            '2024-01-01',
            '--end',
            end,
            '--archive',
            archive,
            '--data-dir',
            folder,
          );
        // How much fits depends on the size of the files: fill up until one day less than asked for.
        writeFileSync(join(folder, 'ballast'), Buffer.alloc(48 * 1024));
        const before = snapshot(folder);
        const ran = await run('2024-01-04');
        expect(ran.status).toBe(75);
        expect(ran.stderr).toMatch(
          /^tapemill: E_DISK_FULL: (writing .*ENOSPC.*|.*ledger\.sqlite: the disk is full.*)\n$/,
        );
        expect(snapshot(folder)).toEqual(before);
        rmSync(join(folder, 'ballast'));
      } finally {
        spawnSync('umount', [folder]);
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );

  it.skipIf(process.platform === 'win32')('and so is a limit on the size of files', async () => {
    const ran = await startCommand('bash', [
      '-c',
      'ulimit -f 16; exec "$0" "$@"',
      process.execPath,
      TAPEMILL,
      ...['collect', 'GOODUSDT', '--archive', archive, '--data-dir', data],
    ]).done;
    expect(ran.status).toBe(1);
    expectOneError(ran.stderr, 'E_IO', /EFBIG|disk I\/O error/);
  });
});
