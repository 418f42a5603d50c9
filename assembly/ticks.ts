// What happens to a well-formed row: it is classed, and a tick that is new is added to its minute. Rows whose
// agg_trade_id has been seen are set aside in the first pass over an object; if there are any, the object is
// read again and they are told apart by their fills, batch by batch of repeated ids, in bounded memory.

import * as account from './account';
import { decimalToF64, productToF64, ratioToF64 } from './decimal';
import { IdSet, PAGE_IDS } from './id-set';
import { accepted, addTick, maxId, minId, resetMinutes, summarizeMinutes } from './minutes';
import { addTriple, clearTriples, forgetTriples } from './triple-set';

/** Repeated ids that one resolving pass takes on, to the next page of ids. */
const BATCH_IDS: u32 = 1 << 20;

let startUs: i64 = 0;
let endUs: i64 = 0;
/** US dollars of a contract; 0 where quantity is in base units. */
let contractSize: u64 = 0;

/** Ids of ticks taken. */
let taken: IdSet = changetype<IdSet>(0);
/** Ids of sentinels and of rows outside the period: no ticks, but not missing either. */
let others: IdSet = changetype<IdSet>(0);
/** Ids that came again. */
let again: IdSet = changetype<IdSet>(0);

let resolving: bool = false;
let againKeys: usize = 0;
let againAt: u32 = 0;
let batchFrom: i64 = 0;
let batchTo: i64 = 0;
let seen: IdSet = changetype<IdSet>(0);
/** More different rows share ids than can be told apart in bounded memory. */
export let tooManyRepeats: bool = false;

export function resetTicks(periodStartUs: i64, periodEndUs: i64, whale: f64, retail: f64, contract: i32): void {
  startUs = periodStartUs;
  endUs = periodEndUs;
  contractSize = <u64>contract;
  resetMinutes(periodStartUs, periodEndUs, whale, retail);
  taken = IdSet.create();
  others = IdSet.create();
  again = IdSet.create();
  seen = changetype<IdSet>(0);
  resolving = false;
  tooManyRepeats = false;
  againKeys = 0;
  forgetTriples();
}

/** One well-formed row; `time` in µs, price and quantity as mantissa and scale, `takerSell` 0 or 1. */
// @ts-ignore: decorator
@inline
export function takeRow(
  id: i64,
  price: u64,
  priceScale: i32,
  quantity: u64,
  quantityScale: i32,
  firstFill: i64,
  lastFill: i64,
  time: i64,
  takerSell: usize,
): void {
  if (resolving || (price | quantity) == 0 || time < startUs || time >= endUs) {
    if (!special(id, price, quantity, firstFill, lastFill, time)) return;
  } else {
    if (taken.add(<u64>id)) {
      setAside(time, id, firstFill, lastFill);
      return;
    }
    account.noteOrder(time, id, firstFill, lastFill);
  }
  if (quantity == 0) account.countZeroQuantity();
  const quantityValue = decimalToF64(quantity, quantityScale);
  const priceValue = decimalToF64(price, priceScale);
  if (contractSize == 0) {
    const quote = productToF64(price, priceScale, quantity, quantityScale);
    addTick(time, id, firstFill, lastFill, priceValue, quantityValue, quote, takerSell);
  } else {
    const quote = productToF64(contractSize, 0, quantity, quantityScale);
    const base = ratioToF64(quantity, quantityScale, contractSize, price, priceScale);
    addTick(time, id, firstFill, lastFill, priceValue, base, quote, takerSell);
  }
}

/** A row whose id has been seen. One that repeats the row before it is a duplicate; others wait for the next pass. */
function setAside(time: i64, id: i64, firstFill: i64, lastFill: i64): void {
  if (account.isPrevious(id, firstFill, lastFill)) {
    account.countDuplicate();
  } else {
    again.add(<u64>id);
  }
  account.noteOrder(time, id, firstFill, lastFill);
}

