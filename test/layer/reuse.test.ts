import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type LayerFacts,
  type MonthRequest,
  type SourceFacts,
  examineMonth,
  whyRebuild,
  writeMonth,
} from '../../src/layer/index.js';
import { sampleBars, sampleFacts, sampleSource } from './sample.js';

const ask = ({ key, period, sha256 }: SourceFacts): MonthRequest['sources'][number] => ({
  key,
  period,
  sha256,
});

function request(own: Partial<MonthRequest> = {}): MonthRequest {
  const { market, symbol, period, thresholds, contractSizeUsd, sources } = sampleFacts();
  return { market, symbol, period, thresholds, contractSizeUsd, sources: sources.map(ask), ...own };
}

const monthly = sampleSource('2026-04');
const day13 = sampleSource('2026-04-13');
const day17 = sampleSource('2026-04-17');

describe('an existing month', () => {
  it('is reused when nothing differs', () => {
    expect(whyRebuild(sampleFacts(), request())).toBeNull();
  });

  it.each<[string, Partial<LayerFacts>, Partial<MonthRequest>]>([
    ['schema version was 0, now 1', { schemaVersion: 0 }, {}],
    ['market was um, now cm', {}, { market: 'cm' }],
    ['symbol was BTCUSDT, now ETHUSDT', {}, { symbol: 'ETHUSDT' }],
    ['period was 2026-04, now 2026-05', {}, { period: '2026-05' }],
    ['whale threshold was 50000, now 100000', {}, { thresholds: { whaleUsd: 100_000, retailUsd: 1_000 } }],
    ['retail threshold was 1000, now 500', {}, { thresholds: { whaleUsd: 50_000, retailUsd: 500 } }],
    ['contract size was none, now 10', {}, { contractSizeUsd: 10 }],
    ['2026-04-17 appeared', {}, { sources: [day13, day17].map(ask) }],
    ['2026-04 appeared', {}, { sources: [monthly].map(ask) }],
    [
      `${day13.key} was replaced upstream: sha256 aaaaaaaaaaaa… now bbbbbbbbbbbb…`,
      {},
      { sources: [{ ...ask(day13), sha256: 'b'.repeat(64) }] },
    ],
  ])('is rebuilt because %s', (reason, facts, own) => {
    expect(whyRebuild(sampleFacts(facts), request(own))).toBe(reason);
  });

  it('is built when there is none', () => {
    expect(whyRebuild(null, request())).toBe('2026-04 is not in the layer');
  });

  it('keeps more days than are asked for', () => {
    expect(whyRebuild(sampleFacts({ sources: [day13, day17] }), request())).toBeNull();
  });

  it('keeps a monthly object that stands for the days asked for', () => {
    expect(
      whyRebuild(sampleFacts({ sources: [monthly] }), request({ sources: [day13, day17].map(ask) })),
    ).toBeNull();
  });

  it('counts an object whose checksum is not known as unchanged', () => {
    expect(whyRebuild(sampleFacts(), request({ sources: [{ ...ask(day13), sha256: null }] }))).toBeNull();
  });
});

describe('a month file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tapemill-reuse-'));
  const path = join(folder, '2026-04.parquet');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is examined by its footer', async () => {
    expect(await examineMonth(path, request())).toEqual({
      facts: null,
      reason: '2026-04 is not in the layer',
    });
    await writeMonth(path, sampleBars([]), sampleFacts());
    expect(await examineMonth(path, request())).toEqual({ facts: sampleFacts(), reason: null });
    writeFileSync(path, 'damaged');
    const damaged = await examineMonth(path, request());
    expect(damaged.facts).toBeNull();
    expect(damaged.reason).toContain('cannot be read');
  });
});
