import type { CsvLayout } from './csv-layout.js';
import { fixedText, javaText, scientificText } from './decimal.js';
import { writeFixed, writeId, writeInt, writeJava, writeNine, writeSix } from './digits.js';
import type { Instrument } from './instrument.js';
import { rowAt, type TickBatch, type TickRow } from './tick-batch.js';

/** No line is longer; callers leave this much room per row. */
export const MAX_LINE_BYTES = 192;

const COMMA = 44;

/** Writes batches as lines of one layout. Plain layouts take the fast way, odd ones (defects) one row at a time. */
export interface CsvFormatter {
  /** Formats the whole batch at `at` and returns the index behind it; needs `length × MAX_LINE_BYTES` of room. */
  format(batch: TickBatch, out: Buffer, at: number): number;
}

export function csvFormatter(layout: CsvLayout, instrument: Instrument): CsvFormatter {
  const rows = new RowFormatter(layout, instrument);
  const plain = isPlain(layout) ? new PlainFormatter(layout, instrument) : undefined;
  return {
    format(batch, out, at) {
      if (plain && batch.verbatim.size === 0) return plain.format(batch, out, at);
      let end = at;
      for (let i = 0; i < batch.length; i++) {
        const verbatim = batch.verbatim.get(i);
        const line = verbatim ?? rows.line(rowAt(batch, i));
        end += out.write(line + layout.lineEnd, end);
      }
      return end;
    },
  };
}

function isPlain(layout: CsvLayout): boolean {
  return (
    /^agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker(,is_best_match)?$/.test(
      layout.fields.join(','),
    ) &&
    layout.extraColumn === undefined &&
    layout.timeUnit !== 'iso' &&
    layout.priceStyle !== 'scientific' &&
    layout.quantityStyle !== 'scientific'
  );
}

class PlainFormatter {
  readonly #tails: readonly [Buffer, Buffer];
  readonly #microseconds: boolean;
  /** The digits of `transact_time` before the last six (ms) or nine (µs), and their value. */
  #timeHigh = -1;
  readonly #timeHighDigits = Buffer.alloc(16);
  #timeHighLength = 0;

  constructor(
    private readonly layout: CsvLayout,
    private readonly instrument: Instrument,
  ) {
    const bestMatch = layout.fields.includes('is_best_match') ? `,${layout.booleans[1]}` : '';
    const tail = (text: string): Buffer => Buffer.from(`,${text}${bestMatch}${layout.lineEnd}`);
    this.#tails = [tail(layout.booleans[0]), tail(layout.booleans[1])];
    this.#microseconds = layout.timeUnit === 'us';
  }

  format(batch: TickBatch, out: Buffer, start: number): number {
    const { aggId, priceTicks, quantitySteps, firstFillId, lastFillId, timeUs, buyerMaker } = batch;
    const { priceDecimals, quantityDecimals } = this.instrument;
    const priceScale = 10 ** priceDecimals;
    const quantityScale = 10 ** quantityDecimals;
    const fixedPrice = this.layout.priceStyle === 'fixed8';
    const quantityStyle = this.layout.quantityStyle;
    let at = start;
    for (let i = 0; i < batch.length; i++) {
      at = writeId(out, at, aggId[i]!);
      out[at++] = COMMA;
      const price = priceTicks[i]!;
      at = fixedPrice
        ? writeFixed(out, at, price, priceDecimals, priceScale, 8 - priceDecimals)
        : writeJava(out, at, price, priceDecimals, priceScale);
      out[at++] = COMMA;
      const quantity = quantitySteps[i]!;
      at =
        quantityStyle === 'java'
          ? writeJava(out, at, quantity, quantityDecimals, quantityScale)
          : quantityStyle === 'integer'
            ? writeId(out, at, quantity)
            : writeFixed(out, at, quantity, quantityDecimals, quantityScale, 8 - quantityDecimals);
      out[at++] = COMMA;
      at = writeId(out, at, firstFillId[i]!);
      out[at++] = COMMA;
      at = writeId(out, at, lastFillId[i]!);
      out[at++] = COMMA;
      at = this.#writeTime(out, at, timeUs[i]!);
      const tail = this.#tails[buyerMaker[i] === 1 ? 1 : 0];
      for (let j = 0; j < tail.length; j++) out[at++] = tail[j]!;
    }
    return at;
  }

  #writeTime(out: Buffer, start: number, timeUs: number): number {
    const high = Math.floor(timeUs / 1e9);
    if (high !== this.#timeHigh) {
      this.#timeHigh = high;
      this.#timeHighLength = writeInt(this.#timeHighDigits, 0, high);
    }
    let at = start;
    for (let i = 0; i < this.#timeHighLength; i++) out[at++] = this.#timeHighDigits[i]!;
    const low = timeUs - high * 1e9;
    return this.#microseconds ? writeNine(out, at, low) : writeSix(out, at, (low / 1000) | 0);
  }
}

/** One row as text, for any layout; what the fast way must agree with. */
export class RowFormatter {
  constructor(
    private readonly layout: CsvLayout,
    private readonly instrument: Instrument,
  ) {}

  /** Without the line end. */
  line(row: TickRow): string {
    const { layout, instrument } = this;
    const { priceStyle, quantityStyle, booleans } = layout;
    const cells = layout.fields.map((field) => {
      switch (field) {
        case 'agg_trade_id':
          return String(row.aggId);
        case 'price':
          return decimalText(BigInt(row.priceTicks), instrument.priceDecimals, priceStyle);
        case 'quantity':
          return decimalText(BigInt(row.quantitySteps), instrument.quantityDecimals, quantityStyle);
        case 'first_trade_id':
          return String(row.firstFillId);
        case 'last_trade_id':
          return String(row.lastFillId);
        case 'transact_time':
          return timeText(row.timeUs, layout.timeUnit);
        case 'is_buyer_maker':
          return booleans[row.buyerMaker ? 1 : 0];
        case 'is_best_match':
          return booleans[1];
      }
    });
    if (layout.extraColumn !== undefined) cells.push(layout.extraColumn);
    return cells.join(',');
  }
}

function decimalText(value: bigint, decimals: number, style: CsvLayout['priceStyle']): string {
  switch (style) {
    case 'java':
      return javaText(value, decimals);
    case 'fixed8':
      return fixedText(value * 10n ** BigInt(8 - decimals), 8);
    case 'integer':
      return fixedText(value, decimals);
    case 'scientific':
      return scientificText(value, decimals);
  }
}

function timeText(timeUs: number, unit: CsvLayout['timeUnit']): string {
  if (unit === 'us') return String(timeUs);
  const ms = Math.floor(timeUs / 1000);
  return unit === 'ms' ? String(ms) : new Date(ms).toISOString();
}
