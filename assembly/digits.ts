// Numbers of up to 16 ASCII digits by SIMD. A field lies right-aligned in 16 bytes, as a load that ends with it
// puts it; what is in front of it is masked to zeros, and '0' … '9' are 0 … 9. Two fields are converted at once.

/** 16 zeros, then 16 ones: a window that starts at byte n masks all but the last n bytes. */
const MASKS: usize = memory.data<u64>([0, 0, u64.MAX_VALUE, u64.MAX_VALUE]);

/** The `length` ≤ 16 characters before `end`, less '0'. Loads the 16 bytes before `end`. */
// @ts-ignore: decorator
@inline
export function fieldBefore(end: usize, length: usize): v128 {
  return v128.and(i8x16.sub(v128.load(end - 16), i8x16.splat(48)), v128.load(MASKS + length));
}

/** True when a byte is no digit. */
// @ts-ignore: decorator
@inline
export function anyNotDigit(field: v128): bool {
  return v128.any_true(i8x16.gt_u(field, i8x16.splat(9)));
}

/** Four digits in each of four lanes: pairs of digits, then pairs of pairs. */
// @ts-ignore: decorator
@inline
function fours(field: v128): v128 {
  const tens = i16x8.mul(v128.and(field, i16x8.splat(0xff)), i16x8.splat(10));
  const pairs = i16x8.add(tens, i16x8.shr_u(field, 8));
  return i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
}

/** The numbers of two fields: eight digits in each of four lanes, see `firstNumber` and `secondNumber`. */
// @ts-ignore: decorator
@inline
export function numbers(first: v128, second: v128): v128 {
  return i32x4.dot_i16x8_s(
    i16x8.narrow_i32x4_s(fours(first), fours(second)),
    i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1),
  );
}

// @ts-ignore: decorator
@inline
export function firstNumber(both: v128): u64 {
  const eights = i64x2.extract_lane(both, 0);
  return (eights & 0xffff_ffff) * 100_000_000 + (<u64>eights >> 32);
}

// @ts-ignore: decorator
@inline
export function secondNumber(both: v128): u64 {
  const eights = i64x2.extract_lane(both, 1);
  return (eights & 0xffff_ffff) * 100_000_000 + (<u64>eights >> 32);
}

const POINT: i8 = -2; // '.' less '0'

/** Which byte of the field is the decimal point; -1 for none. */
// @ts-ignore: decorator
@inline
export function pointIn(field: v128): i32 {
  const points = i8x16.bitmask(i8x16.eq(field, i8x16.splat(POINT)));
  return points == 0 ? -1 : ctz(points);
}

/** How many zeros end a field that has a point; the point itself stops the count. */
// @ts-ignore: decorator
@inline
export function trailingZeros(field: v128): i32 {
  return clz(i8x16.bitmask(i8x16.ne(field, i8x16.splat(0)))) - 16;
}

/** The field without the byte `point` (-1: none) and without its last `zeros` bytes. */
// @ts-ignore: decorator
@inline
export function compact(field: v128, point: i32, zeros: i32): v128 {
  const order = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const from = i8x16.sub(order, i8x16.splat(<i8>zeros));
  // A comparison gives -1 where it holds: up to the point, every byte comes from one place further left.
  // Places before the first byte are negative, which swizzle reads as zero.
  return i8x16.swizzle(field, i8x16.add(from, i8x16.le_s(from, i8x16.splat(<i8>point))));
}
