import { readFile } from 'node:fs/promises';
import { rollUp } from '../bars/index.js';
import {
  MINUTE_FAMILY_COLUMNS,
  ORDER_FLOW_PREFIX,
  alignTo,
  makeRows,
  minuteColumns,
} from '../dataset/index.js';
import { isSystemError } from '../errors.js';
import { type FactorTable, ORDER_FLOW_FACTORS, makeTable, orderFlowFactors } from '../factors/index.js';
import { atomicWriteFile } from '../layer/index.js';
import {
  type Footer,
  type ParquetField,
  decodeFooter,
  decodeSomeColumns,
  encodeParquet,
} from '../parquet/index.js';
import type { EpochMs } from '../time/index.js';
import { monthCachePath } from './cache-paths.js';
import {
  type MinuteMonth,
  type MinuteStore,
  type MonthCarry,
  type Stretch,
  readMinutes,
  sha256,
} from './inputs/index.js';
import { type TableSpec, WIDE_TABLE_VERSION } from './spec.js';

/**
 * All of the table that is made of minutes, a month of it: the columns of groups 1 and 7 to 12, and order flow. Far the most
 * expensive part, and a function of one month file and of how the month before it ended, so it is kept.
 */
export interface MonthColumns {
  readonly table: FactorTable;
  readonly stretches: readonly Stretch[];
  readonly carry: MonthCarry | null;
}

/** Order-flow columns as they are kept beside the others. */
export const KEPT_ORDER_FLOW = ORDER_FLOW_FACTORS.map((name) => `${ORDER_FLOW_PREFIX}${name}`);

/** Names of the columns of a month; without order flow where minutes come from klines. */
export function monthColumnNames(origin: MinuteStore['origin']): readonly string[] {
  return origin === 'layer' ? [...MINUTE_FAMILY_COLUMNS, ...KEPT_ORDER_FLOW] : MINUTE_FAMILY_COLUMNS;
}

/**
 * The columns of a month that are asked for, out of the cache when it has them, else made and put there.
 * @param names out of `monthColumnNames`
 * @throws `E_LAYER` for a damaged month file, `E_IO`, `E_DISK_FULL`
 */
export async function monthColumns(
  spec: TableSpec,
  store: MinuteStore,
  month: MinuteMonth,
  carry: MonthCarry | null,
  names: readonly string[],
): Promise<MonthColumns> {
  const path = monthCachePath(spec, store.symbol, month.month.key);
  const key = cacheKey(spec, store, month, carry);
  const kept = await readKept(path, key, names);
  if (kept) return kept;
  const made = await makeMonth(spec, store, month, carry);
  const all = monthColumnNames(store.origin);
  const columns = [
    { name: 'minute', type: 'timestamp_ms' as const, nullable: false, values: made.table.minute },
    ...all.map((name) => ({ ...field(name), values: made.table.columns[name]! })),
  ];
  const { stretches } = made;
  const said = JSON.stringify({ stretches, carry: made.carry }, nanAsNull);
  await atomicWriteFile(
    path,
    encodeParquet(columns, [
      ['tapemill.wide_cache_key', key],
      ['tapemill.wide_cache_rest', said],
    ]),
  );
  return { ...made, table: makeTable(made.table.minute, names, made.table.columns) };
}

/** The same made anew, and of minutes that had ended by a cut. @throws `E_LAYER`, `E_IO` */
export async function makeMonth(
  { frequency }: TableSpec,
  store: MinuteStore,
  month: MinuteMonth,
  carry: MonthCarry | null,
  cutMs: EpochMs = Infinity,
): Promise<MonthColumns> {
  const read = await readMinutes(store, month, carry, frequency, cutMs);
  const table = minuteColumns(read.grid, frequency);
  const columns: Record<string, Float64Array> = { ...table.columns };
  if (read.bars) {
    const rows = makeRows(frequency, table.minute);
    const flow = orderFlowFactors(rollUp(read.bars, frequency));
    for (const name of flow.names) {
      columns[`${ORDER_FLOW_PREFIX}${name}`] = alignTo(rows, flow.minute, flow.columns[name]);
    }
  }
  const { stretches, carry: left } = read;
  return { table: makeTable(table.minute, monthColumnNames(store.origin), columns), stretches, carry: left };
}

function cacheKey(
  { market, frequency }: TableSpec,
  { origin, symbol }: MinuteStore,
  { input, spans }: MinuteMonth,
  carry: MonthCarry | null,
): string {
  const made = [WIDE_TABLE_VERSION, market, symbol, frequency.label, origin, input, spans, carry];
  return sha256(JSON.stringify([...made, monthColumnNames(origin)], nanAsNull));
}

const field = (name: string): ParquetField => ({ name, type: 'double', nullable: true });

/** Null when there is none, or of something else, or damaged: it is made anew then. */
async function readKept(path: string, key: string, names: readonly string[]): Promise<MonthColumns | null> {
  try {
    const file = await readFile(path);
    const footer = decodeFooter(file);
    const said = new Map((footer.key_value_metadata ?? []).map((entry) => [entry.key, entry.value]));
    if (said.get('tapemill.wide_cache_key') !== key) return null;
    const rest = JSON.parse(said.get('tapemill.wide_cache_rest') ?? '') as Pick<
      MonthColumns,
      'stretches' | 'carry'
    >;
    return { ...nullAsNaN(rest), table: readTable(file, footer, names) };
  } catch (error) {
    if (isSystemError(error, 'EMFILE')) throw error;
    return null;
  }
}

function readTable(file: Uint8Array, footer: Footer, names: readonly string[]): FactorTable {
  const [group] = footer.row_groups;
  if (!group) return emptyTable(names);
  const fields: ParquetField[] = [
    { name: 'minute', type: 'timestamp_ms', nullable: false },
    ...names.map(field),
  ];
  const [minute, ...columns] = decodeSomeColumns(file, 0, group, fields);
  return makeTable(minute!, names, Object.fromEntries(names.map((name, index) => [name, columns[index]!])));
}

export function emptyTable(names: readonly string[]): FactorTable {
  const columns = Object.fromEntries(names.map((name) => [name, new Float64Array()]));
  return makeTable(new Float64Array(), names, columns);
}

/** JSON has no NaN; ids and closes that are not known are NaN. */
function nanAsNull(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

function nullAsNaN({
  stretches,
  carry,
}: Pick<MonthColumns, 'stretches' | 'carry'>): Pick<MonthColumns, 'stretches' | 'carry'> {
  const restore = <T extends object>(value: T): T =>
    Object.fromEntries(Object.entries(value).map(([name, x]) => [name, (x as number | null) ?? NaN])) as T;
  return { stretches: stretches.map(restore), carry: carry && restore(carry) };
}
