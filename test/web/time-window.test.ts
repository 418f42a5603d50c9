import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LADDER,
  chooseFrequency,
  isRequestDue,
  lengthOf,
  pan,
  presetSpan,
  windowAround,
  zoom,
} from '../../web/charts/time-window.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const bounds = { from: Date.UTC(2020, 0), to: Date.UTC(2026, 0) };
const year = { from: Date.UTC(2024, 0), to: Date.UTC(2025, 0) };

describe('length of bars', () => {
  it('is the shortest of which no more are seen than there is room for', () => {
    expect(chooseFrequency(year, 400)).toBe('1d');
    expect(chooseFrequency(year, 800)).toBe('12h');
    expect(chooseFrequency({ from: 0, to: DAY }, 1440)).toBe('1m');
    expect(chooseFrequency({ from: 0, to: DAY }, 1439)).toBe('5m');
  });

  it('is never shorter than was wished for, and longer where that would be too many', () => {
    expect(chooseFrequency({ from: 0, to: DAY }, 1440, '1h')).toBe('1h');
    expect(chooseFrequency(year, 800, '1m')).toBe('12h');
    expect(chooseFrequency({ from: 0, to: 100 * 365 * DAY }, 100, 'auto')).toBe('1d');
  });

  it('is known for those of the server that are not on the ladder', () => {
    expect([lengthOf('10m'), lengthOf('6h'), lengthOf('1d')]).toEqual([600_000, 6 * HOUR, DAY]);
  });
});

describe('what is asked for', () => {
  it('is what is seen and as much on both sides, at whole bars', () => {
    const seen = { from: year.from + 90_000, to: year.from + 90_000 + DAY };
    const window = windowAround(seen, '1h', bounds);
    expect(window).toEqual({ from: year.from - DAY, to: year.from + 2 * DAY + HOUR, freq: '1h' });
  });

  it('does not reach beyond what there is', () => {
    expect(windowAround(bounds, '1d', bounds)).toEqual({ ...bounds, freq: '1d' });
  });

  it('is due when the margin gets short on a side, and not before', () => {
    const seen = { from: year.from, to: year.from + DAY };
    const loaded = windowAround(seen, '1h', bounds);
    expect(isRequestDue(seen, '1h', loaded, bounds)).toBe(false);
    expect(isRequestDue(pan(seen, 0.7 * DAY, bounds), '1h', loaded, bounds)).toBe(false);
    expect(isRequestDue(pan(seen, 0.8 * DAY, bounds), '1h', loaded, bounds)).toBe(true);
    expect(isRequestDue(pan(seen, -0.8 * DAY, bounds), '1h', loaded, bounds)).toBe(true);
  });

  it('is due for bars of another length, and when nothing is loaded', () => {
    const loaded = windowAround(year, '12h', bounds);
    expect(isRequestDue(year, '1d', loaded, bounds)).toBe(true);
    expect(isRequestDue(year, '12h', null, bounds)).toBe(true);
  });

  it('is not due for what does not exist', () => {
    const end = { from: bounds.to - DAY, to: bounds.to + DAY };
    expect(isRequestDue(end, '1h', windowAround(end, '1h', bounds), bounds)).toBe(false);
  });

  it('is never due again for what was just asked for', () => {
    const from = fc.integer({ min: bounds.from - 30 * DAY, max: bounds.to + 30 * DAY });
    const span = fc.integer({ min: 600_000, max: 6 * 365 * DAY });
    fc.assert(
      fc.property(from, span, fc.integer({ min: 100, max: 1600 }), (start, length, bars) => {
        const seen = { from: start, to: start + length };
        const freq = chooseFrequency(seen, bars);
        expect(isRequestDue(seen, freq, windowAround(seen, freq, bounds), bounds)).toBe(false);
      }),
    );
  });

  it('fits into what the server gives at once', () => {
    for (const [freq, length] of LADDER) {
      const seen = { from: year.from + 1, to: year.from + 1 + 1600 * length };
      const { from, to } = windowAround(seen, freq, { from: 0, to: 1e14 });
      expect((to - from) / length).toBeLessThanOrEqual(5000);
    }
  });
});

describe('moving', () => {
  it('pans by what is said, and stops before everything is out of sight', () => {
    expect(pan(year, DAY, bounds)).toEqual({ from: year.from + DAY, to: year.to + DAY });
    const far = pan(year, 1e13, bounds);
    expect(far.to - far.from).toBe(year.to - year.from);
    expect(far.from).toBeLessThan(bounds.to);
    const back = pan(year, -1e13, bounds);
    expect(back.to).toBeGreaterThan(bounds.from);
  });

  it('zooms around an instant that stays where it is', () => {
    const around = year.from + 0.25 * (year.to - year.from);
    const closer = zoom(year, 0.5, around, bounds);
    expect(closer.to - closer.from).toBe((year.to - year.from) / 2);
    expect((around - closer.from) / (closer.to - closer.from)).toBeCloseTo(0.25);
  });

  it('zooms neither below ten minutes nor far beyond everything', () => {
    const close = zoom(year, 1e-12, year.from, bounds);
    expect(close.to - close.from).toBe(600_000);
    const wide = zoom(year, 1e12, year.from, bounds);
    expect(wide.to - wide.from).toBeCloseTo((bounds.to - bounds.from) * 1.2);
  });

  it('takes presets from the end of what there is', () => {
    expect(presetSpan('1w', bounds)).toEqual({ from: bounds.to - 7 * DAY, to: bounds.to });
    expect(presetSpan('all', bounds)).toEqual(bounds);
    expect(presetSpan('1y', { from: bounds.to - DAY, to: bounds.to })).toEqual({
      from: bounds.to - DAY,
      to: bounds.to,
    });
  });
});
