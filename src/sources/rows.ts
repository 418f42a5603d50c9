import { byContent, byKey, compareValues } from './compare.js';
import type { RowDraft } from './kind.js';
import { type SourceTable, type TableSchema, emptyTable, pickRows } from './table.js';

export interface CleanRows {
  readonly table: SourceTable;
  readonly duplicate: number;
  readonly contradiction: number;
  /** `RowDraft.repairs` of each row of the table. */
  readonly repairs: Uint8Array;
}

/** The rows of one object as they come, to be put in order when all are there. */
export class RowCollector {
  #length = 0;
  #values: Float64Array;
  #stamps = new Float64Array(512);
  #repairs = new Uint8Array(512);
  readonly #width: number;

  constructor(private readonly schema: TableSchema) {
    this.#width = schema.columns.length;
    this.#values = new Float64Array(512 * this.#width);
  }

  get length(): number {
    return this.#length;
  }

  add({ values, stamp, repairs }: RowDraft): void {
    if (this.#length === this.#stamps.length) this.#grow();
    this.#values.set(values, this.#length * this.#width);
    this.#stamps[this.#length] = stamp;
    this.#repairs[this.#length] = repairs;
    this.#length++;
  }

  #grow(): void {
    const rows = this.#length * 2;
    const values = new Float64Array(rows * this.#width);
    values.set(this.#values);
    const stamps = new Float64Array(rows);
    stamps.set(this.#stamps);
    const repairs = new Uint8Array(rows);
    repairs.set(this.#repairs);
    [this.#values, this.#stamps, this.#repairs] = [values, stamps, repairs];
  }

  /**
   * Ascending, each key once. Of several rows with one key the last counts: the one with the latest stamp, and of
   * equal stamps the last in the file. The others are duplicates when they say what it says, else contradictions.
   */
  settle(): CleanRows {
    const raw = this.#table();
    const stamps = this.#stamps;
    const key = byKey(raw);
    const content = byContent(raw);
    const order = Array.from({ length: this.#length }, (_, row) => row);
    order.sort((a, b) => key(a, b) || compareValues(stamps[a]!, stamps[b]!) || a - b);

    const kept: number[] = [];
    let duplicate = 0;
    let contradiction = 0;
    for (let i = 0; i < order.length;) {
      let next = i + 1;
      while (next < order.length && key(order[i]!, order[next]!) === 0) next++;
      const last = order[next - 1]!;
      kept.push(last);
      for (let other = i; other < next - 1; other++) {
        if (content(order[other]!, last) === 0) duplicate++;
        else contradiction++;
      }
      i = next;
    }
    return {
      table: pickRows([raw], kept),
      duplicate,
      contradiction,
      repairs: Uint8Array.from(kept, (row) => this.#repairs[row]!),
    };
  }

  #table(): SourceTable {
    const table = emptyTable(this.schema, this.#length);
    this.schema.columns.forEach(({ name }, column) => {
      const target = table.columns[name]!;
      for (let row = 0; row < this.#length; row++) target[row] = this.#values[row * this.#width + column]!;
    });
    return table;
  }
}
