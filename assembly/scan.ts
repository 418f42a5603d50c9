// Where the commas and newlines are: 64 bytes at a time by SIMD, before any field is looked at. Knowing all ends
// first lets the fields of a row be read independently of one another, which is what keeps a core busy.

const BLOCK: usize = 64;

/** Writes the address of every `,` and `\n` in `[from, end)` as u32 from `out` on; returns the end of the list.
 *  Reads up to 63 bytes past `end`, and may write up to 8 entries past the list. */
export function findSeparators(from: usize, end: usize, out: usize): usize {
  const comma = i8x16.splat(44);
  const newline = i8x16.splat(10);
  for (let p = from; p < end; p += BLOCK) {
    const a = separators(p, comma, newline);
    const b = separators(p + 16, comma, newline);
    const c = separators(p + 32, comma, newline);
    const d = separators(p + 48, comma, newline);
    let mask = a | (b << 16) | (c << 32) | (d << 48);
    if (end - p < BLOCK) mask &= ((<u64>1) << (end - p)) - 1;
    const count = <i32>popcnt(mask);
    // A row has 7 or 8 separators and about 64 bytes: writing 8 of them whether they are there or not saves a
    // branch that could not be predicted.
    for (let i: usize = 0; i < 8; i++) {
      store<u32>(out + (i << 2), <u32>(p + <usize>ctz(mask)));
      mask &= mask - 1;
    }
    if (count > 8) {
      for (let i: usize = 8; i < <usize>count; i++) {
        store<u32>(out + (i << 2), <u32>(p + <usize>ctz(mask)));
        mask &= mask - 1;
      }
    }
    out += <usize>count << 2;
  }
  return out;
}

// @ts-ignore: decorator
@inline
function separators(p: usize, comma: v128, newline: v128): u64 {
  const bytes = v128.load(p);
  return <u64>(<u32>i8x16.bitmask(v128.or(i8x16.eq(bytes, comma), i8x16.eq(bytes, newline))));
}
