import { describe, expect, it } from 'vitest';
import { TapemillError } from '../../src/errors.js';
import type { LayerFacts } from '../../src/layer/index.js';
import { factsFromKeyValues, factsToKeyValues } from '../../src/layer/footer.js';
import { sampleFacts, sampleSource } from './sample.js';

const rich: LayerFacts = sampleFacts({
  market: 'cm',
  symbol: 'BTCUSD_PERP',
  contractSizeUsd: 100,
  sources: [sampleSource('2026-04'), sampleSource('2026-04-13', { checksum: 'missing' })],
  missingPeriods: [
    { period: '2026-04-14', reason: 'not listed' },
    { period: '2026-04-15', reason: 'failed', detail: 'E_CHECKSUM' },
  ],
  comparison: {
    prefer: null,
    days: 1,
    minutesCompared: 1440,
    minutesDiffering: 2,
    minutesOnlyMonthly: 0,
    minutesOnlyDaily: 1,
    minutesTakenFromDaily: 1,
    columns: [{ column: 'quote_volume', minutes: 1 }],
    firstMinutes: [1_776_038_400_000],
  },
  createdAtUtc: '2026-05-01T00:00:00.000Z',
});

function toObjects(facts: LayerFacts): { key: string; value: string }[] {
  return factsToKeyValues(facts).map(([key, value]) => ({ key, value }));
}

function messageOf(keyValues: { key: string; value: string }[]): string {
  try {
    factsFromKeyValues(keyValues, 'some/file');
  } catch (error) {
    if (TapemillError.is(error) && error.code === 'E_LAYER') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('the facts of a month', () => {
  it('survive the footer, with every member filled or empty', () => {
    expect(factsFromKeyValues(toObjects(rich), 'x')).toEqual(rich);
    expect(factsFromKeyValues(toObjects(sampleFacts()), 'x')).toEqual(sampleFacts());
  });

  it('ignore keys of other tools', () => {
    expect(factsFromKeyValues([...toObjects(rich), { key: 'pandas', value: '{}' }], 'x')).toEqual(rich);
  });

  it('are E_LAYER when a key that must be there is not', () => {
    const optional = ['tapemill.contract_size_usd', 'tapemill.comparison', 'tapemill.created_at_utc'];
    for (const { key } of toObjects(rich)) {
      const without = toObjects(rich).filter((entry) => entry.key !== key);
      if (optional.includes(key)) expect(messageOf(without)).toBe('accepted');
      else expect(messageOf(without)).toContain(key);
    }
    expect(messageOf([])).toContain('some/file is not a month of the layer');
  });

  it.each([
    ['tapemill.schema_version', '0', 'expected 1, found 0'],
    ['tapemill.market', 'usdm', 'one of um, cm, spot'],
    ['tapemill.period', '2026-13', 'a month YYYY-MM'],
    ['tapemill.thresholds', '{"whaleUsd":"a","retailUsd":1}', 'tapemill.thresholds.whaleUsd'],
    ['tapemill.thresholds', '{"whaleUsd":1}', 'tapemill.thresholds.retailUsd'],
    ['tapemill.thresholds', '{"whaleUsd":1,"retailUsd":1,"x":1}', 'tapemill.thresholds.x'],
    ['tapemill.thresholds', '{', 'JSON'],
    ['tapemill.contract_size_usd', '-1', 'a positive number'],
    ['tapemill.sources', '{}', 'a list'],
    ['tapemill.sources', '[{"key":1}]', 'tapemill.sources[0].key'],
    ['tapemill.missing_periods', '[{"period":"2026-04-14","reason":"lost"}]', 'reason'],
    ['tapemill.comparison', '[]', 'an object'],
  ])('are E_LAYER when %s is %s', (key, value, message) => {
    const changed = toObjects(rich).map((entry) => (entry.key === key ? { key, value } : entry));
    expect(messageOf(changed)).toContain(message);
  });

  it.each([
    ['sha256', '"sha256":"aaaa', '"sha256":"zaaa'],
    ['rows', '"rows":12', '"rows":-1'],
    ['line', '"line":7', '"line":"7"'],
    ['missingAggIdList', '[2000000003,2000000004]', '[1,2,3]'],
    ['timeUnit', '"timeUnit":"ms"', '"timeUnit":"s"'],
    ['header', '"header":true', '"header":1'],
  ])('are E_LAYER when the %s of a source is wrong', (name, before, after) => {
    const changed = toObjects(rich).map(({ key, value }) => ({
      key,
      value: key === 'tapemill.sources' ? value.replace(before, after) : value,
    }));
    expect(messageOf(changed)).toContain(name);
  });
});
