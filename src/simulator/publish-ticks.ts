import type { ObjectName } from '../market/index.js';
import { dayPeriod, type Period } from '../time/index.js';
import type { DayPlan } from './calendar.js';
import { RowFormatter } from './csv-formatter.js';
import { archiveLayout, type CsvLayout } from './csv-layout.js';
import type { Planted } from './defect-book.js';
import { WHOLE_OBJECT, type EditPlace } from './defect-kind.js';
import type { ObjectWriter } from './object-writer.js';
import type { SymbolDesk } from './symbol-desk.js';
import { TextFanout } from './text-fanout.js';
import { batchesOf, interleave, rowsOf, type TickBatch, type TickRow } from './tick-batch.js';

/** An aggTrades object that is being written. */
interface OpenTicks {
  readonly writer: ObjectWriter;
  readonly layout: CsvLayout;
  readonly touching: readonly Planted[];
  readonly days: readonly Period[];
}

/**
 * Publishes the aggTrades of one symbol and month. Each day is generated once, and goes to whoever wants to see the
 * true ticks, to the daily and to the monthly object.
 */
export class TickPublisher {
  #monthly: OpenTicks | undefined;

  constructor(private readonly at: SymbolDesk) {}

  async openMonth(month: Period, days: readonly Period[]): Promise<void> {
    this.#monthly = await this.#open(month, days);
  }

  /** `see` is shown the ticks as the exchange's own klines count them. */
  async publishDay(plan: DayPlan, see: (batch: TickBatch) => void): Promise<void> {
    const daily = this.at.simulation.daily ? await this.#open(plan.day, [plan.day]) : undefined;
    const sinks = [this.#monthly, daily]
      .filter((sink) => sink !== undefined)
      .filter(({ touching }) => !touching.some(({ kind }) => kind.compose));
    const before = this.at.book.beforePublication(this.at.market.instrument.symbol, plan.day);
    const plain = before.length === 0 && sinks.every((sink) => editsOf(sink, plan).length === 0);
    await (plain ? this.#stream(plan, sinks, see) : this.#edit(plan, sinks, before, see));
    if (daily) await this.at.desk.finish(daily.writer);
  }

  async closeMonth(): Promise<void> {
    if (this.#monthly) await this.at.desk.finish(this.#monthly.writer);
  }

  /** Undefined when the symbol does not trade in the period, or the object is not wanted or is absent. */
  async #open(period: Period, days: readonly Period[]): Promise<OpenTicks | undefined> {
    const { market, book, desk, simulation } = this.at;
    const expectedRows = market.rowsOn(days);
    if (expectedRows === 0 || !this.at.wants('aggTrades')) return undefined;
    const name = this.at.name('aggTrades', period);
    const touching = book.touching(name);
    let layout = archiveLayout(name.market, period, simulation);
    const changing: Planted[] = [];
    for (const planted of touching) {
      const changed = planted.kind.layout?.(layout) ?? layout;
      // A header where there is one anyway, for instance, changes nothing.
      if (JSON.stringify(changed) !== JSON.stringify(layout)) changing.push(planted);
      layout = changed;
    }
    const writer = await desk.open(name, { ...layout, expectedRows });
    if (!writer) return undefined;
    for (const planted of changing) book.record(planted, writer.key, WHOLE_OBJECT);
    const open: OpenTicks = { writer, layout, touching, days };
    await this.#compose(open);
    return open;
  }

  /** Fills an object whose rows are not simply those of its days. */
  async #compose(sink: OpenTicks): Promise<void> {
    const { market, book } = this.at;
    const planted = sink.touching.find(({ kind }) => kind.compose);
    const streams = planted?.kind.compose?.(sink.days, sink.writer.name.period);
    if (!planted || !streams) return;
    const [first = [], second = []] = streams;
    await this.#write(interleave(market.ticksOf(first), market.ticksOf(second)), [sink]);
    const [rowsA, rowsB] = [market.rowsOn(first), market.rowsOn(second)];
    // All rows of the first stream but its first come after one of the second.
    const changed =
      second.length > 0 ? { rowsA, rowsB, outOfOrder: rowsB > 0 ? rowsA - 1 : 0 } : { outside: rowsA };
    book.record(planted, sink.writer.key, changed);
  }

  async #stream(plan: DayPlan, sinks: readonly OpenTicks[], see: (batch: TickBatch) => void): Promise<void> {
    const fanout = new TextFanout(sinks, this.at.market.instrument);
    for (const batch of this.at.market.ticks(plan)) {
      see(batch);
      await fanout.write(batch);
    }
    await fanout.flush();
  }

  /** As `#stream`, for a day that a defect edits: it is held in memory as a whole. */
  async #edit(
    plan: DayPlan,
    sinks: readonly OpenTicks[],
    before: readonly Planted[],
    see: (batch: TickBatch) => void,
  ): Promise<void> {
    const { market, book, simulation } = this.at;
    const name = this.at.name('aggTrades', plan.day);
    const layout = archiveLayout(name.market, plan.day, simulation);
    let truth: readonly TickRow[] = rowsOf(market.ticks(plan));
    const place = (planted: Planted): EditPlace => this.#place(planted, plan, name, truth.length, layout);
    for (const planted of before) truth = planted.kind.editTruth?.(truth, place(planted)) ?? truth;
    let feed = truth;
    for (const planted of before) feed = planted.kind.editKlineFeed?.(feed, place(planted)) ?? feed;
    for (const batch of batchesOf(feed)) see(batch);

    for (const sink of sinks) {
      let rows = truth;
      for (const planted of editsOf(sink, plan)) {
        const at = this.#place(planted, plan, sink.writer.name, market.rowsOn(sink.days), sink.layout);
        const edited = planted.kind.editRows?.(rows, at);
        if (!edited) continue;
        rows = edited.rows;
        const counts = Object.values(edited.changed);
        if (counts.some((count) => count > 0)) book.record(planted, sink.writer.key, edited.changed);
      }
      await this.#write(batchesOf(rows), [sink]);
    }
  }

  async #write(batches: Iterable<TickBatch>, sinks: readonly OpenTicks[]): Promise<void> {
    const fanout = new TextFanout(sinks, this.at.market.instrument);
    for (const batch of batches) await fanout.write(batch);
    await fanout.flush();
  }

  #place(
    planted: Planted,
    plan: DayPlan,
    object: ObjectName,
    objectRows: number,
    layout: CsvLayout,
  ): EditPlace {
    const { market, book } = this.at;
    const formatter = new RowFormatter(layout, market.instrument);
    return {
      object,
      day: plan.day,
      random: book.random(planted),
      objectRows,
      nextDayRows: (count) => market.firstRows(dayPeriod(plan.day.endMs), count),
      line: (row) => formatter.line(row),
    };
  }
}

/** Defects that edit the rows of that day in that object. */
function editsOf(sink: OpenTicks, plan: DayPlan): Planted[] {
  return sink.touching.filter(({ kind, day }) => kind.editRows !== undefined && day.key === plan.day.key);
}
