import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEachTest } from '../cleaning.js';
import {
  applyCrossSection,
  CrossSections,
  listWideColumns,
  minuteColumns,
  symbolTable,
} from '../../src/dataset/index.js';
import { rollUp } from '../../src/bars/index.js';
import { orderFlowFactors } from '../../src/factors/index.js';
import { ParquetEncoder, type ParquetField } from '../../src/parquet/index.js';
import { type Frequency, HOUR, HOUR_MS } from '../../src/time/index.js';
import { WIDE_TABLE_VERSION, datasetPaths, symbolPaths } from '../../src/wide-table/index.js';
import { T0, randomInputs } from '../dataset/sample.js';
import { sampleBars } from '../layer/sample.js';

export { T0 };
export const hour = (n: number): number => T0 + n * HOUR_MS;

/** One symbol's wide table; null is NaN. */
export interface FixtureTable {
  readonly symbol: string;
  readonly minute: Float64Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** Rows of an hour each, by their number from T0; columns by value or by function of that number. */
export function tableOf(
  symbol: string,
  numbers: readonly number[],
  columns: Readonly<Record<string, (number: number) => number>>,
): FixtureTable {
  return {
    symbol,
    minute: Float64Array.from(numbers, hour),
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, of]) => [name, Float64Array.from(numbers, of)]),
    ),
  };
}

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

const REGISTRY = new Map(listWideColumns().map((column) => [column.name, column]));

function fieldsOf({ columns }: FixtureTable): ParquetField[] {
  const fields = Object.keys(columns).map((name): ParquetField => {
    const known = REGISTRY.get(name);
    const type = known?.type ?? 'double';
    return { name, type, nullable: type === 'double' || (known?.whenNull ?? null) !== null };
  });
  return [{ name: 'datetime', type: 'timestamp_ms', nullable: false }, ...fields];
}

/** Writes the final files of a table, and its lock. */
export async function writeWideTable(
  dataDir: string,
  tables: readonly FixtureTable[],
  { frequency = HOUR, groupRows = 1000 }: { frequency?: Frequency; groupRows?: number } = {},
): Promise<void> {
  const paths = datasetPaths(dataDir, 'um', frequency.label);
  await mkdir(paths.folder, { recursive: true });
  const symbols: { readonly symbol: string; readonly [fact: string]: unknown }[] = [];
  for (const table of tables) {
    const encoder = new ParquetEncoder(fieldsOf(table), [['tapemill.wide', '{}']]);
    for (let from = 0; from < table.minute.length; from += groupRows) {
      const to = from + groupRows;
      encoder.appendRowGroup(
        [table.minute, ...Object.values(table.columns)].map((values) => values.slice(from, to)),
      );
    }
    const bytes = encoder.finish();
    await writeFile(symbolPaths(paths, table.symbol).parquet, bytes);
    const parquet = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    symbols.push({ symbol: table.symbol, inputs: [], liquidations: null, quality: null, files: { parquet } });
  }
  const lock = {
    schema_version: WIDE_TABLE_VERSION,
    ...{ market: 'um', start: null, end: null, families: [], factors: [], columns: [] },
    symbols: symbols.sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
  };
  await writeFile(paths.lock, JSON.stringify(lock));
}

/** Tables of all families but liquidations, which are null, as the factors make them. */
export function realTables(symbols: readonly string[], days: number): FixtureTable[] {
  const minutes = days * 1440;
  const cross = new CrossSections();
  const tables = symbols.map((symbol, i) => {
    const { grid, ...sources } = randomInputs(100 + i, minutes);
    const bars = rollUp(sampleBars(Array.from(grid.minute), i + 1), HOUR);
    const table = symbolTable({
      ...sources,
      minutes: minuteColumns(grid, HOUR),
      orderFlow: orderFlowFactors(bars),
      liquidations: null,
    });
    cross.add(symbol, {
      minute: table.minute,
      funding_rate: table.columns['funding_rate']!,
      volume: table.columns['volume']!,
    });
    return { symbol, table };
  });
  const section = cross.close();
  return tables.map(({ symbol, table }) => {
    const { minute, names, columns } = applyCrossSection(table, section);
    return { symbol, minute, columns: Object.fromEntries(names.map((name) => [name, columns[name]!])) };
  });
}

const folders: string[] = [];

/** A folder that is gone after the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tapemill-exports-'));
  folders.push(folder);
  return folder;
}

afterEachTest(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});
