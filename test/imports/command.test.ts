import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { importCommand } from '../../src/cli/import.js';
import { type ErrorCode, TapemillError } from '../../src/errors.js';
import {
  LIQUIDATION_HEADER,
  SYMBOL,
  WORKED_EXAMPLE,
  csv,
  eventLine,
  newFolder,
  put,
  putLiquidations,
  tardisName,
  us,
} from './fixture.js';

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

async function run(...args: string[]) {
  let [stdout, stderr] = ['', ''];
  vi.spyOn(console, 'log').mockImplementation((text: unknown) => (stdout += `${String(text)}\n`));
  vi.spyOn(console, 'error').mockImplementation((text: unknown) => (stderr += `${String(text)}\n`));
  const throwing = (command: Command): Command => {
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => (stdout += text), writeErr: (text) => (stderr += text) });
    command.commands.forEach(throwing);
    return command;
  };
  const program = new Command('tapemill').addCommand(importCommand());
  const error = await throwing(program)
    .parseAsync(['import', ...args], { from: 'user' })
    .then(
      () => null,
      (reason: unknown) => reason,
    );
  return { stdout, stderr, error, status: process.exitCode, lines: () => stdout.trimEnd().split('\n') };
}

async function refused(code: ErrorCode, ...args: string[]): Promise<string> {
  const { error } = await run(...args);
  expect(TapemillError.is(error) ? error.code : String(error)).toBe(code);
  return (error as Error).message;
}

/** Elements that are not closed, or closed when they are not open. */
function unclosed(xml: string): string[] {
  const open: string[] = [];
  for (const [, closing, name, selfClosing] of xml.matchAll(
    /<(\/?)(\w+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g,
  )) {
    if (selfClosing) continue;
    if (!closing) open.push(name!);
    else if (open.at(-1) === name) open.pop();
    else open.push(`/${name!}`);
  }
  return xml.replace(/<(\/?)(\w+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g, '').includes('<') ? ['<'] : open;
}

const RATIO = 'open_time,symbol,longAccount,longShortRatio,shortAccount\n';

test('liquidations: the cleaning report fits a terminal and says what became of every row', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const lines = WORKED_EXAMPLE.map((event) => eventLine(event));
  putLiquidations(folder, '2025-10-01', [lines[1]!, lines[0]!, lines[0]!, ...lines.slice(2)]);
  putLiquidations(folder, '2025-10-03', [
    eventLine({ ts: us('2025-10-02 23:59:59'), side: 'buy', price: 1, amount: 1 }),
  ]);
  const {
    stdout,
    error,
    status,
    lines: printed,
  } = await run('liquidations', folder, '--format', 'tardis', '--data-dir', dataDir);
  expect([error, status]).toEqual([null, undefined]);
  expect(stdout).toContain('liquidations  ETHUSDT  written  (2 files)');
  expect(stdout).toMatch(/read +7\n/);
  expect(stdout).toMatch(/duplicate +1 {2}dropped: equal to another row in every column\n/);
  expect(stdout).toMatch(/unsorted +2? *\d {2}repaired: put in order of time\n/);
  expect(stdout).toMatch(/neighbours +1 {2}repaired: stored in the day of their time\n/);
  expect(stdout).toMatch(/stored +6\n/);
  expect(stdout).toContain('covered    2025-10-01  (sums are lower bounds)'.replace('  (', ' ('));
  expect(stdout).toContain('gaps       2025-10-02  no file');
  for (const line of printed()) if (!line.includes('.parquet')) expect(line.length).toBeLessThanOrEqual(80);
  const again = await run('liquidations', folder, '--data-dir', dataDir);
  expect(again.stdout).toContain('unchanged  (2 files, 2 of them unchanged)');
});

test('--json prints one object a symbol', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  putLiquidations(
    folder,
    '2025-10-01',
    WORKED_EXAMPLE.map((event) => eventLine(event)),
  );
  putLiquidations(folder, '2025-10-01', [], 'BTCUSDT');
  const { lines } = await run('liquidations', folder, '--data-dir', dataDir, '--json');
  const found = lines().map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(found).toMatchObject([
    { type: 'import', kind: 'liquidations', symbol: 'BTCUSDT', status: 'written', account: { rows: 0 } },
    {
      symbol: SYMBOL,
      account: { rows: 5, accepted: 5, duplicate: 0 },
      coverage: [{ startUs: us('2025-10-01 00:00'), lowerBound: true }],
      gaps: [],
      days: [{ rows: 5, value: { long: 55000, short: 8600 } }],
      failures: [],
    },
  ]);
});

