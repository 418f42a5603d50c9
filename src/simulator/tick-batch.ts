/**
 * Ticks as columns. A generator yields the same batch again and again; who needs rows for longer copies them
 * (`rowsOf`).
 *
 * Units: `priceTicks` and `quantitySteps` are integers of the instrument's decimals, `timeUs` is µs since the
 * epoch (whole milliseconds where the market has no finer clock). All values are exact integers below 2^53.
 */
export interface TickBatch {
  length: number;
  readonly aggId: Float64Array;
  readonly priceTicks: Float64Array;
  readonly quantitySteps: Float64Array;
  readonly firstFillId: Float64Array;
  readonly lastFillId: Float64Array;
  readonly timeUs: Float64Array;
  /** 1 when the buyer was the maker: a taker sell. */
  readonly buyerMaker: Uint8Array;
  /** Lines to be written verbatim instead of the row of that index; only defects have them. */
  readonly verbatim: Map<number, string>;
}

/** Rows of a batch unless a caller asks for fewer. */
export const BATCH_ROWS = 4096;

export function allocateBatch(capacity = BATCH_ROWS): TickBatch {
  return {
    length: 0,
    aggId: new Float64Array(capacity),
    priceTicks: new Float64Array(capacity),
    quantitySteps: new Float64Array(capacity),
    firstFillId: new Float64Array(capacity),
    lastFillId: new Float64Array(capacity),
    timeUs: new Float64Array(capacity),
    buyerMaker: new Uint8Array(capacity),
    verbatim: new Map(),
  };
}

/** One published line as an object: only used where a defect edits a day's rows. */
export interface TickRow {
  readonly aggId: number;
  readonly priceTicks: number;
  readonly quantitySteps: number;
  readonly firstFillId: number;
  readonly lastFillId: number;
  readonly timeUs: number;
  readonly buyerMaker: boolean;
  /** Replaces the whole line, without its line end. */
  readonly verbatim?: string;
}

export function rowAt(batch: TickBatch, index: number): TickRow {
  return {
    aggId: batch.aggId[index]!,
    priceTicks: batch.priceTicks[index]!,
    quantitySteps: batch.quantitySteps[index]!,
    firstFillId: batch.firstFillId[index]!,
    lastFillId: batch.lastFillId[index]!,
    timeUs: batch.timeUs[index]!,
    buyerMaker: batch.buyerMaker[index] === 1,
  };
}

/** All rows, in memory. */
export function rowsOf(batches: Iterable<TickBatch>): TickRow[] {
  const rows: TickRow[] = [];
  for (const batch of batches) for (let i = 0; i < batch.length; i++) rows.push(rowAt(batch, i));
  return rows;
}

export function appendRow(batch: TickBatch, row: TickRow): void {
  const i = batch.length++;
  batch.aggId[i] = row.aggId;
  batch.priceTicks[i] = row.priceTicks;
  batch.quantitySteps[i] = row.quantitySteps;
  batch.firstFillId[i] = row.firstFillId;
  batch.lastFillId[i] = row.lastFillId;
  batch.timeUs[i] = row.timeUs;
  batch.buyerMaker[i] = row.buyerMaker ? 1 : 0;
  if (row.verbatim !== undefined) batch.verbatim.set(i, row.verbatim);
}

export function* batchesOf(rows: Iterable<TickRow>): Generator<TickBatch> {
  const batch = allocateBatch();
  for (const row of rows) {
    appendRow(batch, row);
    if (batch.length === BATCH_ROWS) {
      yield batch;
      clearBatch(batch);
    }
  }
  if (batch.length > 0) yield batch;
}

export function clearBatch(batch: TickBatch): void {
  batch.length = 0;
  batch.verbatim.clear();
}

/** Takes a row of each in turn until one has no more, then the rest of the other. Lazy; holds two batches. */
export function* interleave(a: Iterable<TickBatch>, b: Iterable<TickBatch>): Generator<TickBatch> {
  const sources = [eachRow(a), eachRow(b)];
  const out = allocateBatch();
  for (let turn = 0; sources.length > 0; turn++) {
    const source = sources[turn % sources.length]!;
    const next = source.next();
    if (next.done === true) {
      sources.splice(sources.indexOf(source), 1);
      continue;
    }
    appendRow(out, next.value);
    if (out.length === BATCH_ROWS) {
      yield out;
      clearBatch(out);
    }
  }
  if (out.length > 0) yield out;
}

function* eachRow(batches: Iterable<TickBatch>): Generator<TickRow> {
  for (const batch of batches) for (let i = 0; i < batch.length; i++) yield rowAt(batch, i);
}
