// The tick kernel: what the host may call, in this order.
//   begin  -> layout -> (chunkAt, takeChunk)* -> endInput
//   while (nextPass): (chunkAt, takeChunk)* -> endInput        only where agg_trade_ids repeat
//   finish -> columnsAt, rowCount, accountAt, missingAt
// All times are µs since the epoch.

import * as account from './account';
import { fileUnit, setLayout } from './careful-row';
import { writeColumns } from './columns';
import { setFastColumns } from './fast-row';
import { allocate, resetHeap } from './heap';
import { overflowed, resetIdSets } from './id-set';
import { allocateInput, rewindInput } from './input';
import { accepted, maxId, maxTime, minId, minTime, minuteCount } from './minutes';
import { beginResolve, findMissing, missingIds, missingRanges, resetTicks, tooManyRepeats } from './ticks';

export { chunkAt, endInput, takeChunk } from './input';

const MISSING_LISTED: i64 = 1000;
const ACCOUNT_WORDS: usize = 24;

let periodStartUs: i64 = 0;
let columns: usize = 0;
let accountBlock: usize = 0;
let missing: usize = 0;

/** Starts an object. `contract`: US dollars a contract, 0 for quantities in base units. `firstLine`: of the first row, from 1. */
export function begin(
  startUs: i64,
  endUs: i64,
  whale: f64,
  retail: f64,
  contract: i32,
  firstLine: i32,
): void {
  resetHeap();
  resetIdSets();
  allocateInput();
  rewindInput();
  periodStartUs = startUs;
  account.resetAccount(firstLine);
  resetTicks(startUs, endUs, whale, retail, contract);
}

/** See `setLayout` in careful-row.ts. */
export function layout(columnCount: i32, order: u32): void {
  setLayout(columnCount, order);
  setFastColumns(columnCount);
}

/** True when the host must hand over the whole object once more. */
export function nextPass(): bool {
  account.endPass();
  if (failure() != 0 || !beginResolve()) return false;
  rewindInput();
  return true;
}

/** 0, or why the account cannot be kept: 1 ids too scattered, 2 too many repeated ids. */
export function failure(): i32 {
  return overflowed ? 1 : tooManyRepeats ? 2 : 0;
}

export function finish(): void {
  missing = allocate((<usize>MISSING_LISTED) << 4);
  findMissing(missing, MISSING_LISTED);
  columns = writeColumns(periodStartUs);
  accountBlock = allocate(ACCOUNT_WORDS << 3);
  let at = accountBlock;
  at = word(at, account.rows);
  at = word(at, accepted);
  at = word(at, account.duplicate);
  at = word(at, account.sentinel);
  at = word(at, account.malformed);
  at = word(at, account.zeroQuantity);
  at = word(at, account.outOfOrder);
  at = word(at, account.conflictingIds);
  at = word(at, account.tradeIdGaps);
  at = word(at, minId);
  at = word(at, maxId);
  at = word(at, minTime);
  at = word(at, maxTime);
  at = word(at, missingIds);
  at = word(at, missingRanges);
  at = word(at, account.beforeRows);
  at = word(at, account.beforeFirst);
  at = word(at, account.beforeLast);
  at = word(at, account.afterRows);
  at = word(at, account.afterFirst);
  at = word(at, account.afterLast);
  at = word(at, account.malformedLine);
  at = word(at, <i64>fileUnit);
}

function word(at: usize, value: i64): usize {
  store<i64>(at, value);
  return at + 8;
}

export function rowCount(): u32 {
  return minuteCount;
}

export function columnsAt(): usize {
  return columns;
}

export function accountAt(): usize {
  return accountBlock;
}

export function missingAt(): usize {
  return missing;
}

export function malformedTextAt(): usize {
  return account.malformedTextAt();
}

export function malformedTextLength(): usize {
  return account.malformedTextLength();
}
