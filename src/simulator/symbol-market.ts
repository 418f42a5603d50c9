import type { Period } from '../time/index.js';
import { Anchors } from './anchors.js';
import { Calendar, type DayPlan } from './calendar.js';
import { clockOf } from './csv-layout.js';
import { dayTicks } from './day-ticks.js';
import { instrumentOf, type Instrument } from './instrument.js';
import type { Life } from './life.js';
import type { Simulation } from './request.js';
import { rowAt, type TickBatch, type TickRow } from './tick-batch.js';

/** All that truly happens to one symbol, day by day and in any order; what is published of it is not known here. */
export class SymbolMarket {
  readonly instrument: Instrument;
  readonly anchors: Anchors;
  readonly #calendar: Calendar;

  constructor(
    simulation: Simulation,
    symbol: string,
    readonly life: Life,
  ) {
    this.instrument = instrumentOf(simulation.market, symbol);
    this.#calendar = new Calendar(this.instrument, simulation.seed, simulation.ticksPerMonth, life);
    this.anchors = new Anchors(this.name, this.instrument, life);
  }

  /** Names the random streams of this symbol. */
  get name(): string {
    return this.#calendar.name;
  }

  /** Undefined when the symbol does not trade on that day. */
  plan(day: Period): DayPlan | undefined {
    return this.#calendar.plan(day);
  }

  ticks(plan: DayPlan): Generator<TickBatch> {
    const clockUs = clockOf(this.instrument.market, plan.day);
    return dayTicks(this.instrument, this.#calendar, this.anchors, this.life, plan, clockUs);
  }

  /** The ticks of several days, one after the other. */
  *ticksOf(days: readonly Period[]): Generator<TickBatch> {
    for (const day of days) {
      const plan = this.plan(day);
      if (plan) yield* this.ticks(plan);
    }
  }

  rowsOn(days: readonly Period[]): number {
    return days.reduce((sum, day) => sum + (this.plan(day)?.rows ?? 0), 0);
  }

  firstRows(day: Period, count: number): TickRow[] {
    const rows: TickRow[] = [];
    for (const batch of this.ticksOf([day])) {
      for (let i = 0; i < batch.length; i++) {
        if (rows.length === count) return rows;
        rows.push(rowAt(batch, i));
      }
    }
    return rows;
  }
}
