import { TapemillError } from '../errors.js';
import { contractSizeUsd } from '../market/index.js';
import { type ImportAccount, Tally } from './account.js';
import { type ReadFile, readFileBytes } from './file-bytes.js';
import { distinctEvents } from './identity.js';
import { kindOf } from './kinds.js';
import { parseNumber, readLines } from './lines.js';
import { RowBuilder } from './rows.js';
import type { LoadedSource } from './source.js';
import { quantities } from './tardis.js';

/** A capture: what it has of each symbol. */
export interface Capture {
  readonly read: ReadFile;
  readonly bySymbol: ReadonlyMap<string, LoadedSource>;
  /** Whether it is of a stream of all symbols, so that it tells about those too that it has no event of. */
  readonly isOfAll: boolean;
  /** What such a symbol gets. */
  readonly silent: LoadedSource;
}

interface Order {
  readonly s: string;
  readonly S: string;
  readonly ap: string;
  readonly z: string;
  readonly T: number;
}

/**
 * Reads messages of the streams `<symbol>@forceOrder` and `!forceOrder@arr`, one a line, as sent or wrapped in
 * `{stream, data}`. The price is `ap`, what the order was filled at on average, and the quantity `z`, what of it was
 * filled: what really changed hands. Messages of other events are ignored, and so is an order of which nothing was
 * filled. The capture covers the time from its first to its last message, of whatever symbol: what was sent before or
 * after nobody knows.
 * @throws `E_GZIP`, `E_CSV_MALFORMED`, `E_IO`
 */
export async function loadForceOrders(path: string): Promise<Capture> {
  const kind = kindOf('liquidations');
  const width = kind.columns.length;
  const tally = new Tally(path, null);
  const builders = new Map<string, { builder: RowBuilder; unsorted: number; largestTs: number }>();
  const texts = new Map<string, number>();
  let isOfAll = false as boolean;
  let [firstMs, lastMs] = [Infinity, -Infinity];
  const read = await readLines(path, readFileBytes(path), (text, line) => {
    tally.row(line);
    const message = parse(text);
    if (message === null) {
      tally.bad(line, null, text);
      return;
    }
    const { stream, data } = unwrap(message);
    if (data['e'] !== 'forceOrder') {
      tally.ignored++;
      return;
    }
    isOfAll ||= typeof stream === 'string' && stream.startsWith('!forceOrder@arr');
    const eventMs = data['E'];
    const order = data['o'];
    const column = faultOf(eventMs, order);
    if (column !== null) {
      tally.bad(line, column, text);
      return;
    }
    const { s: symbol, S, ap, z, T } = order as Order;
    [firstMs, lastMs] = [Math.min(firstMs, eventMs as number), Math.max(lastMs, eventMs as number)];
    const [price, filled] = [parseNumber(ap)!, parseNumber(z)!];
    if (filled === 0 || price === 0) {
      tally.ignored++;
      return;
    }
    const own = builders.get(symbol) ?? { builder: new RowBuilder(width + 1), unsorted: 0, largestTs: 0 };
    builders.set(symbol, own);
    const ts = T * 1000;
    if (ts < own.largestTs) own.unsorted++;
    own.largestTs = Math.max(own.largestTs, ts);
    // Whatever else the order says tells it apart from others.
    const rest = JSON.stringify(order);
    const restNumber = texts.get(rest) ?? texts.size;
    texts.set(rest, restNumber);
    const contractUsd = /USD_(PERP|\d{6})$/.test(symbol) ? contractSizeUsd(symbol) : null;
    const side = S === 'SELL' ? 0 : 1;
    const sizes = quantities(price, filled, contractUsd);
    own.builder.push([ts, (eventMs as number) * 1000, side, price, ...sizes, 0, restNumber]);
  });
  const none: LoadedSource = {
    rows: new RowBuilder(width).rows(),
    account: tally.settle(new Float64Array(0), { duplicate: 0, contradictory: 0 }),
    read,
    // The last message is covered too.
    covers: firstMs > lastMs ? null : [firstMs * 1000, lastMs * 1000 + 1],
    lowerBound: true,
    ignoredColumns: [],
  };
  const bySymbol = new Map<string, LoadedSource>();
  for (const [symbol, { builder, unsorted }] of builders) {
    const { rows, duplicate, contradictory } = distinctEvents(builder.rows(), width);
    const ts = rows.columns[0]!;
    const account: ImportAccount = {
      ...none.account,
      accepted: rows.length,
      duplicate,
      contradictory,
      // Messages of other symbols are nobody's loss.
      ignored: none.account.rows - none.account.malformed - rows.length - duplicate,
      unsorted,
      firstTs: ts[0] ?? null,
      lastTs: ts.at(-1) ?? null,
    };
    bySymbol.set(symbol, { ...none, rows, account });
  }
  const ignored = none.account.rows - none.account.malformed;
  return {
    read,
    bySymbol,
    isOfAll: isOfAll || bySymbol.size > 1,
    silent: { ...none, account: { ...none.account, ignored } },
  };
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function unwrap(message: Json): { stream: unknown; data: Json } {
  const { stream, data } = message;
  return isObject(data) ? { stream, data } : { stream: undefined, data: message };
}

/** Name of the first member that is not as the exchange documents it; null when all are. */
function faultOf(eventMs: unknown, order: unknown): string | null {
  if (!isMs(eventMs)) return 'E';
  if (!isObject(order)) return 'o';
  const { s, S, ap, z, T } = order;
  if (typeof s !== 'string' || !/^[\p{L}\p{N}_-]{1,64}$/u.test(s)) return 'o.s';
  if (S !== 'BUY' && S !== 'SELL') return 'o.S';
  if (!isNotNegative(ap)) return 'o.ap';
  if (!isNotNegative(z)) return 'o.z';
  return isMs(T) ? null : 'o.T';
}

function isNotNegative(value: unknown): boolean {
  const number = typeof value === 'string' ? parseNumber(value) : null;
  return number !== null && number >= 0;
}

/** 13 digits: the years 2001 to 2286. */
function isMs(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1e12 && value < 1e13;
}

/** @throws `E_CSV_LAYOUT` when it has no event of any symbol */
export function assertCaptured(capture: Capture, path: string): void {
  if (capture.bySymbol.size > 0) return;
  throw new TapemillError('E_CSV_LAYOUT', `${path}: no line of it is a forceOrder message`, {
    path,
    expected: '{"e":"forceOrder","E":…,"o":{…}}, raw or within {"stream":…,"data":…}',
  });
}