test('--html writes a page of its own: valid, with a plot and a calendar, nothing from elsewhere', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  putLiquidations(
    folder,
    '2025-10-01',
    WORKED_EXAMPLE.map((event) => eventLine(event)),
  );
  putLiquidations(folder, '2025-10-03', []);
  put(folder, '<b>&.csv.gz', 'x');
  const html = join(dataDir, 'report.html');
  await run('liquidations', folder, '--data-dir', dataDir, '--html', html);
  const page = readFileSync(html, 'utf8');
  const svgs = [...page.matchAll(/<svg.*?<\/svg>/gs)].map(([svg]) => svg);
  expect(svgs).toHaveLength(2);
  for (const svg of svgs) {
    expect(unclosed(svg)).toEqual([]);
    expect(svg).not.toMatch(/&(?!#\d+;)/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  }
  expect(svgs[0]).toContain('2025-10-01: 5 rows, longs 55k, shorts 8.60k');
  expect(svgs[1]!.match(/<rect /g)).toHaveLength(31);
  expect(svgs[1]).toContain('2025-10-02: 0 rows, no file');
  expect(svgs[1]).toContain('2025-10-03: 0 rows, covered');
  expect(page).toContain('&#60;b&#62;&#38;.csv.gz');
  expect(page).not.toMatch(/<script|src=|href=|https?:\/\/(?!www\.w3\.org)/);
});

test('ratios: names, symbol by folder, stamps', async () => {
  const [root, dataDir] = [newFolder(), newFolder()];
  const folder = join(root, 'ETHUSDT');
  const name = 'topLongShortAccountRatio';
  put(folder, `${name}/${name}_2025-10.csv`, `${RATIO}2025-10-01 00:00:00,ETHUSDT,0.7,2.5,0.3\n`);
  const done = await run(
    'ratios',
    folder,
    '--names',
    name,
    '--stamp',
    'start',
    '--period',
    '5m',
    '--data-dir',
    dataDir,
  );
  expect([done.error, done.status]).toEqual([null, undefined]);
  expect(done.stdout).toContain(`${name}  ETHUSDT  written`);
  const partial = await run(
    'ratios',
    folder,
    '--names',
    `${name},openInterest`,
    '--data-dir',
    dataDir,
    '--json',
  );
  expect(partial.status).toBe(3);
  expect(partial.stderr).toContain('E_IMPORT_NAME');
  expect(partial.stdout).toContain('"type":"failed"');
  process.exitCode = undefined;
  expect((await run('ratios', folder, '--data-dir', dataDir)).status).toBeUndefined();
  expect(await refused('E_USAGE', 'ratios', folder, '--stamp', 'start')).toContain('--period');
  expect(await refused('E_USAGE', 'ratios', folder, '--period', '5m')).toContain('--stamp start');
  expect((await run('ratios', folder, '--names', 'openInteres')).stderr).toContain('openInteres');
});

test('ticker and trades', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const trade = eventLine({ ts: us('2025-10-01 12:00'), id: '7', side: 'sell', price: 4000, amount: 1 });
  put(folder, tardisName('trades', '2025-10-01'), gzipSync(csv(LIQUIDATION_HEADER, [trade])));
  put(folder, tardisName('trades', '2025-10-02'), 'broken');
  const { stdout, stderr, status } = await run('trades', folder, '--data-dir', dataDir);
  expect(status).toBe(3);
  expect(stdout).toMatch(/2025-10-01 {2}milled +1 +0 +0 +0/);
  expect(stdout).toMatch(/2025-10-02 {2}failed .*E_GZIP/);
  expect(stderr).toContain('E_GZIP');
  expect(await refused('E_IMPORT_NAME', 'ticker', folder)).toContain('derivative_ticker');
  process.exitCode = undefined;
  const failed = await run(
    'trades',
    folder,
    '--start',
    '2025-10-02',
    '--end',
    '2025-10-02',
    '--data-dir',
    dataDir,
    '--json',
  );
  expect(failed.status).toBe(4);
  expect(JSON.parse(failed.stdout)).toMatchObject({
    type: 'trades',
    days: [{ status: 'failed', error: { code: 'E_GZIP' } }],
  });
});

test('forceorder captures; wrong uses', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const T = us('2025-10-01 12:00') / 1000;
  const o = { s: SYMBOL, S: 'SELL', ap: '4000', z: '1', T };
  put(folder, 'a.ndjson', `${JSON.stringify({ e: 'forceOrder', E: T, o })}\n`);
  const { stdout } = await run('liquidations', folder, '--format', 'forceorder', '--data-dir', dataDir);
  expect(stdout).toContain('liquidations  ETHUSDT  written');
  expect(stdout).toContain('2025-10-01 12:00:00 … 2025-10-01 12:00:00');
  const args = ['--start', '2025-10', '--end', '2025-10'];
  await refused('E_USAGE', 'liquidations', folder, '--format', 'forceorder', ...args);
  await refused('E_USAGE', 'liquidations', folder, '--start', '2025-10');
  await refused('E_PERIOD', 'liquidations', folder, '--start', '2025-11', '--end', '2025-10');
  await refused('E_IO', 'liquidations', join(folder, 'none'));
  expect((await run('liquidations', folder, '--format', 'xls')).stderr).toContain('xls');
  expect((await run('--help')).stdout).toContain('tapemill import liquidations ~/data/ETHUSDT/liquidations');
});
