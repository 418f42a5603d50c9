import { beforeAll, describe, expect, it } from 'vitest';
import { FIELDS, audit, readQuality } from '../../src/audit/index.js';
import { reconcileMonth } from '../../src/audit/reconcile.js';
import {
  LAYER_SCHEMA_VERSION,
  type LayerFacts,
  monthPath,
  sliceToSpan,
  writeMonth,
} from '../../src/layer/index.js';
import {
  SOURCE_KINDS,
  SOURCE_SCHEMA_VERSION,
  type SourceMonthFacts,
  type SourceTable,
  sourceMonthPath,
  sourceSeries,
  writeSourceMonth,
} from '../../src/sources/index.js';
import { MINUTE_MS, dayPeriod, monthOf, parseRange } from '../../src/time/index.js';
import { temporaryFolder } from '../cli/run.js';
import { sampleFacts, sampleSource } from '../layer/sample.js';
import { START, type Tick, barsOf, klinesOf, tapeOf } from './tape.js';

const SYMBOL = 'EDGEUSDT';
const DAYS = ['2024-01-31', '2024-02-01'];
const MINUTES = 20;

/** Twenty minutes around the end of a month, in month files of the layer and of klines, one daily object a day. */
async function store(dataDir: string, layer: readonly Tick[], klines: readonly Tick[]): Promise<void> {
  const bars = barsOf(layer);
  const columns = klinesOf(klines, MINUTES);
  const series = sourceSeries({ market: 'um', dataType: 'klines', symbol: SYMBOL, interval: '1m' });
  const schema = SOURCE_KINDS.klines.schema('um');
  for (const key of DAYS) {
    const day = dayPeriod(Date.parse(`${key}T00:00:00Z`));
    const month = monthOf(day.startMs);
    const facts: LayerFacts = {
      ...sampleFacts(),
      ...{
        schemaVersion: LAYER_SCHEMA_VERSION,
        market: 'um',
        symbol: SYMBOL,
        period: month.key,
        contractSizeUsd: null,
      },
      ...{ sources: [objectOf('aggTrades', key)], missingPeriods: [], comparison: null },
    };
    await writeMonth(monthPath(dataDir, 'um', SYMBOL, month.key), sliceToSpan(bars, day), facts);
    const rows = [...columns.time.keys()].filter(
      (i) => columns.time[i]! >= day.startMs && columns.time[i]! < day.endMs,
    );
    const own = (name: 'time' | (typeof FIELDS)[number]): Float64Array =>
      Float64Array.from(rows, (i) => columns[name][i]!);
    const table: SourceTable = {
      schema,
      length: rows.length,
      columns: {
        time: own('time'),
        available_at: own('time').map((time) => time + MINUTE_MS),
        ...Object.fromEntries(FIELDS.map((field) => [field, own(field)])),
      },
    };
    const source = objectOf('klines', key);
    const klineFacts: SourceMonthFacts = {
      ...{
        schemaVersion: SOURCE_SCHEMA_VERSION,
        tapemillVersion: '1',
        market: 'um',
        dataType: 'klines',
        interval: '1m',
      },
      ...{ symbol: SYMBOL, period: month.key, contractSizeUsd: null, missingPeriods: [], comparison: null },
      sources: [{ ...source, account: { ...ACCOUNT, rows: rows.length, accepted: rows.length } }],
    };
    await writeSourceMonth(sourceMonthPath(dataDir, series, month.key), table, klineFacts);
  }
}

const ACCOUNT = {
  ...{
    rows: 0,
    accepted: 0,
    duplicate: 0,
    contradiction: 0,
    outside: 0,
    malformed: 0,
    repaired: [],
    nulls: [],
  },
  ...{ outOfOrder: 0, firstTime: null, lastTime: null, outsideBefore: null, outsideAfter: null, gaps: null },
  ...{ firstMalformed: null, header: true, timeUnit: 'ms' as const },
};

function objectOf(dataType: 'aggTrades' | 'klines', day: string): LayerFacts['sources'][number] {
  const folder = dataType === 'klines' ? `klines/${SYMBOL}/1m` : `aggTrades/${SYMBOL}`;
  const name = `${SYMBOL}-${dataType === 'klines' ? '1m' : 'aggTrades'}-${day}.zip`;
  return sampleSource(day, { key: `data/futures/um/daily/${folder}/${name}` });
}

const TAPE = tapeOf(
  Array.from(
    { length: 60 },
    (_, i) =>
      [
        Math.floor(i / 3),
        [2, 30, 59.98][i % 3]!,
        1500 + (i % 7),
        10 + (i % 5),
        i % 2 ? 'buy' : 'sell',
        2,
      ] as const,
  ),
);
/** The last trade of January, which the klines count to February. */
const LAST = TAPE[29]!;
const KLINES = TAPE.map((tick) => (tick === LAST ? { ...tick, atMs: START + 10 * MINUTE_MS } : tick));

