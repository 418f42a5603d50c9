// Bytes in, rows out. Chunks may be cut anywhere: what follows the last newline waits at the front of the
// buffer for the next chunk.

import * as account from './account';
import { carefulRow } from './careful-row';
import { fastRow, separatorsInRow } from './fast-row';
import { allocate } from './heap';
import { findSeparators } from './scan';

/** The host hands over at most this much at a time: small enough that all of it stays in a core's cache. */
const CHUNK_BYTES: usize = 1 << 17;
/** A longer line is malformed; it is dropped up to its newline. */
const MAX_LINE_BYTES: usize = 4096;
/** Readers load whole words and blocks: they may look this far outside the buffer, on both sides. */
const SLACK_BYTES: usize = 64;
const NEWLINE: u8 = 10;

let buffer: usize = 0;
let separators: usize = 0;
let waiting: usize = 0;
let dropping: bool = false;

/** Once for an object, after the heap was reset. */
export function allocateInput(): void {
  buffer = allocate(SLACK_BYTES + MAX_LINE_BYTES + CHUNK_BYTES + SLACK_BYTES) + SLACK_BYTES;
  separators = allocate((MAX_LINE_BYTES + CHUNK_BYTES + 16) * 4);
}

/** Before every pass over the object. */
export function rewindInput(): void {
  waiting = 0;
  dropping = false;
}

/** Where the host puts the next chunk. */
export function chunkAt(): usize {
  return buffer + waiting;
}

/** Takes the `length` bytes that the host has put at `chunkAt()`. */
export function takeChunk(length: usize): void {
  takeLines(buffer + waiting + length);
}

/** The end of the file: the last line may lack its newline. */
export function endInput(): void {
  if (waiting == 0) return;
  store<u8>(buffer + waiting, NEWLINE);
  takeLines(buffer + waiting + 1);
}

/** Reads all whole lines in `[buffer, end)` and keeps the rest. */
function takeLines(end: usize): void {
  const listEnd = findSeparators(buffer, end, separators);
  const rowBytes = separatorsInRow() << 2;
  let list = separators;
  let p = buffer;
  let usual: i64 = 0;
  while (list < listEnd) {
    if (!dropping && list + rowBytes <= listEnd && fastRow(p, list)) {
      usual++;
      list += rowBytes;
      p = <usize>load<u32>(list - 4) + 1;
      continue;
    }
    while (list < listEnd && load<u8>(<usize>load<u32>(list)) != NEWLINE) list += 4;
    if (list == listEnd) break;
    const lineEnd = <usize>load<u32>(list);
    list += 4;
    account.countUsualRows(usual);
    usual = 0;
    if (dropping) {
      dropping = false; // the tail of an overlong line, which has been counted
    } else {
      account.countLine();
      if (lineEnd - p > MAX_LINE_BYTES) countOverlong(p, lineEnd);
      else carefulRow(p, lineEnd);
    }
    p = lineEnd + 1;
  }
  account.countUsualRows(usual);
  waiting = dropping ? 0 : end - p;
  if (waiting > MAX_LINE_BYTES) {
    account.countLine();
    countOverlong(p, end);
    dropping = true;
    waiting = 0;
  }
  memory.copy(buffer, p, waiting);
}

function countOverlong(p: usize, end: usize): void {
  account.countRow();
  account.countMalformed(p, end - p);
}