/** Sentinels, rows outside, and every row of a resolving pass. True when the row is a tick to add. */
function special(id: i64, price: u64, quantity: u64, firstFill: i64, lastFill: i64, time: i64): bool {
  const isSentinel = (price | quantity) == 0;
  const isOutside = time < startUs || time >= endUs;
  if (!resolving) {
    others.add(<u64>id);
    if (isSentinel) account.countSentinel();
    else account.countOutside(time, startUs);
    return false;
  }
  if (isSentinel || isOutside) return false;
  const isCounted = account.isPrevious(id, firstFill, lastFill); // by the first pass, see setAside
  account.notePrevious(id, firstFill, lastFill);
  if (isCounted || id < batchFrom || id >= batchTo || !again.has(<u64>id)) return false;
  const known = addTriple(id, firstFill, lastFill);
  if (known < 0) tooManyRepeats = true;
  if (known == 1) {
    account.countDuplicate();
    return false;
  }
  // The first row of an id in the file was taken in the first pass; any other new triple is a tick of its own.
  if (!seen.add(<u64>id)) return false;
  account.countConflict();
  return true;
}

/** Prepares the next resolving pass; false when none is needed. */
export function beginResolve(): bool {
  if (again.size == 0) return false;
  if (againKeys == 0) {
    againKeys = again.sortedKeys();
    againAt = 0;
    seen = IdSet.create();
    resolving = true;
  }
  if (againAt >= again.entries) return false;
  let ids: u32 = 0;
  batchFrom = <i64>load<u64>(againKeys + (<usize>againAt << 3)) * PAGE_IDS;
  while (againAt < again.entries && ids < BATCH_IDS) {
    const key = load<u64>(againKeys + (<usize>againAt << 3));
    ids += again.pageCount(key);
    batchTo = <i64>(key + 1) * PAGE_IDS;
    againAt++;
  }
  clearTriples();
  return true;
}

export let missingIds: i64 = 0;
export let missingRanges: i64 = 0;

/** Walks the ids between the first and the last tick; writes the first `limit` missing ranges, inclusive, as i64 pairs. */
export function findMissing(out: usize, limit: i64): void {
  missingIds = 0;
  missingRanges = 0;
  summarizeMinutes();
  if (accepted == 0) return;
  if (others.size > 0) addOthers();
  const keys = taken.sortedKeys();
  let next = minId;
  for (let k: u32 = 0; k < taken.entries; k++) {
    const key = load<u64>(keys + (<usize>k << 3));
    const base = <i64>(key * PAGE_IDS);
    if (taken.pageCount(key) == PAGE_IDS) {
      next = missingUpTo(next, base, out, limit);
      next = max(next, base + <i64>PAGE_IDS);
      continue;
    }
    for (let w: usize = 0; w < PAGE_IDS / 64; w++) {
      let bits = taken.word(key, w);
      while (bits != 0) {
        const id = base + <i64>(w << 6) + <i64>ctz(bits);
        bits &= bits - 1;
        if (id < next) continue;
        if (id > maxId) return;
        next = missingUpTo(next, id, out, limit);
        next = id + 1;
      }
    }
  }
}

/** Notes `next … id - 1` as missing, when that is not empty. */
function missingUpTo(next: i64, id: i64, out: usize, limit: i64): i64 {
  const end = min(id, maxId + 1);
  if (next >= end) return next;
  if (missingRanges < limit) {
    store<i64>(out + (<usize>missingRanges << 4), next);
    store<i64>(out + (<usize>missingRanges << 4), end - 1, 8);
  }
  missingRanges++;
  missingIds += end - next;
  return end;
}

function addOthers(): void {
  const keys = others.sortedKeys();
  for (let k: u32 = 0; k < others.entries; k++) {
    const key = load<u64>(keys + (<usize>k << 3));
    for (let w: usize = 0; w < PAGE_IDS / 64; w++) {
      let bits = others.word(key, w);
      while (bits != 0) {
        taken.add(key * PAGE_IDS + (w << 6) + ctz(bits));
        bits &= bits - 1;
      }
    }
  }
}
