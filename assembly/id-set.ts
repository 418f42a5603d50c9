// Sets of ids as a bitmap in pages of 65,536 ids. A page whose ids are all present is given back and kept as
// one mark, so a tape in order lives in a page or two however long it is, and a shuffled one needs an eighth
// of a byte an id. Ids strewn over more than MAX_PAGES half-empty pages are no tape: `overflowed` is set.

import { allocate } from './heap';

export const PAGE_IDS: u32 = 65536;
const PAGE_BYTES: usize = 8192;
const PAGE_SHIFT: u64 = 16;
/** 64 MiB of bitmap pages over all sets of an instance. */
const MAX_PAGES: i32 = 8192;
const MAX_ENTRIES: u32 = 1 << 20;

/** In place of a page: all ids present. */
const FULL: u32 = 1;
const EMPTY_KEY: u64 = u64.MAX_VALUE;
/** An entry of the directory: page number, address of the page or FULL, ids in it. */
const ENTRY_BYTES: usize = 16;

export let overflowed: bool = false;
let livePages: i32 = 0;
let freePage: usize = 0;

export function resetIdSets(): void {
  overflowed = false;
  livePages = 0;
  freePage = 0;
}

@unmanaged
export class IdSet {
  directory: usize = 0;
  capacity: u32 = 0;
  entries: u32 = 0;
  /** Ids in the set. */
  size: u64 = 0;
  cachedKey: u64 = EMPTY_KEY;
  cachedEntry: usize = 0;

  static create(): IdSet {
    const set = changetype<IdSet>(allocate(offsetof<IdSet>()));
    set.cachedKey = EMPTY_KEY;
    set.capacity = 1024;
    set.directory = emptyDirectory(set.capacity);
    return set;
  }

  /** Adds `id`; true when it was there already. */
  add(id: u64): bool {
    const key = id >> PAGE_SHIFT;
    if (key != this.cachedKey) {
      this.cachedEntry = this.entryToWrite(key);
      this.cachedKey = key;
      if (this.cachedEntry == 0) {
        this.cachedKey = EMPTY_KEY;
        return false;
      }
    }
    const entry = this.cachedEntry;
    const page = load<u32>(entry, 8);
    if (page == FULL) return true;
    const word = <usize>page + (((<usize>(id & (PAGE_IDS - 1))) >> 6) << 3);
    const bit: u64 = (<u64>1) << (id & 63);
    const before = load<u64>(word);
    if ((before & bit) != 0) return true;
    store<u64>(word, before | bit);
    this.size++;
    const count = load<u32>(entry, 12) + 1;
    store<u32>(entry, count, 12);
    if (count == PAGE_IDS) {
      store<u32>(entry, FULL, 8);
      store<usize>(<usize>page, freePage);
      freePage = <usize>page;
      livePages--;
    }
    return false;
  }

  has(id: u64): bool {
    const entry = this.find(id >> PAGE_SHIFT);
    if (load<u64>(entry) == EMPTY_KEY) return false;
    const page = load<u32>(entry, 8);
    if (page == FULL) return true;
    const word = <usize>page + (((<usize>(id & (PAGE_IDS - 1))) >> 6) << 3);
    return ((load<u64>(word) >> (id & 63)) & 1) != 0;
  }

  /** Address of the sorted page numbers (u64 each, `entries` of them), in memory of its own. */
  sortedKeys(): usize {
    const keys = allocate((<usize>this.entries) << 3);
    let n: usize = 0;
    for (let i: u32 = 0; i < this.capacity; i++) {
      const key = load<u64>(this.directory + <usize>i * ENTRY_BYTES);
      if (key != EMPTY_KEY) store<u64>(keys + (n++ << 3), key);
    }
    heapSort(keys, <i32>this.entries);
    return keys;
  }

  /** 64 ids of page `key`: bit i of word w is id `key × 65536 + 64 w + i`. */
  word(key: u64, w: usize): u64 {
    const entry = this.find(key);
    if (load<u64>(entry) == EMPTY_KEY) return 0;
    const page = load<u32>(entry, 8);
    return page == FULL ? u64.MAX_VALUE : load<u64>(<usize>page + (w << 3));
  }

  /** Number of ids in page `key`. */
  pageCount(key: u64): u32 {
    const entry = this.find(key);
    return load<u64>(entry) == EMPTY_KEY ? 0 : load<u32>(entry, 12);
  }

  /** The entry of `key`, or the free one where it would go. The directory is never more than half full. */
  private find(key: u64): usize {
    const mask = this.capacity - 1;
    let i = (<u32>((key * 0x9e3779b97f4a7c15) >> 32)) & mask;
    while (true) {
      const entry = this.directory + <usize>i * ENTRY_BYTES;
      const at = load<u64>(entry);
      if (at == key || at == EMPTY_KEY) return entry;
      i = (i + 1) & mask;
    }
  }

  /** The entry of `key`, made when it is new; 0 when the set may not grow any more. */
  private entryToWrite(key: u64): usize {
    let entry = this.find(key);
    if (load<u64>(entry) == key) return entry;
    if (livePages >= MAX_PAGES || this.entries >= MAX_ENTRIES) {
      overflowed = true;
      return 0;
    }
    if (this.entries * 2 >= this.capacity) {
      this.grow();
      entry = this.find(key);
    }
    let page = freePage;
    if (page != 0) {
      freePage = load<usize>(page);
      memory.fill(page, 0, PAGE_BYTES);
    } else {
      page = allocate(PAGE_BYTES);
    }
    livePages++;
    this.entries++;
    store<u64>(entry, key);
    store<u32>(entry, <u32>page, 8);
    store<u32>(entry, 0, 12);
    return entry;
  }

  private grow(): void {
    const old = this.directory;
    const oldCapacity = this.capacity;
    this.capacity = oldCapacity * 2;
    this.directory = emptyDirectory(this.capacity);
    for (let i: u32 = 0; i < oldCapacity; i++) {
      const from = old + <usize>i * ENTRY_BYTES;
      if (load<u64>(from) != EMPTY_KEY) memory.copy(this.find(load<u64>(from)), from, ENTRY_BYTES);
    }
    this.cachedKey = EMPTY_KEY;
  }
}

function emptyDirectory(capacity: u32): usize {
  const bytes = <usize>capacity * ENTRY_BYTES;
  const directory = allocate(bytes);
  memory.fill(directory, 0xff, bytes);
  return directory;
}

function heapSort(keys: usize, n: i32): void {
  for (let i = n / 2 - 1; i >= 0; i--) sift(keys, i, n);
  for (let end = n - 1; end > 0; end--) {
    const last = load<u64>(keys + ((<usize>end) << 3));
    store<u64>(keys + ((<usize>end) << 3), load<u64>(keys));
    store<u64>(keys, last);
    sift(keys, 0, end);
  }
}

function sift(keys: usize, root: i32, n: i32): void {
  const value = load<u64>(keys + ((<usize>root) << 3));
  while (true) {
    let child = 2 * root + 1;
    if (child >= n) break;
    if (child + 1 < n && load<u64>(keys + ((<usize>child) << 3), 8) > load<u64>(keys + ((<usize>child) << 3)))
      child++;
    const larger = load<u64>(keys + ((<usize>child) << 3));
    if (larger <= value) break;
    store<u64>(keys + ((<usize>root) << 3), larger);
    root = child;
  }
  store<u64>(keys + ((<usize>root) << 3), value);
}
