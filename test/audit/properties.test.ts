import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/time/index.js';
import { START, type Tick, barsOf, classified, klinesOf } from './tape.js';

const MINUTES = 12;

/** A tape with a trade in every minute of 1 … 10 at least, ids without gaps. */
const tape = fc
  .array(
    fc.record({
      minute: fc.integer({ min: 1, max: 10 }),
      ms: fc.integer({ min: 0, max: 59_999 }),
      cents: fc.integer({ min: 900, max: 1100 }),
      tenths: fc.integer({ min: 1, max: 100_000 }),
      isBuy: fc.boolean(),
      fills: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 12, maxLength: 80 },
  )
  .map((rows): Tick[] => {
    let id = 1;
    return rows
      .map(({ minute, ms, ...row }) => ({ ...row, atMs: START + minute * MINUTE_MS + ms }))
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ atMs, cents, tenths, isBuy, fills }) => {
        const firstId = id;
        id += fills;
        return { atMs, cents, tenths, isBuy, firstId, lastId: id - 1 };
      });
  });

describe('properties of the classifier', () => {
  it('says nothing about a tape and its own klines', () => {
    fc.assert(
      fc.property(tape, (ticks) => {
        expect(classified(barsOf(ticks), klinesOf(ticks, MINUTES))).toEqual([]);
      }),
    );
  });

  it('moving one trade across an edge is always an edge pair', () => {
    fc.assert(
      fc.property(tape, fc.nat(), fc.boolean(), (ticks, pick, isForward) => {
        // Only the last trade of a minute, or the first, can be beyond the edge.
        const edges = ticks.filter((tick, i) => {
          const other = ticks[isForward ? i + 1 : i - 1];
          return (
            other === undefined || Math.floor(other.atMs / MINUTE_MS) !== Math.floor(tick.atMs / MINUTE_MS)
          );
        });
        const chosen = edges[pick % edges.length]!;
        const minute = Math.floor(chosen.atMs / MINUTE_MS) * MINUTE_MS;
        const atMs = isForward ? minute + MINUTE_MS : minute - 1;
        const klines = ticks
          .map((tick) => (tick === chosen ? { ...tick, atMs } : tick))
          .sort((a, b) => a.atMs - b.atMs || a.firstId - b.firstId);
        const off = classified(barsOf(ticks), klinesOf(klines, MINUTES));
        expect(off.map((one) => one.class)).toEqual(['edge-pair', 'edge-pair']);
        expect(off.map((one) => one.partner)).toEqual([off[1]!.minute, off[0]!.minute]);
      }),
      { numRuns: 300 },
    );
  });

  it('removing ticks whose ids are then missing is always missing fills', () => {
    fc.assert(
      fc.property(tape, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), (ticks, picks) => {
        // Not the first or last of all: no id on the other side could tell.
        const gone = new Set(picks.map((pick) => ticks[1 + (pick % (ticks.length - 2))]!));
        const off = classified(barsOf(ticks.filter((tick) => !gone.has(tick))), klinesOf(ticks, MINUTES));
        const minutes = new Set([...gone].map(({ atMs }) => Math.floor(atMs / MINUTE_MS) * MINUTE_MS));
        expect(off.map(({ minute }) => minute)).toEqual([...minutes].sort((a, b) => a - b));
        expect(new Set(off.map((one) => one.class))).toEqual(new Set(['missing-fills']));
        const fills = [...gone].reduce((sum, { firstId, lastId }) => sum + lastId - firstId + 1, 0);
        expect(off.reduce((sum, one) => sum + one.fills, 0)).toBe(fills);
      }),
      { numRuns: 300 },
    );
  });

  it('any mixture of moved and missing trades mostly has a name, and hardly ever that of a wrong kline', () => {
    const seen = { all: 0, unexplained: 0, wrong: 0 };
    fc.assert(
      fc.property(
        tape,
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        (ticks, out, over) => {
          const gone = new Set(out.map((pick) => ticks[1 + (pick % (ticks.length - 2))]!));
          const minuteOf = (tick: Tick): number => Math.floor(tick.atMs / MINUTE_MS) * MINUTE_MS;
          // All within the last 100 ms of their minute, as on the real tape.
          const late = ticks.map((tick, i) => {
            const next = ticks[i + 1];
            return next === undefined || minuteOf(next) !== minuteOf(tick)
              ? {
                  ...tick,
                  atMs: minuteOf(tick) + MINUTE_MS - 100 + Math.min(99, Math.max(0, tick.atMs % 100)),
                }
              : tick;
          });
          const ordered = late.map((tick, i) => ({
            ...tick,
            atMs: Math.max(tick.atMs, late[i - 1]?.atMs ?? 0),
          }));
          const isGone = (i: number): boolean => gone.has(ticks[i]!);
          const movers = ordered.filter((tick, i) => {
            const next = ordered[i + 1];
            return !isGone(i) && (next === undefined || minuteOf(next) !== minuteOf(tick));
          });
          const moved = new Set(over.flatMap((pick) => movers[pick % Math.max(1, movers.length)] ?? []));
          const klines = ordered
            .map((tick) => (moved.has(tick) ? { ...tick, atMs: minuteOf(tick) + MINUTE_MS } : tick))
            .sort((a, b) => a.atMs - b.atMs || a.firstId - b.firstId);
          const off = classified(barsOf(ordered.filter((_, i) => !isGone(i))), klinesOf(klines, MINUTES));
          seen.all += off.length;
          seen.unexplained += off.filter((one) => one.class === 'unexplained').length;
          // Only where equal trades are missing and moved in one minute, which then shows neither.
          seen.wrong += off.filter((one) => one.class === 'kline-wrong').length;
        },
      ),
      { numRuns: 1000 },
    );
    expect(seen.unexplained / seen.all).toBeLessThan(0.05);
    expect(seen.wrong / seen.all).toBeLessThan(0.005);
  });
});
