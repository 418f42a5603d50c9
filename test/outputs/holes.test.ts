import { describe, expect, it } from 'vitest';
import type { MissingPeriod } from '../../src/layer/index.js';
import { findHoles, isPartial } from '../../src/outputs/index.js';
import { parsePeriod, parseRange } from '../../src/time/index.js';

const holes = (
  sources: string[],
  known: MissingPeriod[] = [],
  range: [string, string] | null = null,
): MissingPeriod[] => findHoles(sources.map(parsePeriod), known, range && parseRange(...range));

describe('holes', () => {
  it('are none where every day has a source', () => {
    expect(holes([])).toEqual([]);
    expect(holes(['2026-03', '2026-04-01', '2026-04-02'])).toEqual([]);
  });

  it('are the days between that nobody covers or explains', () => {
    expect(holes(['2026-04-13', '2026-04-15', '2026-04-18'])).toEqual([
      { period: '2026-04-14', reason: 'not in the layer' },
      { period: '2026-04-16', reason: 'not in the layer' },
      { period: '2026-04-17', reason: 'not in the layer' },
    ]);
  });

  it('carry the reason that is known, also outside the days covered', () => {
    const known: MissingPeriod[] = [
      { period: '2026-04-14', reason: 'failed', detail: 'E_CHECKSUM' },
      { period: '2026-04-13', reason: 'failed' }, // covered by now
      { period: '2026-04-16', reason: 'not listed' },
      { period: '2026-04-14', reason: 'not listed' }, // the first reason counts
    ];
    expect(holes(['2026-04-13', '2026-04-15'], known)).toEqual([
      { period: '2026-04-14', reason: 'failed', detail: 'E_CHECKSUM' },
      { period: '2026-04-16', reason: 'not listed' },
    ]);
  });

  it('are listed by the month where a whole month has one reason', () => {
    expect(holes(['2026-01', '2026-03-02'])).toEqual([
      { period: '2026-02', reason: 'not in the layer' },
      { period: '2026-03-01', reason: 'not in the layer' },
    ]);
    const mixed = holes(['2026-01', '2026-03'], [{ period: '2026-02-10', reason: 'failed' }]);
    expect(mixed.length).toBe(28);
    expect(mixed[9]).toEqual({ period: '2026-02-10', reason: 'failed' });
  });

  it('end where the range ends', () => {
    const known: MissingPeriod[] = [{ period: '2026-03', reason: 'before listing' }];
    expect(holes(['2026-04-13', '2026-04-15'], known, ['2026-03-31', '2026-04-14'])).toEqual([
      { period: '2026-03-31', reason: 'before listing' },
    ]);
  });

  it('make the result partial unless the exchange had nothing to trade', () => {
    expect(isPartial([])).toBe(false);
    expect(isPartial([{ period: '2026-03', reason: 'before listing' }])).toBe(false);
    expect(isPartial([{ period: '2026-03', reason: 'after delisting' }])).toBe(false);
    expect(isPartial([{ period: '2026-03', reason: 'not listed' }])).toBe(true);
    expect(isPartial([{ period: '2026-03', reason: 'failed' }])).toBe(true);
  });
});
