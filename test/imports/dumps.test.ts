import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDumpTime } from '../../src/imports/dump-time.js';
import {
  type DumpName,
  type ImportedTable,
  importDumps,
  readImported,
  readImportFacts,
  importPath,
} from '../../src/imports/index.js';
import { parseRange } from '../../src/time/index.js';
import { failure } from '../http-archive/setup.js';
import { newFolder, put, shuffled, snapshot, us } from './fixture.js';

const POSITION = 'topLongShortPositionRatio';
const HEADER = 'open_time,symbol,longAccount,longShortRatio,shortAccount';

async function run(
  path: string,
  dataDir: string,
  names: readonly DumpName[] = [POSITION],
  own: { knownAfterMs?: number; range?: string; symbol?: string | null } = {},
) {
  return importDumps(names, {
    path,
    dataDir,
    range: own.range === undefined ? null : parseRange(...(own.range.split(' ') as [string, string])),
    symbol: own.symbol === undefined ? 'ETHUSDT' : own.symbol,
    knownAfterMs: own.knownAfterMs ?? 0,
  });
}

const read = (dataDir: string, name: Exclude<DumpName, never> = POSITION): Promise<ImportedTable> =>
  readImported(name, dataDir, 'ETHUSDT');

/** A sample every 5 minutes from the start of the day on. */
const samples = (day: string, count: number, ratio = 2.7775): string[] =>
  Array.from(
    { length: count },
    (_, i) =>
      `${new Date(Date.parse(`${day}T00:00Z`) + i * 300_000).toISOString().slice(0, 19).replace('T', ' ')},ETHUSDT,0.7353,${ratio},0.2647`,
  );

const file = (header: string, lines: readonly string[]): string => `${[header, ...lines].join('\n')}\n`;

test('a dump as it is: rows several times, unsorted, with a stray index', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const lines = samples('2025-10-01', 288);
  const repeated = shuffled([...lines, ...lines, ...lines, ...lines.slice(0, 50)], 7);
  put(
    folder,
    `${POSITION}/${POSITION}_2025-10.csv`,
    file(
      `,${HEADER}`,
      repeated.map((line, index) => `${index},${line}`),
    ),
  );
  const { imports } = await run(folder, dataDir);
  const { account, ignoredColumns, survey } = imports[0]!;
  expect(account).toMatchObject({ rows: 914, accepted: 288, duplicate: 626, contradictory: 0, malformed: 0 });
  expect(account.unsorted).toBeGreaterThan(0);
  expect(ignoredColumns).toEqual([]);
  expect(survey.usualStepUs).toBe(300e6);
  // The file says October and ends with its first day.
  expect(survey.gaps).toEqual([
    { startUs: us('2025-10-01 23:55'), endUs: us('2025-11-01 00:00'), why: 'no rows' },
  ]);
  const { columns, length } = await read(dataDir);
  expect(length).toBe(288);
  expect(columns['ts']![1]).toBe(us('2025-10-01 00:05'));
  expect([...columns['known_ts']!]).toEqual([...columns['ts']!]);
  expect([columns['longAccount']![0], columns['longShortRatio']![0], columns['shortAccount']![0]]).toEqual([
    0.7353, 2.7775, 0.2647,
  ]);
  const before = snapshot(dataDir);
  expect((await run(folder, dataDir)).imports[0]!.status).toBe('unchanged');
  expect(snapshot(dataDir)).toEqual(before);
});

test.each(['Unnamed: 0', 'index', ''])('a stray index column %j is none of ours', async (name) => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  put(
    folder,
    `${POSITION}_2025-10-01.csv`,
    file(
      `${name},${HEADER},other`,
      samples('2025-10-01', 3).map((line) => `0,${line},x`),
    ),
  );
  expect((await run(folder, dataDir)).imports[0]).toMatchObject({
    ignoredColumns: ['other'],
    account: { accepted: 3 },
  });
});

