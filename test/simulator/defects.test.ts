import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  DEFECT_KINDS,
  parseDefect,
  simulateArchive,
  type SimulationReport,
  type SimulationRequest,
} from '../../src/simulator/index.js';
import { parseRange } from '../../src/time/index.js';
import { parseKline, parseTick, slowKlines } from './decimal-sums.js';
import { checksumHolds, csvOf, linesOf, temporaryFolder } from './read-tree.js';
import { readZip } from './zip-reader.js';

const folder = await temporaryFolder();

interface Simulated {
  readonly outDir: string;
  readonly report: SimulationReport;
}

async function simulate(name: string, request: Partial<SimulationRequest>): Promise<Simulated> {
  const outDir = join(folder, name);
  const range = parseRange('2024-02', '2024-02');
  const report = await simulateArchive({
    outDir,
    symbols: 1,
    range,
    ticksPerMonth: 8000,
    seed: 7,
    ...request,
  });
  return { outDir, report };
}

const TICKS = 'data/futures/um/daily/aggTrades/SIMAUSDT/SIMAUSDT-aggTrades';
const MONTH = 'data/futures/um/monthly/aggTrades/SIMAUSDT/SIMAUSDT-aggTrades-2024-02.zip';
const dayOf = (n: number): string => `2024-02-${String(n).padStart(2, '0')}`;

function changedIn(report: SimulationReport, kind: string, key: string): Readonly<Record<string, number>> {
  const planted = report.planted.find((candidate) => candidate.kind === kind);
  return planted?.objects.find((object) => object.key === key)?.changed ?? {};
}

/** What a reader should count in an object's lines, row by row and slowly. */
function account(lines: readonly string[], startMs: number, endMs: number): Record<string, number> {
  const counts = {
    rows: 0,
    malformed: 0,
    sentinel: 0,
    duplicate: 0,
    outside: 0,
    conflictingIds: 0,
    zeroQuantity: 0,
    outOfOrder: 0,
  };
  const ids = new Map<number, string>();
  let largest = -Infinity;
  for (const line of lines) {
    counts.rows++;
    if (!/^\d+,[\d.]+,[\d.]+,-?\d+,-?\d+,\d+,(true|false)$/.test(line)) {
      counts.malformed++;
      continue;
    }
    const cells = line.split(',');
    const [id, price, quantity, first, last, time] = cells.map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    if (time < largest) counts.outOfOrder++;
    largest = Math.max(largest, time);
    const fills = `${first}-${last}`;
    const known = ids.get(id);
    if (price === 0 && quantity === 0) counts.sentinel++;
    else if (known === fills) counts.duplicate++;
    else if (time < startMs || time >= endMs) counts.outside++;
    else {
      if (known !== undefined) counts.conflictingIds++;
      if (quantity === 0) counts.zeroQuantity++;
    }
    if (known === undefined && time >= startMs && time < endMs) ids.set(id, fills);
  }
  let [smallest, greatest] = [Infinity, -Infinity];
  for (const id of ids.keys()) [smallest, greatest] = [Math.min(smallest, id), Math.max(greatest, id)];
  return { ...counts, missingAggIds: greatest - smallest + 1 - ids.size };
}

function fillsIn(lines: readonly string[]): number {
  return lines.reduce((sum, line) => {
    const cells = line.split(',').map(Number);
    return cells[3] === -1 ? sum : sum + (cells[4] ?? NaN) - (cells[3] ?? NaN) + 1;
  }, 0);
}

