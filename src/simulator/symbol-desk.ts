import type { DataType, ObjectName } from '../market/index.js';
import type { Period } from '../time/index.js';
import type { DefectBook } from './defect-book.js';
import type { ObjectDesk } from './object-desk.js';
import type { Simulation, SimulatedSource } from './request.js';
import type { SymbolMarket } from './symbol-market.js';

/** What every publisher of one symbol's data needs to have at hand. */
export class SymbolDesk {
  constructor(
    readonly simulation: Simulation,
    readonly market: SymbolMarket,
    readonly book: DefectBook,
    readonly desk: ObjectDesk,
  ) {}

  name(dataType: DataType, period: Period, interval?: string): ObjectName {
    const { market, symbol } = this.market.instrument;
    return { market, dataType, symbol, period, ...(interval === undefined ? {} : { interval }) };
  }

  wants(source: SimulatedSource): boolean {
    return this.simulation.sources.includes(source);
  }
}
