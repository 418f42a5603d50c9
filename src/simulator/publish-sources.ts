import { objectKey, type ObjectName } from '../market/index.js';
import { dayPeriod, HOUR_MS, MINUTE_MS, type EpochMs, type Period } from '../time/index.js';
import { WHOLE_OBJECT, type Changed, type Edited, type ObjectPlace } from './defect-kind.js';
import type { Planted } from './defect-book.js';
import { FUNDING_HEADER, fundingLines, fundingRows } from './funding.js';
import { KlineAccumulator, longerKlines, type Kline } from './kline-accumulator.js';
import { KLINE_HEADER, klineLayout, klineLines } from './kline-csv.js';
import { METRICS_HEADER, metricsLines, metricsRows } from './metrics.js';
import type { SymbolDesk } from './symbol-desk.js';

const KLINE_INTERVALS = [
  { interval: '1m', lengthMs: MINUTE_MS },
  { interval: '1h', lengthMs: HOUR_MS },
] as const;

/** Publishes what is not ticks, each object at once and edited by the defects that touch it. */
export class SourcePublisher {
  constructor(private readonly at: SymbolDesk) {}

  async klines(period: Period, minutes: readonly Kline[]): Promise<void> {
    if (!this.at.wants('klines') || minutes.length === 0) return;
    await Promise.all(
      KLINE_INTERVALS.map(({ interval, lengthMs }) => this.#klinesOf(period, minutes, interval, lengthMs)),
    );
  }

  async #klinesOf(
    period: Period,
    minutes: readonly Kline[],
    interval: string,
    lengthMs: EpochMs,
  ): Promise<void> {
    const { instrument } = this.at.market;
    const object = this.at.name('klines', period, interval);
    const klines = this.#edited(
      object,
      lengthMs === MINUTE_MS ? minutes : longerKlines(minutes, lengthMs),
      (planted, rows, place) => planted.kind.editKlines?.(rows, place),
    );
    let layout = klineLayout(instrument, period, this.at.simulation);
    for (const planted of this.at.book.touching(object)) {
      if (!planted.kind.klineLayout) continue;
      layout = planted.kind.klineLayout(layout);
      this.at.book.record(planted, objectKey(object), WHOLE_OBJECT);
    }
    const header = layout.header ? KLINE_HEADER : undefined;
    await this.at.desk.publish(object, header, klineLines(instrument, layout, klines));
  }

  /** `minutes` are the klines of the day. After a delisting, when they only repeat the last close, there is nothing. */
  async metrics(day: Period, minutes: readonly Kline[]): Promise<void> {
    const { market } = this.at;
    if (!this.at.wants('metrics') || !market.plan(day)) return;
    const { instrument, life, name } = market;
    const object = this.at.name('metrics', day);
    const traded = minutes.filter((kline) => kline.openMs < life.delistedMs);
    const nextDay = dayPeriod(day.endMs);
    const rows = this.#edited(object, metricsRows(name, instrument, day, traded), (planted, edited, place) =>
      planted.kind.editMetrics?.(edited, {
        ...place,
        nextDay: () => metricsRows(name, instrument, nextDay, this.#minutesOf(nextDay)),
      }),
    );
    await this.at.desk.publish(object, METRICS_HEADER, metricsLines(instrument.symbol, rows));
  }

  async funding(month: Period): Promise<void> {
    if (!this.at.wants('fundingRate')) return;
    const { life, name } = this.at.market;
    const object = this.at.name('fundingRate', month);
    const rows = this.#edited(object, fundingRows(name, life, month), (planted, edited, place) =>
      planted.kind.editFunding?.(edited, { ...place, life }),
    );
    if (rows.length > 0) await this.at.desk.publish(object, FUNDING_HEADER, fundingLines(rows));
  }

  #minutesOf(day: Period): Kline[] {
    const { market } = this.at;
    const accumulator = new KlineAccumulator(market.instrument, day);
    for (const batch of market.ticksOf([day])) accumulator.add(batch);
    return accumulator.minutes(market.anchors.lastCloseBefore(day.startMs));
  }

  #edited<T>(
    object: ObjectName,
    rows: readonly T[],
    edit: (planted: Planted, rows: readonly T[], place: ObjectPlace) => Edited<T> | undefined,
  ): readonly T[] {
    let soFar = rows;
    for (const planted of this.at.book.touching(object)) {
      const edited = edit(planted, soFar, { object, random: this.at.book.random(planted) });
      if (!edited) continue;
      soFar = edited.rows;
      this.#record(planted, object, edited.changed);
    }
    return soFar;
  }

  #record(planted: Planted, object: ObjectName, changed: Changed): void {
    if (Object.values(changed).some((count) => count > 0))
      this.at.book.record(planted, objectKey(object), changed);
  }
}
