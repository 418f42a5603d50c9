import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type WrittenFile, atomicWriteFile } from '../layer/index.js';
import { ParquetSplicer, decodeFooter } from '../parquet/index.js';
import { cacheFolder } from './cache-paths.js';
import { sha256 } from './inputs/index.js';
import { type DatasetPaths, symbolPaths } from './paths.js';
import { type SymbolRecord, isIntact, jsonBytes, readJsonFile } from './record.js';
import { type TableColumn, parquetFields } from './schema.js';
import { type TableSpec, WIDE_TABLE_VERSION } from './spec.js';
import { ofTableFile, readTableFile } from './table-file.js';

interface AllRecord {
  readonly identity: string;
  readonly file: WrittenFile;
}

/**
 * Brings the file of all symbols up to date: the symbols' own Parquet files, one after the other in the order of their
 * names, with a column `symbol`. Row groups are copied, one file is in memory at a time.
 * @throws `E_DATASET`, `E_IO`, `E_DISK_FULL`
 */
export async function writeAllSymbols(
  spec: TableSpec,
  paths: DatasetPaths,
  columns: readonly TableColumn[],
  records: readonly SymbolRecord[],
): Promise<{ readonly status: 'written' | 'unchanged'; readonly file: WrittenFile }> {
  const recordPath = join(cacheFolder(spec), 'all.json');
  const parts = records.map(({ symbol, files }) => [symbol, files.parquet.sha256]);
  const identity = sha256(JSON.stringify([WIDE_TABLE_VERSION, parts]));
  const known = (await readJsonFile(recordPath)) as AllRecord | null;
  if (known?.identity === identity && (await isIntact(paths.all, known.file, recordPath))) {
    return { status: 'unchanged', file: known.file };
  }
  const { market, frequency, families, start, end } = spec;
  const facts = {
    schema_version: WIDE_TABLE_VERSION,
    market,
    frequency: frequency.label,
    start,
    end,
    families,
    symbols: records.length,
  };
  const splicer = new ParquetSplicer(parquetFields(columns), 'symbol', [
    ['tapemill.wide_table', JSON.stringify(facts)],
  ]);
  await rm(paths.lock, { force: true });
  const file = await atomicWriteFile(paths.all, async (out) => {
    for (const { symbol } of records) {
      const { parquet } = symbolPaths(paths, symbol);
      const bytes = await readTableFile(parquet);
      const footer = ofTableFile(parquet, () => decodeFooter(bytes));
      for (const group of footer.row_groups) {
        await out.write(ofTableFile(parquet, () => splicer.append(symbol, bytes, 0, group)));
      }
    }
    await out.write(splicer.finish());
  });
  await atomicWriteFile(recordPath, jsonBytes({ identity, file } satisfies AllRecord));
  return { status: 'written', file };
}
