import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type SourceMonthRequest,
  SOURCE_SCHEMA_VERSION,
  examineSourceMonth,
  sourceObjectFacts,
  sourceSeries,
  whyRebuildSource,
  writeSourceMonth,
} from '../../src/sources/index.js';
import { KLINES_1H, at, factsOf, klineLines, partOf, temporaryFolder } from './fixture.js';

const folder = await temporaryFolder();
const part = await partOf(folder, KLINES_1H, ...klineLines(at('2024-01-05'), 3_600_000, 24));
const stored = sourceObjectFacts(part);
const facts = factsOf(KLINES_1H, { sources: [stored] });
const dayOf = (period: string) => ({ key: stored.key.replace('2024-01-05', period), period, sha256: null });
const monthly = { key: 'data/futures/um/monthly/klines/XYZUSDT/1h/XYZUSDT-1h-2024-01.zip', period: '2024-01', sha256: null }; // prettier-ignore
const request: SourceMonthRequest = {
  series: sourceSeries(KLINES_1H),
  period: '2024-01',
  contractSizeUsd: null,
  sources: [{ key: stored.key, period: stored.period, sha256: stored.sha256 }],
};

describe('whether a month must be built anew', () => {
  it.each([
    ['it is there', facts, request, null],
    ['there is none', null, request, '2024-01 is not there yet'],
    ['no day is asked for', facts, { ...request, sources: [] }, null],
    ['the checksum is not known', facts, { ...request, sources: [dayOf('2024-01-05')] }, null],
    [
      'a day appeared',
      facts,
      { ...request, sources: [...request.sources, dayOf('2024-01-06')] },
      '2024-01-06 appeared',
    ],
    ['the month appeared', facts, { ...request, sources: [monthly] }, '2024-01 appeared'],
    [
      'a day of a monthly object is asked for',
      { ...facts, sources: [{ ...stored, ...monthly, sha256: stored.sha256 }] },
      { ...request, sources: [dayOf('2024-01-06')] },
      null,
    ],
    [
      'an object was replaced',
      facts,
      { ...request, sources: [{ ...dayOf('2024-01-05'), sha256: 'b'.repeat(64) }] },
      `${stored.key} was replaced upstream: sha256 ${stored.sha256.slice(0, 12)}… now bbbbbbbbbbbb…`,
    ],
    [
      'the schema changed',
      { ...facts, schemaVersion: 0 },
      request,
      `schema version was 0, now ${SOURCE_SCHEMA_VERSION}`,
    ],
    ['the interval differs', { ...facts, interval: '1m' }, request, 'interval was 1m, now 1h'],
    ['the symbol differs', { ...facts, symbol: 'A' }, request, 'symbol was A, now XYZUSDT'],
    [
      'the type differs',
      { ...facts, dataType: 'metrics' as const },
      request,
      'dataType was metrics, now klines',
    ],
    [
      'the contract size differs',
      facts,
      { ...request, contractSizeUsd: 10 },
      'contract size was none, now 10',
    ],
  ])('when %s', (_, found, wanted, reason) => {
    expect(whyRebuildSource(found, wanted)).toBe(reason);
  });
});

describe('a month on disk', () => {
  const path = join(folder, '2024-01.parquet');
  const examine = async (own: Partial<SourceMonthRequest> = {}) =>
    examineSourceMonth(path, { ...request, ...own });

  it('says what it lacks, when that is all it lacks', async () => {
    expect(await examine()).toEqual({ facts: null, reason: '2024-01 is not there yet', add: null });
    await writeSourceMonth(path, part.table, facts);
    expect(await examine()).toEqual({ facts, reason: null, add: null });
    const added = { ...request, sources: [...request.sources, dayOf('2024-01-06')] };
    expect(await examine(added)).toMatchObject({ reason: '2024-01-06 appeared', add: [dayOf('2024-01-06')] });
    expect((await examine({ sources: [...added.sources, monthly] })).add).toBeNull();
    const replaced = [{ ...dayOf('2024-01-05'), sha256: 'b'.repeat(64) }, dayOf('2024-01-06')];
    expect((await examine({ sources: replaced })).add).toBeNull();
    expect((await examine({ ...added, contractSizeUsd: 10 })).add).toBeNull();
  });

  it('is built anew when it is damaged', async () => {
    await writeFile(path, 'PAR1');
    const { facts: none, reason, add } = await examine();
    expect([none, add]).toEqual([null, null]);
    expect(reason).toContain('cannot be read');
  });
});
