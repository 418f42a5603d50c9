import { type LiquidationEvents, allocateEvents, sortEvents } from '../../factors/index.js';
import { readImportedDays } from '../../imports/index.js';
import { contractSizeUsd } from '../../market/index.js';
import { readSourceRows } from '../../sources/index.js';
import { DAY_MS, type EpochMs } from '../../time/index.js';
import type { EventStore } from './event-store.js';
import type { Choice, Origin } from './origins.js';

export interface ReadEvents {
  /** Sorted by time. */
  readonly events: LiquidationEvents;
  /** Rows with `ts >= countFromMs`: those taken of each origin, and those of origins that do not count on their day. */
  readonly taken: Readonly<Partial<Record<Origin, number>>>;
  readonly setAside: number;
}

interface Span {
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
}

/**
 * The events of `[startMs, endMs)`, whole days, each from the origin that counts on its day. One day of an import and one
 * month of a snapshot are in memory beside the events themselves (33 bytes each).
 * @throws `E_LAYER`, `E_IO`
 */
export async function readEvents(
  store: EventStore,
  choice: Choice,
  span: Span,
  countFromMs: EpochMs,
): Promise<ReadEvents> {
  const sink = new EventSink(choice, countFromMs, capacityOf(store, span));
  await readImports(store, span, sink);
  await readSnapshots(store, span, sink);
  return sink.finish();
}

/** No fewer than there are rows. */
function capacityOf({ imported, snapshots }: EventStore, span: Span): number {
  let rows = 0;
  for (const month of imported) {
    if (month.month.startMs < span.endMs && month.month.endMs > span.startMs) rows += month.rows;
  }
  for (const { facts } of inSpan(snapshots, span)) {
    for (const { account } of facts.sources) rows += account.accepted;
  }
  return rows;
}

function inSpan<Month extends { readonly key: string }>(months: readonly Month[], span: Span): Month[] {
  // Keys sort like the months they name, `2025-10`.
  const [first, last] = [keyOf(span.startMs), keyOf(span.endMs - 1)];
  return months.filter(({ key }) => key >= first && key <= last);
}

const keyOf = (t: EpochMs): string => new Date(t).toISOString().slice(0, 7);

/** Takes rows in, of which it keeps those that count. */
class EventSink {
  readonly #events: LiquidationEvents;
  readonly #taken: Partial<Record<Origin, number>> = {};
  #length = 0;
  #setAside = 0;

  constructor(
    private readonly choice: Choice,
    private readonly countFromMs: EpochMs,
    capacity: number,
  ) {
    this.#events = allocateEvents(capacity);
  }

  /** @param tsUs within the span */
  add(origin: Origin, tsUs: number, side: number, price: number, qty: number, value: number): void {
    const ms = tsUs / 1000;
    const day = Math.floor(ms / DAY_MS) * DAY_MS;
    const isCounted = ms >= this.countFromMs;
    if ((this.choice.originOfDay.get(day) ?? this.choice.otherwise) !== origin) {
      if (isCounted) this.#setAside++;
      return;
    }
    if (isCounted) this.#taken[origin] = (this.#taken[origin] ?? 0) + 1;
    const at = this.#length++;
    this.#events.ts[at] = tsUs;
    this.#events.side[at] = side;
    this.#events.price[at] = price;
    this.#events.qty[at] = qty;
    this.#events.value[at] = value;
  }

  finish(): ReadEvents {
    const { ts, side, price, qty, value } = this.#events;
    const length = this.#length;
    const filled: LiquidationEvents = {
      length,
      ts: ts.subarray(0, length),
      side: side.subarray(0, length),
      price: price.subarray(0, length),
      qty: qty.subarray(0, length),
      value: value.subarray(0, length),
    };
    return { events: sortEvents(filled), taken: this.#taken, setAside: this.#setAside };
  }
}

async function readImports(store: EventStore, span: Span, sink: EventSink): Promise<void> {
  const { dataDir, symbol, imported } = store;
  const captures = new Set(imported.flatMap((month) => [...month.captures]));
  const range = { ...span, start: '', end: '' };
  for await (const { rows } of readImportedDays('liquidations', dataDir, symbol, range)) {
    const [ts, , side, price, qty, value, source] = rows.columns;
    for (let row = 0; row < rows.length; row++) {
      const origin = captures.has(source![row]!) ? 'forceorder' : 'tardis';
      sink.add(origin, ts![row]!, side![row]!, price![row]!, qty![row]!, value![row]!);
    }
  }
}

/**
 * Price and quantity are those that changed hands, as of captured messages: the average price and what was filled. An
 * order of which nothing was filled is no liquidation.
 */
async function readSnapshots(
  { snapshots, symbol, market }: EventStore,
  span: Span,
  sink: EventSink,
): Promise<void> {
  const contractUsd = market === 'cm' ? contractSizeUsd(symbol) : null;
  for await (const { table } of readSourceRows(inSpan(snapshots, span))) {
    const column = (name: string): Float64Array => table.columns[name]!;
    const time = column('time');
    const side = column('side');
    const price = column('average_price');
    const filled = column('accumulated_fill_quantity');
    for (let row = 0; row < table.length; row++) {
      const [p, q] = [price[row]!, filled[row]!];
      if (time[row]! < span.startMs || time[row]! >= span.endMs || p === 0 || q === 0) continue;
      const value = contractUsd === null ? p * q : q * contractUsd;
      const qty = contractUsd === null ? q : value / p;
      sink.add('liquidationSnapshot', time[row]! * 1000, side[row] === -1 ? 0 : 1, p, qty, value);
    }
  }
}
