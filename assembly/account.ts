// The account of all rows, and what else is said of an object. The host reads it as a block of i64 words
// (`src/ticks/kernel.ts` names them in the same order; a test compares).

export const NONE: i64 = i64.MIN_VALUE;

export let rows: i64 = 0;
export let duplicate: i64 = 0;
export let sentinel: i64 = 0;
export let malformed: i64 = 0;
export let zeroQuantity: i64 = 0;
export let outOfOrder: i64 = 0;
export let conflictingIds: i64 = 0;
export let tradeIdGaps: i64 = 0;

export let beforeRows: i64 = 0;
export let beforeFirst: i64 = 0;
export let beforeLast: i64 = 0;
export let afterRows: i64 = 0;
export let afterFirst: i64 = 0;
export let afterLast: i64 = 0;

/** Rows and malformed rows of the first pass, -1 while it runs: later passes see the same rows again. */
let firstPassRows: i64 = -1;
let firstPassMalformed: i64 = 0;

/** Line of the row being read; the header, if any, was line 1. */
export let line: i64 = 0;
export let malformedLine: i64 = 0;
const QUOTE_BYTES: usize = 256;
const malformedText: usize = memory.data(256);
let malformedLength: usize = 0;

let previousId: i64 = 0;
let previousFirstFill: i64 = 0;
let previousLastFill: i64 = 0;
let largestTime: i64 = 0;

export function resetAccount(firstLine: i64): void {
  rows = 0;
  duplicate = 0;
  sentinel = 0;
  malformed = 0;
  zeroQuantity = 0;
  outOfOrder = 0;
  conflictingIds = 0;
  tradeIdGaps = 0;
  beforeRows = 0;
  beforeFirst = i64.MAX_VALUE;
  beforeLast = NONE;
  afterRows = 0;
  afterFirst = i64.MAX_VALUE;
  afterLast = NONE;
  firstPassRows = -1;
  line = firstLine - 1;
  malformedLine = 0;
  malformedLength = 0;
  previousId = NONE;
  previousLastFill = 0;
  largestTime = NONE;
}

/** After every pass over the object: what counts rows keeps the figures of the first pass. */
export function endPass(): void {
  if (firstPassRows < 0) {
    firstPassRows = rows;
    firstPassMalformed = malformed;
  }
  rows = firstPassRows;
  malformed = firstPassMalformed;
  previousId = NONE;
}

export function countLine(): void {
  line++;
}

export function countRow(): void {
  rows++;
}

/** `count` usual rows, a line each. */
export function countUsualRows(count: i64): void {
  rows += count;
  line += count;
}

export function countSentinel(): void {
  sentinel++;
}

export function countMalformed(start: usize, length: usize): void {
  malformed++;
  if (malformedLine != 0) return;
  malformedLine = line;
  malformedLength = min(length, QUOTE_BYTES);
  memory.copy(malformedText, start, malformedLength);
}

export function countOutside(time: i64, periodStartUs: i64): void {
  if (time < periodStartUs) {
    beforeRows++;
    beforeFirst = min(beforeFirst, time);
    beforeLast = max(beforeLast, time);
  } else {
    afterRows++;
    afterFirst = min(afterFirst, time);
    afterLast = max(afterLast, time);
  }
}

/** A well-formed row of the period, in file order, be it accepted or not. */
// @ts-ignore: decorator
@inline
export function noteOrder(time: i64, id: i64, firstFill: i64, lastFill: i64): void {
  if (time < largestTime) outOfOrder++;
  else largestTime = time;
  if (id == previousId + 1 && firstFill > previousLastFill + 1) tradeIdGaps++;
  notePrevious(id, firstFill, lastFill);
}

/** The row before the next one, sentinels and rows outside the period left out. */
// @ts-ignore: decorator
@inline
export function notePrevious(id: i64, firstFill: i64, lastFill: i64): void {
  previousId = id;
  previousFirstFill = firstFill;
  previousLastFill = lastFill;
}

export function isPrevious(id: i64, firstFill: i64, lastFill: i64): bool {
  return id == previousId && firstFill == previousFirstFill && lastFill == previousLastFill;
}

export function countZeroQuantity(): void {
  zeroQuantity++;
}

/** A repeated id with other fills: a tick of its own. */
export function countConflict(): void {
  conflictingIds++;
}

export function countDuplicate(): void {
  duplicate++;
}

export function malformedTextAt(): usize {
  return malformedText;
}

export function malformedTextLength(): usize {
  return malformedLength;
}
