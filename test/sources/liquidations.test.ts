import { describe, expect, it } from 'vitest';
import { LIQUIDATIONS, LIQUIDATION_HEADER, at, errorOf, parse, rowsOf } from './fixture.js';

const T = at('2024-10-01 00:41:09') + 82;

describe('liquidations', () => {
  it('say who was liquidated, with the numbers of the order', () => {
    const { table } = parse(
      LIQUIDATIONS,
      LIQUIDATION_HEADER,
      `${T},BUY,LIMIT,IOC,7,63661.4,63425.1,FILLED,6,7`,
      `${T + 5},SELL,LIMIT,IOC,3,62779.5,0,NEW,0,0`,
    );
    expect(rowsOf(table)).toEqual([
      {
        time: T,
        available_at: T,
        side: 1,
        original_quantity: 7,
        price: 63661.4,
        average_price: 63425.1,
        last_fill_quantity: 6,
        accumulated_fill_quantity: 7,
        is_filled: 1,
      },
      {
        time: T + 5,
        available_at: T + 5,
        side: -1,
        original_quantity: 3,
        price: 62779.5,
        average_price: 0,
        last_fill_quantity: 0,
        accumulated_fill_quantity: 0,
        is_filled: 0,
      },
    ]);
  });

  it('are there twice, and may share a millisecond', () => {
    const one = `${T},BUY,LIMIT,IOC,7,63661.4,63425.1,FILLED,6,7`;
    const other = `${T},BUY,LIMIT,IOC,9,63661.4,63425.1,FILLED,9,9`;
    const forth = parse(LIQUIDATIONS, one, one, other, other);
    expect(forth.account).toMatchObject({
      rows: 4,
      accepted: 2,
      duplicate: 2,
      contradiction: 0,
      gaps: null,
      header: false,
    });
    expect(rowsOf(parse(LIQUIDATIONS, other, one, other, one).table)).toEqual(rowsOf(forth.table));
  });

  it('may be none on a day: a header alone', () => {
    const { table, account } = parse(LIQUIDATIONS, LIQUIDATION_HEADER);
    expect(table.length).toBe(0);
    expect(account).toMatchObject({
      rows: 0,
      accepted: 0,
      firstTime: null,
      lastTime: null,
      timeUnit: null,
      gaps: null,
    });
  });

  it('are refused with another side, or without a status', () => {
    const refused = (text: string): string =>
      errorOf(() => parse(LIQUIDATIONS, LIQUIDATION_HEADER, text))?.context.column ?? 'none';
    expect(refused(`${T},LONG,LIMIT,IOC,7,63661.4,63425.1,FILLED,6,7`)).toBe('side');
    expect(refused(`${T},BUY,LIMIT,IOC,7,63661.4,63425.1,,6,7`)).toBe('order_status');
    expect(refused(`${T},BUY,LIMIT,IOC,-7,63661.4,63425.1,FILLED,6,7`)).toBe('original_quantity');
  });
});
