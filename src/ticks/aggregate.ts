import { TapemillError } from '../errors.js';
import { contractSizeUsd, type Market } from '../market/index.js';
import { type Period, parsePeriod } from '../time/index.js';
import type { RowAccount } from './account.js';
import { Kernel } from './kernel.js';
import { type Layout, sniffLayout, unknownLayout } from './layout.js';
import type { MinuteBars } from './minute-bars.js';
import { DEFAULT_THRESHOLDS, type Thresholds } from './thresholds.js';

/**
 * The bytes of one aggTrades CSV, or a function that opens a stream of them. It must be possible to open it
 * again: where `agg_trade_id`s repeat, the rows are read twice. Chunks may be cut anywhere.
 */
export type ByteSource = Uint8Array | (() => AsyncIterable<Uint8Array>);

export interface AggregateOptions {
  readonly market: Market;
  /** Decides the contract size on `cm`. */
  readonly symbol: string;
  /** The month or day that the rows belong to, `2024-01` or `2024-01-05`. Others are counted as outside. */
  readonly period: Period | string;
  /** Default: whales from 50,000, retail up to 1,000, in quote currency. */
  readonly thresholds?: Thresholds;
  /** Share of malformed rows above which the object fails; default 0.001. */
  readonly maxMalformedShare?: number;
  /** How errors call the object; default: symbol and period. */
  readonly object?: string;
  readonly signal?: AbortSignal;
  /** Called after every chunk with its size in bytes of CSV. */
  readonly onBytes?: (bytes: number) => void;
}

export interface AggregatedTrades {
  readonly bars: MinuteBars;
  readonly account: RowAccount;
}

/** A longer first line is neither a header nor a row. */
const FIRST_LINE_LIMIT_BYTES = 4096;
const DEFAULT_MAX_MALFORMED_SHARE = 0.001;
const BOM = '\uFEFF';

/**
 * Turns the rows of one aggTrades file into minute bars and the account of all rows. Exact: sums are the
 * correctly rounded sums of the rows' values, and nothing depends on the order of rows, on how the bytes are
 * cut, or on rows that are there twice. Definitions: docs/minute-bars.md.
 *
 * @throws `E_CSV_LAYOUT`, `E_CSV_MALFORMED`, `E_CSV_TIME`, `E_IDS`, and whatever the source throws
 */
export async function aggregateAggTrades(
  source: ByteSource,
  options: AggregateOptions,
): Promise<AggregatedTrades> {
  const period = typeof options.period === 'string' ? parsePeriod(options.period) : options.period;
  const object = options.object ?? `${options.symbol} ${period.key}`;
  const kernel = await Kernel.acquire();
  try {
    let layout: Layout | undefined;
    let more = true;
    for (let pass = 0; more; pass++) {
      const reader = new LayoutReader(object, (found) => {
        layout = found;
        if (pass > 0) return;
        kernel.begin({
          startUs: period.startMs * 1000,
          endUs: period.endMs * 1000,
          thresholds: options.thresholds ?? DEFAULT_THRESHOLDS,
          contractUsd: options.market === 'cm' ? contractSizeUsd(options.symbol) : 0,
          layout: found,
        });
      });
      for await (const chunk of chunks(source)) {
        options.signal?.throwIfAborted();
        const rows = reader.rowsOf(chunk);
        if (rows) kernel.write(rows);
        options.onBytes?.(chunk.length);
      }
      const rest = reader.end();
      if (rest) kernel.write(rest);
      more = kernel.endPass();
    }
    const result = kernel.finish(layout?.header ?? false);
    // Looking for missing ids may be what is too much.
    const failure = kernel.failure();
    if (failure !== null) {
      throw new TapemillError('E_IDS', `${object}: duplicates cannot be told in bounded memory: ${failure}`, {
        object,
      });
    }
    const timeColumn = layout?.positions[5] ?? 5;
    assertUsable(
      result.account,
      timeColumn,
      period,
      object,
      options.maxMalformedShare ?? DEFAULT_MAX_MALFORMED_SHARE,
    );
    return result;
  } finally {
    kernel.release();
  }
}

async function* chunks(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) yield source;
  else yield* source();
}

/** Holds back the first line until it is whole, tells its layout, and passes on the bytes of the rows. */
class LayoutReader {
  private held: Uint8Array = new Uint8Array(0);
  private known = false;

  constructor(
    private readonly object: string,
    private readonly onLayout: (layout: Layout) => void,
  ) {}

  rowsOf(chunk: Uint8Array): Uint8Array | null {
    if (this.known) return chunk;
    const bytes = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    const newline = bytes.indexOf(10);
    if (newline === -1 && bytes.length <= FIRST_LINE_LIMIT_BYTES) {
      // A copy: of a Buffer, `slice` would be a view of memory that the source may use again.
      this.held = Uint8Array.from(bytes);
      return null;
    }
    return this.sniff(bytes, newline === -1 ? bytes.length : newline);
  }

  /** A file of a single line without a newline, or of nothing. */
  end(): Uint8Array | null {
    return this.known ? null : this.sniff(this.held, this.held.length);
  }

  private sniff(bytes: Uint8Array, lineEnd: number): Uint8Array {
    const shown = bytes.subarray(0, Math.min(lineEnd, FIRST_LINE_LIMIT_BYTES));
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(shown);
    // Judged here by its bytes, so that it does not matter where they were cut.
    if (shown.length < lineEnd) {
      throw unknownLayout(text, this.object, `more than ${FIRST_LINE_LIMIT_BYTES} bytes without a newline`);
    }
    const layout = sniffLayout(text.startsWith(BOM) ? text.slice(1) : text, this.object);
    this.known = true;
    this.onLayout(layout);
    if (layout.header) return bytes.subarray(Math.min(lineEnd + 1, bytes.length));
    return text.startsWith(BOM) ? bytes.subarray(3) : bytes;
  }
}

function assertUsable(
  account: RowAccount,
  timeColumn: number,
  period: Period,
  object: string,
  maxMalformedShare: number,
): void {
  const { rows, accepted, malformed, outside, firstMalformed } = account;
  if (malformed > rows * maxMalformedShare && firstMalformed) {
    const { line, text } = firstMalformed;
    const digits = /^[\s"]*(\d{9,12}|\d{14,15}|\d{17,20})[\s"]*$/.exec(
      text.split(',')[timeColumn] ?? '',
    )?.[1];
    if (digits !== undefined && malformed === rows) {
      throw new TapemillError(
        'E_CSV_TIME',
        `${object}: line ${line}: expected a time of 13 digits (ms), 16 digits (µs) or ISO 8601, found ${digits}`,
        { object, line, expected: 'ms, µs or ISO 8601', found: digits },
      );
    }
    throw new TapemillError(
      'E_CSV_MALFORMED',
      `${object}: ${malformed} of ${rows} rows are malformed, more than ${maxMalformedShare * 100} %; ` +
        `the first is line ${line}: ${JSON.stringify(text)}`,
      { object, line, expected: `at most ${maxMalformedShare * 100} % malformed rows`, found: text },
    );
  }
  if (accepted === 0 && outside > 0) {
    const { firstTs } = account.outsideBefore ?? account.outsideAfter!;
    const { lastTs } = account.outsideAfter ?? account.outsideBefore!;
    const found = `${new Date(firstTs / 1000).toISOString()} … ${new Date(lastTs / 1000).toISOString()}`;
    throw new TapemillError(
      'E_CSV_TIME',
      `${object}: no row lies in ${period.key}; the ${outside} rows lie in ${found}`,
      { object, expected: period.key, found },
    );
  }
}
