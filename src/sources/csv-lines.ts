/** A longer line is neither a header nor a row of these sources. */
export const LINE_LIMIT_BYTES = 4096;

/** `number` is 1-based and counts every line; `whole` is false for a line cut off at the limit. */
export type OnLine = (line: string, number: number, whole: boolean) => void;

/**
 * Cuts a stream of bytes into lines, wherever its chunks are cut. Line ends `\n` or `\r\n`, the last one may lack its
 * own; a byte order mark is taken off; blank lines are counted but not passed on. Holds one line at most.
 */
export class LineScanner {
  #number = 0;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #whole = true;

  constructor(private readonly onLine: OnLine) {}

  push(chunk: Uint8Array): void {
    let start = 0;
    for (;;) {
      const newline = chunk.indexOf(10, start);
      if (newline < 0) break;
      this.#hold(chunk.subarray(start, newline));
      this.#emit();
      start = newline + 1;
    }
    // A copy: the source may use its memory again.
    this.#hold(Uint8Array.from(chunk.subarray(start)));
  }

  end(): void {
    if (this.#heldBytes > 0 || !this.#whole) this.#emit();
  }

  #hold(part: Uint8Array): void {
    const room = LINE_LIMIT_BYTES - this.#heldBytes;
    if (part.length > room) this.#whole = false;
    const kept = part.length > room ? part.subarray(0, room) : part;
    if (kept.length === 0) return;
    this.#held.push(kept);
    this.#heldBytes += kept.length;
  }

  #emit(): void {
    const bytes = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held);
    const whole = this.#whole;
    this.#held = [];
    this.#heldBytes = 0;
    this.#whole = true;
    this.#number++;
    let line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    if (line.endsWith('\r')) line = line.slice(0, -1);
    if (this.#number === 1 && line.startsWith('\uFEFF')) line = line.slice(1);
    if (line !== '') this.onLine(line, this.#number, whole);
  }
}