test('of contradictory rows the last one of the file counts', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const [one, other] = [samples('2025-10-01', 1, 1)[0]!, samples('2025-10-01', 1, 2)[0]!];
  put(folder, `${POSITION}_2025-10-01.csv`, file(HEADER, [other, one, one, other, other, one]));
  const { account } = (await run(folder, dataDir)).imports[0]!;
  expect(account).toMatchObject({ accepted: 1, duplicate: 2, contradictory: 3 });
  expect([...(await read(dataDir)).columns['longShortRatio']!]).toEqual([1]);
});

test('all five names, each with its columns, takerlongshortRatio without a symbol', async () => {
  const [folder, dataDir] = [join(newFolder(), 'ETHUSDT'), newFolder()];
  for (const name of [POSITION, 'topLongShortAccountRatio', 'globalLongShortAccountRatio']) {
    put(folder, `${name}/${name}_2025-10.csv`, file(HEADER, samples('2025-10-01', 2)));
  }
  put(
    folder,
    'takerlongshortRatio/takerlongshortRatio_2025-10.csv',
    'open_time,buySellRatio,sellVol,buyVol\n2025-10-01 00:00:00,1.5031,4230.999,6359.645\n2025-10-01 00:05:00,,3388.384,3041.311\n',
  );
  put(
    folder,
    'openInterest/openInterest_2025-10.csv',
    'open_time,symbol,openInterest\n2025-10-01 00:00:00.114,ETHUSDT,1827785.572\n2025-10-01 00:00:05.408,ETHUSDT,1827799.596\n',
  );
  const { imports } = await importDumps(null, {
    path: folder,
    dataDir,
    range: null,
    symbol: null,
    knownAfterMs: 0,
  });
  expect(imports.map(({ kind, symbol, account }) => [kind, symbol, account.accepted])).toEqual([
    ['openInterest', 'ETHUSDT', 2],
    ['topLongShortPositionRatio', 'ETHUSDT', 2],
    ['topLongShortAccountRatio', 'ETHUSDT', 2],
    ['globalLongShortAccountRatio', 'ETHUSDT', 2],
    ['takerlongshortRatio', 'ETHUSDT', 2],
  ]);
  const taker = await read(dataDir, 'takerlongshortRatio');
  expect([...taker.columns['buySellRatio']!]).toEqual([1.5031, NaN]);
  expect([...taker.columns['buyVol']!]).toEqual([6359.645, 3041.311]);
  expect([...taker.columns['sellVol']!]).toEqual([4230.999, 3388.384]);
  const interest = await read(dataDir, 'openInterest');
  expect([...interest.columns['ts']!]).toEqual([
    us('2025-10-01 00:00:00.114'),
    us('2025-10-01 00:00:05.408'),
  ]);
});

test('stamps that describe the period after them are known later; saying so again changes the month', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  put(folder, `${POSITION}_2025-10.csv`, file(HEADER, samples('2025-10-01', 2)));
  await run(folder, dataDir);
  const { imports } = await run(folder, dataDir, [POSITION], { knownAfterMs: 300_000 });
  expect(imports[0]!.months).toMatchObject([
    { status: 'written', reason: 'rows were usable 0 s after their stamp, now 300 s' },
  ]);
  const { columns } = await read(dataDir);
  expect([...columns['known_ts']!]).toEqual([us('2025-10-01 00:05'), us('2025-10-01 00:10')]);
  const facts = await readImportFacts(importPath(dataDir, POSITION, 'ETHUSDT', '2025-10'));
  expect(facts!.knownAfterUs).toBe(300e6);
  expect((await run(folder, dataDir, [POSITION], { knownAfterMs: 300_000 })).imports[0]!.status).toBe(
    'unchanged',
  );
});

test('gaps within the samples are found', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const lines = samples('2025-10-01', 288).filter((_, index) => index < 100 || index > 130);
  put(folder, `${POSITION}_2025-10-01.csv`, file(HEADER, lines));
  const { survey } = (await run(folder, dataDir)).imports[0]!;
  expect(survey.gaps).toEqual([
    { startUs: us('2025-10-01 08:15'), endUs: us('2025-10-01 10:55'), why: 'no rows' },
  ]);
});

