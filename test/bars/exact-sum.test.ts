import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactSum } from '../../src/bars/index.js';

function exactSum(values: Iterable<number>): number {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum.value();
}

/** The sum in integers of 2^-1074, rounded once by `Number`. Only for sums far from underflow. */
function referenceSum(values: readonly number[]): number {
  const bits = new DataView(new ArrayBuffer(8));
  let total = 0n;
  for (const value of values) {
    bits.setFloat64(0, value);
    const exponent = Number((bits.getBigUint64(0) >> 52n) & 0x7ffn);
    const fraction = bits.getBigUint64(0) & 0xfffffffffffffn;
    const magnitude = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
    total += value < 0 ? -magnitude : magnitude;
  }
  // In two steps, because 2^1074 is not a double; the first keeps 200 bits more than a double holds.
  const shifted = total / (1n << 600n);
  const sticky = total % (1n << 600n) === 0n ? 0n : total < 0n ? -1n : 1n;
  return Number(shifted * 2n + sticky) / 2 ** 475;
}

const value = fc.oneof(
  fc.double({ noNaN: true, min: -1e15, max: 1e15 }).map((v) => (Math.abs(v) < 1e-30 ? 0 : v)),
  fc.integer({ min: -1000, max: 1000 }).map((v) => v / 8),
  fc.constantFrom(1e15, -1e15, 2 ** 53, 1, -1, 2 ** -53, -(2 ** -53), 0.1),
);

describe('the exact sum', () => {
  it('knows what plain addition forgets', () => {
    expect(exactSum([])).toBe(0);
    expect(exactSum([-0])).toBe(0);
    expect(exactSum(Array.from({ length: 10 }, () => 0.1))).toBe(1);
    expect(exactSum([1e16, 1, 1e-16])).toBe(10000000000000002);
    expect(exactSum([1, 1e100, 1, -1e100])).toBe(2);
    // Half-way cases that a second rounding would get wrong.
    expect(exactSum([2 ** 53, 1])).toBe(2 ** 53);
    expect(exactSum([2 ** 53, 1, 2 ** -60])).toBe(2 ** 53 + 2);
    expect(exactSum([2 ** 53 + 2, -1, -(2 ** -60)])).toBe(2 ** 53);
  });

  it('is the correctly rounded sum of any values', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60, size: 'max' }), (values) => {
        expect(exactSum(values)).toBe(referenceSum(values) + 0);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (values) => {
        const forward = exactSum(values);
        expect(exactSum(values.toReversed())).toBe(forward);
        expect(exactSum(values.toSorted((a, b) => a - b))).toBe(forward);
      }),
    );
  });

  it('starts anew after clear', () => {
    const sum = new ExactSum();
    sum.add(1e300);
    sum.clear();
    sum.add(0.5);
    expect(sum.value()).toBe(0.5);
  });
});
