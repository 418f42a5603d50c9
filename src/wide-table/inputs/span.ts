import type { AsOfSource } from '../../dataset/index.js';
import type { EpochMs } from '../../time/index.js';

/** `[startMs, endMs)` */
export interface Span {
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}

export interface ReadOptions {
  /** Leaves out what became known after this instant; default: nothing. */
  readonly cutMs?: EpochMs;
}

/** A table whose rows name, column by column, what a join may show. */
interface Rows {
  readonly length: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/**
 * Collects rows of a source part by part: those that became known in `(startMs, endMs]`, and by the cut.
 *
 * The cut does not believe `available_at` alone: a row is also never known before `earliest` says, by the meaning of its
 * other columns. A file whose stamps say otherwise is then seen by the leak check, because the join goes by the stamps.
 */
export class SourceRows<Name extends string> {
  readonly #available: number[] = [];
  readonly #values: number[][];

  constructor(
    private readonly names: readonly Name[],
    private readonly span: Span,
    private readonly cutMs: EpochMs = Infinity,
  ) {
    this.#values = names.map(() => []);
  }

  /**
   * @param columnOf which column of the table holds a name; the name itself, if absent
   * @param earliest the earliest time, ms, at which a row can have been known
   */
  add(
    table: Rows,
    available: Float64Array,
    earliest: (row: number) => EpochMs,
    columnOf: (name: Name) => string = (name) => name,
  ): void {
    const columns = this.names.map((name) => table.columns[columnOf(name)]!);
    for (let row = 0; row < table.length; row++) {
      const known = available[row]!;
      if (known <= this.span.startMs || known > this.span.endMs) continue;
      if (Math.max(known, earliest(row)) > this.cutMs) continue;
      this.#available.push(known);
      for (let i = 0; i < columns.length; i++) this.#values[i]!.push(columns[i]![row]!);
    }
  }

  finish(): AsOfSource<Name> {
    const columns = this.names.map((name, i) => [name, Float64Array.from(this.#values[i]!)]);
    return {
      availableAt: Float64Array.from(this.#available),
      columns: Object.fromEntries(columns) as Record<Name, Float64Array>,
    };
  }
}