describe('months side by side', () => {
  const dataDir = temporaryFolder();
  const request = { dataDir, market: 'um', symbols: [SYMBOL], archive: null } as const;

  beforeAll(() => store(dataDir, TAPE, KLINES));

  it('sees a pair across the edge of two months', async () => {
    const { symbols, exitStatus } = await audit({ ...request, range: null });
    expect(symbols[0]!.off.map((one) => [new Date(one.minute).toISOString(), one.class])).toEqual([
      ['2024-01-31T23:59:00.000Z', 'edge-pair'],
      ['2024-02-01T00:00:00.000Z', 'edge-pair'],
    ]);
    expect(symbols[0]!.months.map(({ month, totals }) => [month, totals.compared, totals.exact])).toEqual([
      ['2024-01', 10, 9],
      ['2024-02', 10, 9],
    ]);
    expect(exitStatus).toBe(0);
  });

  it('sees its other half although it is not asked for', async () => {
    for (const day of DAYS) {
      const { symbols, totals } = await audit({ ...request, range: parseRange(day, day), isRecorded: false });
      expect(symbols[0]!.off.map((one) => one.class)).toEqual(['edge-pair']);
      expect(totals.compared).toBe(10);
    }
  });

  it('sees missing ids across the edge', async () => {
    const other = temporaryFolder();
    await store(
      other,
      TAPE.filter((tick) => tick !== LAST),
      TAPE,
    );
    const { symbols } = await audit({ ...request, dataDir: other, range: null });
    expect(symbols[0]!.off.map((one) => [one.class, one.gaps.after])).toEqual([['missing-fills', 2]]);
  });

  it('leaves klines of days that were never milled alone', () => {
    // The last minute of January has a fill too many, and nothing was milled of February.
    const klines = klinesOf(TAPE, MINUTES);
    klines.count[9]! += 1;
    klines.volume[9]! += 1;
    klines.quote_volume[9]! += 15;
    const january = monthOf(START);
    const { off, days } = reconcileMonth({
      ...{
        market: 'um',
        bars: sliceToSpan(barsOf(TAPE), january),
        klines,
        klineFacts: [],
        knownDefect: () => null,
      },
      days: [dayPeriod(START)],
      layerFacts: [{ ...sampleFacts(), sources: [objectOf('aggTrades', DAYS[0]!)] }],
    });
    expect(off.map((one) => one.class)).toEqual(['unexplained']);
    expect(off[0]!.explanation).toContain('it lies at the end of what was collected');
    expect(days.map(({ totals }) => totals.compared)).toEqual([10]);
  });

  it('replaces in the ledger what it has audited anew, and keeps the rest', async () => {
    await store(dataDir, TAPE, TAPE);
    await audit({ ...request, range: parseRange('2024-02', '2024-02') });
    const { minutes, days } = await readQuality(dataDir, 'um', SYMBOL);
    expect(minutes.map((one) => new Date(one.minute).toISOString())).toEqual(['2024-01-31T23:59:00.000Z']);
    expect(days.size).toBe(2);
    await audit({ ...request, range: null });
    expect((await readQuality(dataDir, 'um', SYMBOL)).minutes).toEqual([]);
  });

  it('is partial without klines, and not proved with differences that nothing explains', async () => {
    const other = temporaryFolder();
    await store(
      other,
      TAPE,
      TAPE.filter((_, i) => i !== 4),
    );
    expect((await audit({ ...request, dataDir: other, range: null })).exitStatus).toBe(4);
    const bare = temporaryFolder();
    await writeMonth(monthPath(bare, 'um', SYMBOL, '2024-01'), sliceToSpan(barsOf(TAPE), monthOf(START)), {
      ...sampleFacts(),
      ...{
        market: 'um',
        symbol: SYMBOL,
        period: '2024-01',
        contractSizeUsd: null,
        missingPeriods: [],
        comparison: null,
      },
      sources: [objectOf('aggTrades', '2024-01-31')],
    });
    const { exitStatus, symbols } = await audit({ ...request, dataDir: bare, range: null });
    expect(exitStatus).toBe(3);
    expect(symbols[0]!.klinesMissing).toEqual([{ period: '2024-01-31', reason: 'not listed' }]);
    await expect(audit({ ...request, dataDir: temporaryFolder(), range: null })).resolves.toMatchObject({
      exitStatus: 5,
    });
  });
});
