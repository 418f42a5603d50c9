import { TapemillError } from '../errors.js';
import { contractSizeUsd } from '../market/index.js';
import { Tally } from './account.js';
import { readCsv } from './csv-table.js';
import { distinctEvents } from './identity.js';
import { kindOf } from './kinds.js';
import { parseNumber } from './lines.js';
import { RowBuilder } from './rows.js';
import type { LoadedSource } from './source.js';
import { type TardisName, marketOfExchange } from './tardis-name.js';

/** Makes the cells of one row a row of the table; or names the column at fault, or says that it is no event. */
type Convert = (cells: readonly string[], ts: number, localTs: number) => number[] | string | null;

const COMMON = ['exchange', 'symbol', 'timestamp', 'local_timestamp'] as const;
const LIQUIDATION = ['id', 'side', 'price', 'amount'] as const;
const TICKER = [
  'funding_timestamp',
  'funding_rate',
  'predicted_funding_rate',
  'open_interest',
  'last_price',
  'index_price',
  'mark_price',
] as const;

/** Microseconds since 1970 as Tardis writes them; null for anything else, another unit included. */
export function parseMicros(text: string): number | null {
  return /^\d{16}$/.test(text) ? Number(text) : null;
}

/**
 * Reads a day of liquidations or derivative_ticker. A file covers its UTC day; its rows were put into it by the time
 * they arrived at Tardis, so that a few of them bear the time of a neighbouring day.
 * @throws `E_GZIP`, `E_CSV_LAYOUT`, `E_CSV_MALFORMED`, `E_CSV_TIME`, `E_IMPORT_SYMBOL`, `E_USAGE`, `E_IO`
 */
export async function loadTardis(path: string, name: TardisName): Promise<LoadedSource> {
  const isLiquidations = name.channel === 'liquidations';
  const kind = kindOf(isLiquidations ? 'liquidations' : 'derivative_ticker');
  const ids = new Map<string, number>([['', 0]]);
  const convert = isLiquidations ? liquidation(name, ids) : ticker;
  const columns = [...COMMON, ...(isLiquidations ? LIQUIDATION : TICKER)];
  // `source` is filled in later; liquidations get the number of their id, which tells rows apart.
  const width = kind.columns.length;
  const builder = new RowBuilder(isLiquidations ? width + 1 : width);
  const tally = new Tally(path, name.day);
  const { read, others } = await readCsv(
    path,
    { columns: columns.map((column) => ({ names: [column] })), mayBeEmpty: true },
    (cells, line, text) => {
      tally.row(line);
      assertSame(path, line, 'exchange', name.exchange, cells[0]!);
      assertSame(path, line, 'symbol', name.symbol, cells[1]!);
      const ts = parseMicros(cells[2]!);
      const localTs = parseMicros(cells[3]!);
      if (ts === null || localTs === null) {
        tally.bad(line, ts === null ? 'timestamp' : 'local_timestamp', text);
        return;
      }
      const row = convert(cells, ts, localTs);
      if (typeof row === 'string') tally.bad(line, row, text);
      else if (row === null) tally.ignored++;
      else if (tally.admits(ts)) builder.push(row);
    },
    (line, text) => {
      tally.row(line);
      tally.bad(line, null, text);
    },
  );
  const { rows, duplicate, contradictory } = distinctEvents(builder.rows(), width);
  return {
    rows,
    account: tally.settle(rows.columns[0]!, { duplicate, contradictory }),
    read,
    covers: [name.day.startMs * 1000, name.day.endMs * 1000],
    // Tardis records the exchange's forceOrder stream, which shows one event a symbol and second.
    lowerBound: isLiquidations,
    ignoredColumns: others,
  };
}

export function assertSame(
  path: string,
  line: number,
  column: string,
  expected: string,
  found: string,
): void {
  if (found.normalize('NFC') === expected) return;
  throw new TapemillError(
    'E_IMPORT_SYMBOL',
    `${path}: line ${line}: expected ${column} ${expected} as in the name of the file, found "${found}"`,
    { path, line, column, expected, found },
  );
}

function liquidation({ exchange, symbol }: TardisName, ids: Map<string, number>): Convert {
  const market = marketOfExchange(exchange);
  if (market === 'spot') throw new TapemillError('E_USAGE', 'there are no liquidations on spot markets');
  const contractUsd = market === 'cm' ? contractSizeUsd(symbol) : null;
  return (cells, ts, localTs) => {
    const side = sideOf(cells[5]!);
    if (side === null) return 'side';
    const price = parseNumber(cells[6]!);
    if (price === null || price <= 0) return 'price';
    const amount = parseNumber(cells[7]!);
    if (amount === null || amount < 0) return 'amount';
    if (amount === 0) return null;
    const id = cells[4]!;
    const idNumber = ids.get(id) ?? ids.size;
    ids.set(id, idNumber);
    return [ts, localTs, side, price, ...quantities(price, amount, contractUsd), 0, idNumber];
  };
}

/** Side of the order → who was liquidated: whose long is closed sells. */
function sideOf(text: string): 0 | 1 | null {
  return text === 'sell' ? 0 : text === 'buy' ? 1 : null;
}

/** Base quantity and quote value. @param contractUsd US dollars a contract stands for; null: amounts are in base */
export function quantities(
  price: number,
  amount: number,
  contractUsd: number | null,
): [qty: number, value: number] {
  if (contractUsd === null) return [amount, price * amount];
  const value = amount * contractUsd;
  return [value / price, value];
}

const ticker: Convert = (cells, ts, localTs) => {
  const row = [ts, localTs];
  const funding = cells[4]!;
  const fundingTs = funding === '' ? NaN : parseMicros(funding);
  if (fundingTs === null) return 'funding_timestamp';
  row.push(fundingTs);
  for (let i = 1; i < TICKER.length; i++) {
    const text = cells[COMMON.length + i]!;
    const value = text === '' ? NaN : parseNumber(text);
    if (value === null) return TICKER[i]!;
    row.push(value);
  }
  row.push(0);
  return row;
};
