import { groupParts, periodOf } from './keys.js';

/** Ticks become minutes and bars; of everything else a row is a row. */
export function isOfTicks(group: string): boolean {
  const { stream } = groupParts(group);
  return stream === 'aggTrades' || stream === '';
}

/** Names groups as shortly as they can be told apart: `BTCUSDT`, or `spot BTCUSDT` where there are several markets. */
export class Names {
  readonly #isOne: boolean;

  constructor(groups: Iterable<string>) {
    const kinds = new Set<string>();
    for (const group of groups) {
      const { market, stream } = groupParts(group);
      kinds.add(`${market}/${stream}`);
    }
    this.#isOne = kinds.size <= 1;
  }

  group(group: string): string {
    const { market, stream, symbol } = groupParts(group);
    if (this.#isOne) return symbol;
    return [market, ...(stream === 'aggTrades' ? [] : [stream]), symbol]
      .filter((part) => part !== '')
      .join(' ');
  }

  /** `BTCUSDT 2024-01`; what is made of all months of a symbol is called by what it is. */
  task(group: string, period: string | null): string {
    if (period === null) return this.group(group);
    if (period !== 'bars') return `${this.group(group)} ${period}`;
    return `${this.group(group)} ${isOfTicks(group) ? '1h factors' : 'table'}`;
  }

  key(key: string): string {
    return this.task(key.slice(0, key.lastIndexOf('/')), periodOf(key));
  }
}
