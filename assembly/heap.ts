// Memory of one kernel instance: a bump allocator over the linear memory. Nothing is freed one by one;
// `resetHeap` forgets everything at once, so that one instance can mill object after object.

const PAGE_BYTES: usize = 65536;

let top: usize = 0;
/** End of what has ever been handed out since the instance was made: above it, memory is still zero. */
let highWater: usize = 0;

export function resetHeap(): void {
  top = (__heap_base + 63) & ~63;
}

/** `bytes` zeroed bytes, aligned to 64. Traps when the memory cannot grow. */
export function allocate(bytes: usize): usize {
  const at = top;
  const end = (at + bytes + 63) & ~63;
  const available = <usize>memory.size() * PAGE_BYTES;
  if (end > available) {
    const missing = (end - available + PAGE_BYTES - 1) / PAGE_BYTES;
    // Growing by an eighth at least keeps the number of growths (and of detached views in the host) small.
    const ahead = <usize>memory.size() / 8;
    if (memory.grow(<i32>max(missing, ahead)) < 0 && memory.grow(<i32>missing) < 0) unreachable();
  }
  // Only reused memory needs clearing; the rest comes zeroed from the engine and stays untouched until used.
  if (at < highWater) memory.fill(at, 0, min(end, highWater) - at);
  if (end > highWater) highWater = end;
  top = end;
  return at;
}
