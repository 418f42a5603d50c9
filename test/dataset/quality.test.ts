import { describe, expect, it } from 'vitest';
import { makeRows, qualityColumns } from '../../src/dataset/index.js';
import { parseFrequency } from '../../src/time/index.js';
import { T0, hours } from './sample.js';

const list = (values: Float64Array): number[] => [...values];

function quality(
  numbers: readonly number[],
  own: { close?: number[]; volume?: number[]; kept?: number[] } = {},
) {
  const fill = (given: number[] | undefined, usual: number): Float64Array =>
    Float64Array.from(numbers, (_, row) => given?.[row] ?? usual);
  return qualityColumns(hours(...numbers), {
    close: fill(own.close, 100),
    volume: fill(own.volume, 10),
    n_minutes_kept: fill(own.kept, 60),
  });
}
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('gaps', () => {
  it('are seconds since the previous row; the row after one is under maintenance, and cools down for 2 h', () => {
    const q = quality([0, 1, 5, 6, 7, 8, 20]);
    expect(list(q.gap_seconds)).toEqual([NaN, 3600, 14_400, 3600, 3600, 3600, 43_200]);
    expect(list(q.under_maintenance)).toEqual([0, 0, 1, 0, 0, 0, 1]);
    expect(list(q.cooldown_no_trade)).toEqual([0, 0, 1, 1, 1, 0, 1]);
    expect(list(q.trade_allowed)).toEqual([1, 1, 0, 0, 0, 1, 0]);
    expect(list(q.is_stable)).toEqual([1, 1, 0, 0, 0, 1, 0]);
  });

  it('are longer than the bar by more than 5 seconds, whatever the bar', () => {
    const rows = makeRows(
      parseFrequency('4h'),
      Float64Array.from([0, 4, 12, 16], (h) => T0 + h * 3_600_000),
    );
    const same = new Float64Array(4).fill(1);
    const q = qualityColumns(rows, { close: same, volume: same, n_minutes_kept: same.map(() => 240) });
    expect(list(q.under_maintenance)).toEqual([0, 0, 1, 0]);
    expect(list(q.cooldown_no_trade)).toEqual([0, 0, 1, 0]);
  });

  it('tolerate 5 seconds', () => {
    const same = new Float64Array(3).fill(1);
    const starts = Float64Array.from([0, 3_605_000, 3_605_000 + 3_605_001], (t) => T0 + t);
    const q = qualityColumns(makeRows(hours().frequency, starts), {
      close: same,
      volume: same,
      n_minutes_kept: same,
    });
    expect(list(q.under_maintenance)).toEqual([0, 0, 1]);
  });
});

describe('spikes', () => {
  it('of price are jumps of more than half a log unit, up or down', () => {
    const q = quality(upTo(5), { close: [100, 100 * Math.exp(0.51), 100, 100 * Math.exp(0.49), 100] });
    expect(list(q.is_spike)).toEqual([0, 1, 1, 0, 0]);
  });

  it('of volume need 24 rows, and are judged among the last 168, this one included', () => {
    const noisy = (n: number): number[] => upTo(n).map((i) => 10 + (i % 2));
    const spikeAt = (n: number) =>
      quality(upTo(n), { volume: [...noisy(n - 1), 1e6] }).is_volume_spike[n - 1];
    // Of n rows of which one is far off, z is at most (n − 1) / √n: above 5 from 27 on.
    expect([spikeAt(23), spikeAt(26), spikeAt(27), spikeAt(168), spikeAt(300)]).toEqual([0, 0, 1, 1, 1]);
    const old = quality(upTo(330), { volume: [...noisy(160), 1e6, ...noisy(168), 1e6] }).is_volume_spike;
    expect([old[160], old[327], old[329]]).toEqual([1, 0, 1]);
    expect(quality(upTo(200), { volume: upTo(200).map(() => 7) }).is_volume_spike.includes(1)).toBe(false);
  });

  it('are capped at the 99 % quantile of at most 720 rows before, of which there must be 24', () => {
    const q = quality(upTo(26), { volume: [...upTo(25), 1000] });
    expect(q.volume_clean.subarray(0, 24).every((x) => Number.isNaN(x))).toBe(true);
    // The 99 % quantile of 0 … 23 is 22.77, of 0 … 24 23.76.
    expect(q.volume_clean[24]).toBeCloseTo(22.77, 12);
    expect(q.volume_clean[25]).toBeCloseTo(23.76, 12);
    // Of 720 rows the quantile lies between the 712th and the 713th: 8 large rows reach it, 7 do not.
    const large = (count: number, then: number): number[] => [
      ...Array<number>(count).fill(1e6),
      ...Array<number>(then).fill(1),
      50,
    ];
    const lastOf = (volume: number[]) => quality(upTo(volume.length), { volume }).volume_clean.at(-1);
    expect([lastOf(large(8, 712)), lastOf(large(7, 713)), lastOf(large(8, 713))]).toEqual([50, 1, 1]);
  });

  it('a volume of 0 stays 0', () => {
    expect(quality(upTo(30), { volume: upTo(30).map((i) => (i === 29 ? 0 : 5)) }).volume_clean[29]).toBe(0);
  });
});

describe('rows to learn from', () => {
  it('have 24 rows before them', () => {
    const q = quality(upTo(26));
    expect([q.is_mature[23], q.is_mature[24]]).toEqual([0, 1]);
    expect([q.is_valid_for_training[23], q.is_valid_for_training[24]]).toEqual([0, 1]);
  });

  it('have 50 of 60 minutes, no spike of either kind, and no maintenance', () => {
    const last = (own: Parameters<typeof quality>[1], numbers = upTo(40)) =>
      quality(numbers, own).is_valid_for_training.at(-1);
    const but = (usual: number, value: number): number[] => [...Array<number>(39).fill(usual), value];
    expect(last({})).toBe(1);
    expect([last({ kept: but(60, 50) }), last({ kept: but(60, 49) })]).toEqual([1, 0]);
    expect(last({ close: but(100, 300) })).toBe(0);
    expect(last({ volume: [...upTo(39), 1e6] })).toBe(0);
    expect(last({}, [...upTo(39), 60])).toBe(0);
  });
});