test('a day outdoes the month that holds it, whichever came first', async () => {
  const month = (folder: string): string =>
    put(
      folder,
      `${POSITION}_2025-10.csv`,
      file(HEADER, [...samples('2025-10-01', 3, 1), ...samples('2025-10-02', 3, 1)]),
    );
  const day = (folder: string): string =>
    put(folder, `${POSITION}_2025-10-02.csv`, file(HEADER, samples('2025-10-02', 2, 2)));
  const results = [];
  for (const order of [
    [month, day],
    [day, month],
  ]) {
    const dataDir = newFolder();
    for (const make of order) await run(make(newFolder()).replace(/\/[^/]*$/, ''), dataDir);
    expect([...(await read(dataDir)).columns['longShortRatio']!]).toEqual([1, 1, 1, 2, 2, 1]);
    results.push(snapshot(dataDir));
  }
  expect(results[0]).toEqual(results[1]);
});

test('a long constant series is read back', async () => {
  const [folder, dataDir] = [newFolder(), newFolder()];
  const lines = Array.from({ length: 8640 }, (_, i) => `${us('2025-10-01 00:00') + i * 10e6},5`);
  put(folder, 'openInterest_2025-10-01.csv', file('open_time,openInterest', lines));
  await run(folder, dataDir, ['openInterest']);
  const { length, columns } = await read(dataDir, 'openInterest');
  expect(length).toBe(8640);
  expect(new Set(columns['openInterest'])).toEqual(new Set([5]));
});

const T = us('2025-10-01 00:00:00.5');
test.each([
  ['2025-10-01 00:00:00.5', 'text', T],
  ['2025-10-01T00:00:00.500Z', 'text', T],
  ['2025-10-01 00:00:00.500000+00:00', 'text', T],
  ['2025-10-01 02:00:00.5+02:00', 'text', T],
  ['2025-09-30 19:30:00.5-0430', 'text', T],
  ['2025-10-01', 'text', us('2025-10-01 00:00')],
  ['2025-10-01 00:00:00.123456789', 'text', us('2025-10-01 00:00') + 123456],
  ['1759276800500', 'ms', T],
  ['1759276800500.0', 'ms', T],
  ['1759276800500000', 'us', T],
  ['1759276800500000999', 'ns', T],
  ['1.7592768005e+18', 'ns', T],
  ['1.7592768005e12', 'ms', T],
])('time %s', (text, unit, ts) => {
  expect(parseDumpTime(text)).toEqual({ unit, ts });
});

test.each([
  '',
  '1759276800',
  '2025-13-01',
  '2025-02-30',
  '2025-10-01 24:00:00',
  'yesterday',
  '17592768005001',
  '2025/10/01',
  '12:00',
])('no time: %j', (text) => {
  expect(parseDumpTime(text)).toBeNull();
});

test('two units in one file are an error with the line', async () => {
  const folder = newFolder();
  put(
    folder,
    'openInterest_2025-10-01.csv',
    file('open_time,openInterest', ['1759276800500,1', '1759276800600000,1']),
  );
  const { imports } = await run(folder, newFolder(), ['openInterest']);
  const { error } = imports[0]!.failures[0]!;
  expect(error.code).toBe('E_CSV_TIME');
  expect(error.context).toMatchObject({ line: 3, column: 'open_time', found: '1759276800600000' });
});

