import { csvFormatter, MAX_LINE_BYTES, type CsvFormatter } from './csv-formatter.js';
import { rowFormatKey, type CsvLayout } from './csv-layout.js';
import type { Instrument } from './instrument.js';
import type { ObjectWriter } from './object-writer.js';
import { BATCH_ROWS, type TickBatch } from './tick-batch.js';

/** Holds a full batch of the longest lines, and several of usual ones. */
const CHUNK_BYTES = 1 << 20;

const NOTHING = Buffer.alloc(0);

export interface TextSink {
  readonly writer: ObjectWriter;
  readonly layout: CsvLayout;
}

/**
 * Formats batches once per layout and hands the bytes to every object of that layout. While the thread pool
 * deflates one chunk, the next is formatted into the other buffer: at most two chunks per layout are in memory.
 */
export class TextFanout {
  readonly #groups: Group[];

  constructor(sinks: readonly TextSink[], instrument: Instrument) {
    const groups = new Map<string, Group>();
    for (const { writer, layout } of sinks) {
      const key = rowFormatKey(layout);
      const group = groups.get(key) ?? new Group(csvFormatter(layout, instrument));
      group.writers.push(writer);
      groups.set(key, group);
    }
    this.#groups = [...groups.values()];
  }

  async write(batch: TickBatch): Promise<void> {
    for (const group of this.#groups) {
      if (!group.hasRoomFor(batch)) await group.send();
      group.format(batch);
    }
  }

  /** Resolves when all that was written is with the objects. */
  async flush(): Promise<void> {
    for (const group of this.#groups) await group.drain();
  }
}

class Group {
  readonly writers: ObjectWriter[] = [];
  #filling: Buffer = NOTHING;
  #sending: Buffer = NOTHING;
  #bytes = 0;
  #rows = 0;
  #sent: Promise<unknown> = Promise.resolve();

  constructor(private readonly formatter: CsvFormatter) {}

  /** Also true for the first batch, which allocates what it needs. */
  hasRoomFor(batch: TickBatch): boolean {
    return this.#bytes === 0 || this.#bytes + batch.length * MAX_LINE_BYTES <= this.#filling.length;
  }

  format(batch: TickBatch): void {
    if (this.#bytes === 0 && this.#filling.length < batch.length * MAX_LINE_BYTES) {
      // A short batch is most likely the only one of a small day.
      this.#filling = Buffer.allocUnsafe(
        batch.length < BATCH_ROWS ? batch.length * MAX_LINE_BYTES : CHUNK_BYTES,
      );
    }
    this.#bytes = this.formatter.format(batch, this.#filling, this.#bytes);
    this.#rows += batch.length;
  }

  /** Sends what is there and takes the other buffer, once that is free. */
  async send(): Promise<void> {
    await this.#sent;
    const chunk = this.#filling.subarray(0, this.#bytes);
    const rows = this.#rows;
    this.#sent = Promise.all(this.writers.map((writer) => writer.write(chunk, rows)));
    // Awaited before the next chunk; a failure until then must not count as unhandled.
    this.#sent.catch(() => undefined);
    [this.#sending, this.#filling] = [this.#filling, this.#sending];
    this.#bytes = 0;
    this.#rows = 0;
  }

  async drain(): Promise<void> {
    if (this.#bytes > 0) await this.send();
    await this.#sent;
  }
}
