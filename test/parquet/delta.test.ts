import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DELTA_LIMIT, packDelta, unpackDelta } from '../../src/parquet/delta.js';

describe('DELTA_BINARY_PACKED', () => {
  it('packs the example of the format specification', () => {
    // Encodings.md: "1, 2, 3, 4, 5" is header (8, 1, 5, 1), min delta 1, bit width 0; here in blocks of 128/4.
    const packed = packDelta(Float64Array.of(1, 2, 3, 4, 5));
    expect([...packed]).toEqual([0x80, 1, 4, 5, 2, 2, 0, 0, 0, 0]);
  });

  it('gives back any integers within its limit', () => {
    const value = fc.oneof(
      fc.integer({ min: -300, max: 300 }),
      fc.integer({ min: -DELTA_LIMIT, max: DELTA_LIMIT }),
      fc.constantFrom(DELTA_LIMIT, -DELTA_LIMIT, 0),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 400, size: 'max' }), (values) => {
        const column = Float64Array.from(values, (v) => v + 0);
        expect(unpackDelta(packDelta(column), values.length)).toEqual(column);
      }),
    );
  });

  it.each([1, 2, 31, 32, 33, 128, 129, 130, 257])('gives back %i values of every width', (count) => {
    for (let bits = 0; bits <= 50; bits++) {
      const column = Float64Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 2 ** bits : i));
      expect(unpackDelta(packDelta(column), count)).toEqual(column);
    }
  });

  it('refuses bytes that end early or hold another number of values', () => {
    const packed = packDelta(Float64Array.from({ length: 300 }, (_, i) => i * i * i));
    expect(() => unpackDelta(packed, 299)).toThrow(RangeError);
    for (let length = 0; length < packed.length; length++) {
      expect(() => unpackDelta(packed.subarray(0, length), 300)).toThrow(RangeError);
    }
  });
});