test.each([
  [
    'another symbol',
    file(HEADER, samples('2025-10-01', 2)).replace(/ETHUSDT(?!.*ETHUSDT)/s, 'BTCUSDT'),
    'E_IMPORT_SYMBOL',
    3,
  ],
  ['no such column', 'open_time,symbol,longAccount\n', 'E_CSV_LAYOUT', 1],
  ['a column twice', `${HEADER},longAccount\n`, 'E_CSV_LAYOUT', 1],
  ['empty', '', 'E_CSV_LAYOUT', undefined],
  [
    'malformed rows',
    file(HEADER, [...samples('2025-10-01', 9), '2025-10-01 05:00:00,ETHUSDT,x,1,1']),
    'E_CSV_MALFORMED',
    11,
  ],
  ['another month', file(HEADER, samples('2025-07-01', 9)), 'E_CSV_TIME', undefined],
])('%s: a failure with its place', async (_, content, code, line) => {
  const folder = newFolder();
  const path = put(folder, `${POSITION}_2025-10.csv`, content);
  const { imports } = await run(folder, newFolder());
  expect(imports[0]!.status).toBe('failed');
  const { error } = imports[0]!.failures[0]!;
  expect(error.code).toBe(code);
  expect(error.message).toContain(path);
  expect(error.context.line).toBe(line);
  if (code === 'E_CSV_MALFORMED') expect(error.context.column).toBe('longAccount');
});

test('up to one row in a thousand may be malformed', async () => {
  const row = (i: number): string => `${us('2025-10-01 00:00') + i * 1e6},${i === 500 ? '?' : i}`;
  const content = (count: number): string =>
    file(
      'open_time,openInterest',
      Array.from({ length: count }, (_, i) => row(i)),
    );
  const folder = newFolder();
  put(folder, 'openInterest_2025-10-01.csv', content(1000));
  const { account } = (await run(folder, newFolder(), ['openInterest'])).imports[0]!;
  expect(account).toMatchObject({
    rows: 1000,
    accepted: 999,
    malformed: 1,
    firstMalformed: { line: 502, column: 'openInterest' },
  });
  put(folder, 'openInterest_2025-10-01.csv', content(999));
  expect((await run(folder, newFolder(), ['openInterest'])).imports[0]!.failures[0]!.error.code).toBe(
    'E_CSV_MALFORMED',
  );
});

test('empty folders, names of nothing, no symbol', async () => {
  const folder = newFolder();
  expect((await failure(run(folder, folder), 'E_IMPORT_NAME')).message).toContain(
    `${POSITION}_{YYYY-MM}.csv`,
  );
  put(folder, 'positions.csv', 'x');
  expect((await failure(run(folder, folder), 'E_IMPORT_NAME')).message).toContain('positions.csv');
  put(folder, `${POSITION}_2025-10.csv`, '');
  put(folder, `${POSITION}_2025-10.csv.gz`, '');
  expect((await failure(run(folder, folder), 'E_IMPORT_NAME')).message).toContain('remove one');
  await failure(run(folder, folder, [POSITION], { symbol: null }), 'E_USAGE');
  await failure(run(join(folder, 'none'), folder), 'E_IO');
});

test('whatever order, however often, in whatever unit: the same table', async () => {
  const row = fc.record({
    ms: fc.integer({ min: 0, max: 86_400 }).map((s) => Date.UTC(2025, 9, 1) + s * 1000),
    value: fc.constantFrom('1', '2.5', ''),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(row, { selector: ({ ms }) => ms, minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 99 }),
      fc.constantFrom('ms', 'us', 'ns', 'text'),
      async (rows, seed, unit) => {
        const timeOf = (ms: number): string =>
          unit === 'text' ? new Date(ms).toISOString() : `${ms}${{ ms: '', us: '000', ns: '000000' }[unit]}`;
        const lines = rows.map(({ ms, value }) => `${timeOf(ms)},${value}`);
        const folder = newFolder();
        put(
          folder,
          'openInterest_2025-10.csv',
          file('open_time,openInterest', shuffled([...lines, ...lines], seed)),
        );
        const dataDir = newFolder();
        const { account } = (await run(folder, dataDir, ['openInterest'])).imports[0]!;
        expect(account).toMatchObject({ accepted: rows.length, duplicate: rows.length, contradictory: 0 });
        const { columns } = await read(dataDir, 'openInterest');
        const sorted = [...rows].sort((a, b) => a.ms - b.ms);
        expect([...columns['ts']!]).toEqual(sorted.map(({ ms }) => ms * 1000));
        expect([...columns['openInterest']!]).toEqual(
          sorted.map(({ value }) => (value === '' ? NaN : Number(value))),
        );
      },
    ),
    { numRuns: 40 },
  );
});
