// A bounded hash set of (agg_trade_id, first_trade_id, last_trade_id). Only the rows of repeated ids ever go
// into it, batch by batch (see ticks.ts).

import { allocate } from './heap';

const ENTRY_BYTES: usize = 24;
const FIRST_CAPACITY: u32 = 1 << 12;
const LAST_CAPACITY: u32 = 1 << 21;
/** No id is negative, so this marks a free entry. */
const FREE: i64 = -1;

let table: usize = 0;
let capacity: u32 = 0;
let size: u32 = 0;

export function forgetTriples(): void {
  table = 0;
  capacity = 0;
  size = 0;
}

export function clearTriples(): void {
  if (capacity == 0) {
    capacity = FIRST_CAPACITY;
    table = allocate(<usize>capacity * ENTRY_BYTES);
  }
  memory.fill(table, 0xff, <usize>capacity * ENTRY_BYTES);
  size = 0;
}

/** 1 when the triple was there, 0 when it is now, -1 when the set is full. */
export function addTriple(id: i64, first: i64, last: i64): i32 {
  const entry = find(table, capacity, id, first, last);
  if (load<i64>(entry) != FREE) return 1;
  if (size >= (LAST_CAPACITY / 4) * 3) return -1;
  store<i64>(entry, id);
  store<i64>(entry, first, 8);
  store<i64>(entry, last, 16);
  size++;
  if (size > (capacity / 4) * 3 && capacity < LAST_CAPACITY) grow();
  return 0;
}

function grow(): void {
  const wider = capacity * 2;
  const to = allocate(<usize>wider * ENTRY_BYTES);
  memory.fill(to, 0xff, <usize>wider * ENTRY_BYTES);
  for (let i: u32 = 0; i < capacity; i++) {
    const from = table + <usize>i * ENTRY_BYTES;
    if (load<i64>(from) == FREE) continue;
    const entry = find(to, wider, load<i64>(from), load<i64>(from, 8), load<i64>(from, 16));
    memory.copy(entry, from, ENTRY_BYTES);
  }
  table = to;
  capacity = wider;
}

function find(at: usize, slots: u32, id: i64, first: i64, last: i64): usize {
  const mask = slots - 1;
  let i = hash(id, first, last) & mask;
  while (true) {
    const entry = at + <usize>i * ENTRY_BYTES;
    const key = load<i64>(entry);
    if (key == FREE) return entry;
    if (key == id && load<i64>(entry, 8) == first && load<i64>(entry, 16) == last) return entry;
    i = (i + 1) & mask;
  }
}

function hash(id: i64, first: i64, last: i64): u32 {
  let h = <u64>id * 0x9e3779b97f4a7c15;
  h = (h ^ (h >> 29) ^ (<u64>first)) * 0xbf58476d1ce4e5b9;
  h = (h ^ (h >> 32) ^ (<u64>last)) * 0x94d049bb133111eb;
  return <u32>(h ^ (h >> 31));
}