describe('defects in rows', () => {
  const kinds = [
    'consecutive-duplicates',
    'conflicting-id',
    'zero-quantity',
    'sentinel',
    'truncated-day',
    'missing-day-in-monthly',
    'missing-ids',
    'missing-fills',
    'shuffled-rows',
    'neighbour-day-rows',
    'monthly-daily-disagree',
    'edge-pair',
  ];
  const day = (kind: string): string => dayOf(3 + 2 * kinds.indexOf(kind));
  const sources = ['aggTrades'] as const;
  const base = simulate('rows-base', { sources });
  const planted = simulate('rows', {
    sources,
    defects: [
      ...kinds.map((kind) => ({ kind, period: day(kind) })),
      { kind: 'malformed-rows-few', period: '2024-02' },
    ],
  });

  test.each(kinds)('%s', async (kind) => {
    const [{ outDir: truthDir }, { outDir, report }] = [await base, await planted];
    const key = `${TICKS}-${day(kind)}.zip`;
    const changed = changedIn(report, kind, key);
    const [truth, lines] = [await linesOf(truthDir, key), await linesOf(outDir, key)];
    const startMs = Date.parse(`${day(kind)}T00:00:00Z`);
    const counts = account(lines, startMs, startMs + 86_400_000);
    for (const name of Object.keys(counts)) {
      if (name === 'rows') continue;
      expect(counts[name], `${kind} ${name}`).toBe(changed[name] ?? 0);
    }
    const added = (changed['duplicate'] ?? 0) + (changed['outside'] ?? 0);
    expect(lines.length).toBe(truth.length + added - (changed['rowsLost'] ?? 0));
    if (added === 0) expect(fillsIn(lines)).toBe(fillsIn(truth) - (changed['fillsLost'] ?? 0));
    if (kind !== 'missing-day-in-monthly')
      expect(Object.values(changed).reduce((a, b) => a + b, 0)).toBeGreaterThan(0);
    expect(report.objects.find((object) => object.key === key)?.rows).toBe(lines.length);
    // Ids of fills left out of a row leave a hole before it.
    const holes = (of: readonly string[]): number =>
      of.slice(1).filter((line, i) => Number(line.split(',')[3]) > Number(of[i]?.split(',')[4]) + 1).length;
    if (kind === 'missing-fills') expect(holes(lines)).toBe(holes(truth) + (changed['tradeIdGaps'] ?? 0));
  });

  test('add up in the monthly object', async () => {
    const [{ outDir: truthDir }, { outDir, report }] = [await base, await planted];
    const lines = await linesOf(outDir, MONTH);
    const counts = account(lines, Date.UTC(2024, 1, 1), Date.UTC(2024, 2, 1));
    const sum = (name: string): number =>
      report.planted.reduce((total, { kind }) => total + (changedIn(report, kind, MONTH)[name] ?? 0), 0);
    for (const name of Object.keys(counts)) if (name !== 'rows') expect(counts[name], name).toBe(sum(name));
    expect(sum('malformed')).toBe(3);
    const added = sum('duplicate') + sum('malformed');
    expect(lines.length).toBe((await linesOf(truthDir, MONTH)).length + added - sum('rowsLost'));
    expect(sum('outside')).toBe(0);
  });

  test('leave the klines as they were, except for pairs at the edges', async () => {
    const [pairs, others] = ['2024-02-06', '2024-02-05'];
    const request = { range: parseRange(others, pairs), sources: ['aggTrades', 'klines'] as const };
    const { outDir: truthDir } = await simulate('klines-base', request);
    const defects = [
      { kind: 'edge-pair', period: pairs },
      { kind: 'zero-quantity', period: others },
    ];
    const { outDir, report } = await simulate('klines', { ...request, defects });
    const minutes = (where: string, of: string): Promise<string[]> =>
      linesOf(where, `data/futures/um/daily/klines/SIMAUSDT/1m/SIMAUSDT-1m-${of}.zip`);
    expect(await minutes(outDir, others)).toEqual(await minutes(truthDir, others));

    const ticks = (await linesOf(outDir, `${TICKS}-${pairs}.zip`)).map(parseTick);
    const fromTicks = slowKlines(ticks, 60_000);
    let [different, fills, volume] = [0, 0, 0n];
    for (const kline of (await minutes(outDir, pairs)).map(parseKline)) {
      const other = fromTicks.get(kline.openMs);
      if ((other?.fills ?? 0) === kline.fills) continue;
      different++;
      fills += kline.fills - (other?.fills ?? 0);
      volume += kline.volume - (other?.volume ?? 0n);
    }
    expect(different).toBe(2 * (changedIn(report, 'edge-pair', `${TICKS}-${pairs}.zip`)['pairs'] ?? NaN));
    expect([fills, volume]).toEqual([0, 0n]);
  });

  test('alternating-streams', async () => {
    const { outDir, report } = await simulate('streams', {
      sources: ['aggTrades'],
      defects: [{ kind: 'alternating-streams' }],
    });
    const truth = await linesOf((await base).outDir, MONTH);
    const lines = await linesOf(outDir, MONTH);
    const { rowsA = NaN, rowsB = NaN, outOfOrder = NaN } = changedIn(report, 'alternating-streams', MONTH);
    expect(rowsA + rowsB).toBe(truth.length);
    expect(lines.slice(0, 4)).toEqual([truth[0], truth[rowsA], truth[1], truth[rowsA + 1]]);
    expect([...lines].sort()).toEqual([...truth].sort());
    expect(account(lines, Date.UTC(2024, 1, 1), Date.UTC(2024, 2, 1))['outOfOrder']).toBe(outOfOrder);
  });

  test('wrong-period-rows', async () => {
    const defects = [
      { kind: 'wrong-period-rows', period: '2024-02' },
      { kind: 'wrong-period-rows', period: '2024-02-10' },
    ];
    const { outDir, report } = await simulate('wrong-period', { sources: ['aggTrades'], defects });
    const month = account(await linesOf(outDir, MONTH), Date.UTC(2024, 1, 1), Date.UTC(2024, 2, 1));
    expect(month).toMatchObject({ rows: 8000, outside: 8000 });
    expect(await linesOf(outDir, `${TICKS}-2024-02-10.zip`)).toEqual(
      await linesOf(outDir, `${TICKS}-2024-02-09.zip`),
    );
    expect(report.planted[0]?.objects).toEqual([{ key: MONTH, changed: { outside: 8000 } }]);
  });

  test('malformed-rows-many are above the limit, malformed-rows-few need room below it', async () => {
    const { outDir, report } = await simulate('many', {
      sources: ['aggTrades'],
      daily: false,
      defects: [{ kind: 'malformed-rows-many' }],
    });
    const counts = account(await linesOf(outDir, MONTH), Date.UTC(2024, 1, 1), Date.UTC(2024, 2, 1));
    expect(counts['malformed']).toBe(80);
    expect(changedIn(report, 'malformed-rows-many', MONTH)).toEqual({ malformed: 80 });
    const few = { ticksPerMonth: 500, daily: false, defects: [{ kind: 'malformed-rows-few' }] };
    await expect(simulate('few', few)).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});

describe('defects in layout', () => {
  const kinds = DEFECT_KINDS.filter(({ kind, layout }) => layout && kind !== 'header-on-old').map(
    ({ kind }) => kind,
  );
  const day = (kind: string): string => dayOf(2 + kinds.indexOf(kind));
  const request = { sources: ['aggTrades'], monthly: false, ticksPerMonth: 2000 } as const;
  const base = simulate('layout-base', request);
  const planted = simulate('layout', {
    ...request,
    defects: kinds.map((kind) => ({ kind, period: day(kind) })),
  });
  const both = async (kind: string): Promise<readonly [truth: string, text: string]> => {
    const key = `${TICKS}-${day(kind)}.zip`;
    const { outDir, report } = await planted;
    expect(changedIn(report, kind, key)).toEqual({ objects: 1 });
    return [await csvOf((await base).outDir, key), await csvOf(outDir, key)];
  };
  const expected: Readonly<Record<string, (truth: string) => string>> = {
    'no-header-on-new': (truth) => truth.replace(/^.*\n/, ''),
    'header-timestamp': (truth) => truth.replace('transact_time', 'timestamp'),
    'columns-reordered': (truth) => truth.replace(/^.+$/gm, (line) => line.split(',').reverse().join(',')),
    'unknown-header': (truth) => truth.replace(/^.*\n/, 'a,px,sz,first_trade_id,last_trade_id,when,flag\n'),
    'extra-column': (truth) =>
      truth
        .replace(/(\n?)$/, '$1')
        .replace(/(true|false)$/gm, '$1,0')
        .replace('buyer_maker\n', 'buyer_maker,normal_quantity\n'),
    crlf: (truth) => truth.replaceAll('\n', '\r\n'),
    'no-final-newline': (truth) => truth.slice(0, -1),
    'upper-case-booleans': (truth) => truth.replace(/true|false/g, (word) => word.toUpperCase()),
    'numeric-booleans': (truth) => truth.replaceAll('true', '1').replaceAll('false', '0'),
    microseconds: (truth) => truth.replace(/,(\d{13}),/g, ',$1000,'),
    'iso-time': (truth) =>
      truth.replace(/,(\d{13}),/g, (_, ms: string) => `,${new Date(Number(ms)).toISOString()},`),
  };

  test.each(kinds.filter((kind) => kind !== 'scientific-notation'))('%s', async (kind) => {
    const [truth, text] = await both(kind);
    expect(text).toBe(expected[kind]?.(truth));
  });

  test('scientific-notation', async () => {
    const [truth, text] = await both('scientific-notation');
    const [ticks, same] = [truth, text].map((csv) => csv.trimEnd().split('\n').slice(1));
    for (const line of same ?? []) expect(line).toMatch(/^\d+,\d\.\d+E\d,\d\.\d+E-?\d,/);
    expect(same?.map(parseTick)).toEqual(ticks?.map(parseTick));
  });

  test('header-on-old, where there is none', async () => {
    const { outDir } = await simulate('old', {
      ...request,
      market: 'spot',
      range: parseRange('2024-02-01', '2024-02-02'),
      defects: [{ kind: 'header-on-old', period: '2024-02-01' }],
    });
    const text = await csvOf(outDir, 'data/spot/daily/aggTrades/SIMAUSDT/SIMAUSDT-aggTrades-2024-02-01.zip');
    expect(text).toMatch(/^agg_trade_id,.*,is_best_match\n\d/);
    const present = { ...request, defects: [{ kind: 'header-on-old' }] };
    await expect(simulate('old-no', present)).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});

describe('defects of ZIP, checksum and presence', () => {
  const kinds = DEFECT_KINDS.filter(
    ({ kind, dataType, container, publish }) =>
      dataType === 'aggTrades' && (container ?? publish) !== undefined && !kind.endsWith('month'),
  ).map(({ kind }) => kind);
  const day = (kind: string): string => dayOf(2 + kinds.indexOf(kind));
  const request = { sources: ['aggTrades'], monthly: false, ticksPerMonth: 2000 } as const;
  const base = simulate('zip-base', request);
  const planted = simulate('zip', {
    ...request,
    defects: kinds.map((kind) => ({ kind, period: day(kind) })),
  });

  test.each(kinds)('%s', async (kind) => {
    const key = `${TICKS}-${day(kind)}.zip`;
    const { outDir, report } = await planted;
    const truth = await csvOf((await base).outDir, key);
    expect(changedIn(report, kind, key)).toEqual({ objects: 1 });
    if (kind === 'missing-day') {
      await expect(access(join(outDir, key))).rejects.toThrow();
      await expect(access(join(outDir, `${key}.CHECKSUM`))).rejects.toThrow();
      return;
    }
    const bytes = await readFile(join(outDir, key));
    const csvName = `SIMAUSDT-aggTrades-${day(kind)}.csv`;
    const checksum = await readFile(join(outDir, `${key}.CHECKSUM`), 'utf8').catch(() => undefined);
    if (kind === 'missing-checksum') expect(checksum).toBeUndefined();
    else if (kind === 'malformed-checksum') expect(checksum).toContain('<html>');
    else if (kind === 'wrong-checksum') {
      expect(checksum).toMatch(/^[0-9a-f]{64} {2}SIMA/);
      expect(await checksumHolds(outDir, key)).toBe(false);
    } else expect(await checksumHolds(outDir, key)).toBe(true);

    if (['corrupt-zip', 'truncated-zip', 'lying-size', 'bomb'].includes(kind)) {
      expect(() => readZip(bytes)).toThrow();
      return;
    }
    if (kind === 'path-trick') {
      expect(() => readZip(bytes)).toThrow(/relative path/);
      return;
    }
    if (kind === 'declared-bomb') {
      const size = report.objects.find((object) => object.key === key)?.csvBytes ?? 0;
      expect(size).toBeGreaterThan(512 << 20);
      expect(size / bytes.length).toBeGreaterThan(500);
      return;
    }
    const [member, second] = readZip(bytes);
    expect(member?.content.toString()).toBe(truth);
    expect(member?.crc32 === crc32(truth)).toBe(kind !== 'crc-mismatch');
    expect(member?.method).toBe(kind === 'stored-zip' ? 0 : 8);
    expect(bytes.includes(Buffer.from('504b0606', 'hex'))).toBe(kind === 'zip64');
    expect(second?.name).toBe(kind === 'two-csv' ? `copy-of-${csvName}` : undefined);
    const name =
      { 'no-csv': csvName.replace('csv', 'txt'), 'foreign-member-name': 'export.csv' }[kind] ?? csvName;
    expect(member?.name).toBe(name);
  });

  test('missing-month and unpadded-month', async () => {
    const { outDir, report } = await simulate('no-month', {
      daily: false,
      sources: ['aggTrades'],
      range: parseRange('2024-02', '2024-03'),
      defects: [
        { kind: 'missing-month', period: '2024-02' },
        { kind: 'unpadded-month', period: '2024-03' },
      ],
    });
    const unpadded = MONTH.replace('2024-02', '2024-3');
    expect(report.objects.map((object) => object.key)).toEqual([unpadded]);
    expect(report.planted.map(({ objects }) => objects[0]?.key)).toEqual([MONTH, unpadded]);
    expect(readZip(await readFile(join(outDir, unpadded)))[0]?.name).toBe('SIMAUSDT-aggTrades-2024-3.csv');
    expect(await checksumHolds(outDir, unpadded)).toBe(true);
  });
});

describe('defects of klines, metrics and funding', () => {
  const metricsKinds = DEFECT_KINDS.filter(({ dataType }) => dataType === 'metrics').map(({ kind }) => kind);
  const day = (kind: string): string => dayOf(2 + metricsKinds.indexOf(kind));
  const metrics = (of: string): string => `data/futures/um/daily/metrics/SIMAUSDT/SIMAUSDT-metrics-${of}.zip`;
  const kline = (of: string): string => `data/futures/um/daily/klines/SIMAUSDT/1m/SIMAUSDT-1m-${of}.zip`;
  const FUNDING = 'data/futures/um/monthly/fundingRate/SIMAUSDT/SIMAUSDT-fundingRate-2024-02.zip';
  const sources = ['klines', 'metrics', 'fundingRate'] as const;
  const base = simulate('others-base', { sources });
  const planted = simulate('others', {
    sources,
    defects: [
      ...metricsKinds.map((kind) => ({ kind, period: day(kind) })),
      { kind: 'kline-wrong', period: '2024-02-11' },
      { kind: 'kline-missing-rows', period: '2024-02-12' },
      { kind: 'kline-header-flipped', period: '2024-02-13' },
      { kind: 'funding-jitter', period: '2024-02' },
      { kind: 'funding-interval-change', period: '2024-02' },
    ],
  });

  test.each(metricsKinds)('%s', async (kind) => {
    const { outDir, report } = await planted;
    const key = metrics(day(kind));
    const changed = changedIn(report, kind, key);
    if (kind === 'metrics-missing-day') {
      await expect(access(join(outDir, key))).rejects.toThrow();
      return;
    }
    const [truth, lines] = [await linesOf((await base).outDir, key), await linesOf(outDir, key)];
    const stamps = lines.map((line) => line.slice(0, 19));
    const blanks = (of: readonly string[]): number => of.filter((line) => line.endsWith(',,,,')).length;
    expect(lines.length).toBe(
      truth.length +
        (changed['nextDayRows'] ?? 0) +
        (changed['duplicateStamps'] ?? 0) -
        (changed['rowsLost'] ?? 0),
    );
    expect(stamps.filter((stamp) => !/:[0-5][05]:00$/.test(stamp)).length).toBe(changed['oddStamps'] ?? 0);
    expect(blanks(lines)).toBe(changed['blankRows'] ?? 0);
    expect(lines.filter((line) => line.includes(',0E-16,0E-16,')).length).toBe(changed['zeroRows'] ?? 0);
    expect(stamps.length - new Set(stamps).size).toBe(changed['duplicateStamps'] ?? 0);
    expect(Object.values(changed).reduce((a, b) => a + b, 0)).toBeGreaterThan(0);
    if (kind === 'metrics-next-day-row') expect(stamps.at(-1)).toMatch(/ 00:05:00$/);
  });

  test('of klines', async () => {
    const [{ outDir: truthDir }, { outDir, report }] = [await base, await planted];
    const wrong = kline('2024-02-11');
    const [truth, lines] = [await linesOf(truthDir, wrong), await linesOf(outDir, wrong)];
    const different = lines.filter((line, i) => line !== truth[i]);
    expect(different.length).toBe(1);
    expect(changedIn(report, 'kline-wrong', wrong)).toEqual({
      klines: 1,
      openMs: parseKline(different[0] ?? '').openMs,
    });
    expect((await linesOf(outDir, kline('2024-02-12'))).length).toBe(1430);
    expect(await csvOf(outDir, kline('2024-02-13'))).toMatch(/^\d/);
    const hour = 'data/futures/um/daily/klines/SIMAUSDT/1h/SIMAUSDT-1h-2024-02-11.zip';
    expect(await csvOf(outDir, hour)).toBe(await csvOf(truthDir, hour));
  });

  test('of funding', async () => {
    const { outDir, report } = await planted;
    const lines = (await linesOf(outDir, FUNDING)).map((line) => line.split(',').map(Number));
    expect(new Set(lines.map(([, hours]) => hours))).toEqual(new Set([8, 4, 1]));
    expect(lines.length).toBe(
      87 + (changedIn(report, 'funding-interval-change', FUNDING)['rowsAdded'] ?? NaN),
    );
    expect(lines.every(([time = 0]) => time % 3_600_000 > 0 && time % 3_600_000 < 2_100)).toBe(true);
    for (const [i, [time = 0]] of lines.slice(1).entries())
      expect(time).toBeGreaterThan(lines[i]?.[0] ?? NaN);
  });
});

describe('asking for defects', () => {
  test('every kind is listed once and has what the list shows', () => {
    const kinds = DEFECT_KINDS.map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    for (const kind of DEFECT_KINDS) {
      expect(kind.kind).toMatch(/^[a-z0-9-]+$/);
      expect(kind.description).toMatch(/\.$/);
      expect(kind.fact).toMatch(/^(G-\d+(, G-\d+)*)?$/);
    }
  });

  test('every kind can be planted without saying where', async () => {
    // Those of a life change no object of themselves; bombs take their time and have their own test.
    for (const kind of DEFECT_KINDS) {
      if (kind.target === 'life' || /bomb|funding-after/.test(kind.kind)) continue;
      const { report } = await simulate(`default-${kind.kind}`, {
        market: kind.kind === 'header-on-old' ? 'spot' : 'um',
        sources: [kind.dataType as 'aggTrades'],
        range:
          kind.target === 'month' || kind.dataType === 'fundingRate' || kind.kind === 'missing-day-in-monthly'
            ? parseRange('2024-02', '2024-02')
            : parseRange('2024-02-27', '2024-02-29'),
        ticksPerMonth: kind.kind === 'malformed-rows-few' ? 60_000 : 5_000,
        daily: kind.target !== 'month',
        compressionLevel: 1,
        defects: [{ kind: kind.kind }],
      });
      expect(report.planted[0]?.objects.length, kind.kind).toBeGreaterThan(0);
    }
  });

  test('texts are kind[:SYMBOL[:PERIOD]]', () => {
    expect(parseDefect('crlf')).toEqual({ kind: 'crlf' });
    expect(parseDefect('crlf:simausdt')).toEqual({ kind: 'crlf', symbol: 'SIMAUSDT' });
    expect(parseDefect('crlf::2024-01')).toEqual({ kind: 'crlf', period: '2024-01' });
    expect(() => parseDefect('crfl')).toThrow(/no defect is called "crfl"/);
    expect(() => parseDefect('crlf:A:2024-01:x')).toThrow(/kind\[:SYMBOL/);
  });

  test.each([
    { kind: 'crlf', symbol: 'SIMZUSDT' },
    { kind: 'crlf', period: '2024-03' },
    { kind: 'missing-day', period: '2024-02' },
    { kind: 'missing-month', period: '2024-02-03' },
    { kind: 'metrics-short' },
    { kind: 'funding-after-delisting' },
  ])('$kind $symbol $period is refused where it cannot be', async (defect) => {
    const sources = defect.kind.startsWith('funding') ? (['fundingRate'] as const) : (['aggTrades'] as const);
    await expect(
      simulate('refused', { sources, ticksPerMonth: 100, defects: [defect] }),
    ).rejects.toMatchObject({
      code: 'E_USAGE',
    });
  });

  test('a star plants in every symbol', async () => {
    const { report } = await simulate('star', {
      symbols: 3,
      sources: ['aggTrades'],
      ticksPerMonth: 100,
      daily: false,
      defects: [{ kind: 'crlf', symbol: '*' }],
    });
    expect(report.planted.map(({ symbol }) => symbol)).toEqual(['SIMAUSDT', 'SIMBUSDT', 'SIMCUSDT']);
  });
});
