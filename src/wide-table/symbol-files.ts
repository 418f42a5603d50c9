import { rmSync } from 'node:fs';
import type { CrossSection, UserFactor } from '../dataset/index.js';
import type { FactorTable } from '../factors/index.js';
import { AtomicFile, atomicWriteFile } from '../layer/index.js';
import { ParquetEncoder } from '../parquet/index.js';
import { type EpochMs, formatUtcSeconds } from '../time/index.js';
import { cachePaths } from './cache-paths.js';
import { finalRows } from './final-rows.js';
import { sha256 } from './inputs/index.js';
import { datasetPaths, symbolPaths } from './paths.js';
import { type SymbolRecord, isIntact, jsonBytes, readJsonFile } from './record.js';
import { type TableColumn, parquetFields } from './schema.js';
import { type TableSpec, WIDE_TABLE_VERSION } from './spec.js';
import type { SymbolPlan } from './symbol-plan.js';
import { rowsBetween } from './table-rows.js';
import { wideCsvHeader, wideCsvRows } from './wide-csv.js';

/** Rows of a row group: years of hours in one. */
const ROW_GROUP_ROWS = 32_768;

export interface FinishedSymbol {
  readonly status: 'written' | 'unchanged';
  readonly record: SymbolRecord;
}

/**
 * Brings a symbol's CSV and Parquet up to date. Files that are made of just this already are left as they are.
 * @throws `E_LAYER`, `E_IO`, `E_DISK_FULL`, what the user's factors throw; the old files are then untouched
 */
export async function finishSymbol(
  spec: TableSpec,
  plan: SymbolPlan,
  section: CrossSection,
  columns: readonly TableColumn[],
  factors: readonly UserFactor[],
): Promise<FinishedSymbol> {
  const table = datasetPaths(spec.dataDir, spec.market, spec.frequency.label);
  const paths = symbolPaths(table, plan.symbol);
  const { record: recordPath } = cachePaths(spec, plan.symbol);
  const identity = sha256(plan.identity + digestSection(section, plan));
  const known = (await readJsonFile(recordPath)) as SymbolRecord | null;
  if (
    known?.identity === identity &&
    (await isIntact(paths.csv, known.files.csv, recordPath)) &&
    (await isIntact(paths.parquet, known.files.parquet, recordPath))
  ) {
    return { status: 'unchanged', record: known };
  }
  const csv = await AtomicFile.create(paths.csv);
  let parquet: AtomicFile | undefined;
  try {
    parquet = await AtomicFile.create(paths.parquet);
    const counts = new Counts(columns, spec.frequency.lengthMs);
    const encoder = new ParquetEncoder(parquetFields(columns), keyValues(spec, plan.symbol, identity));
    const names = columns.map(({ name }) => name);
    const own = names.slice(0, names.length - factors.length);
    await csv.write(Buffer.from(wideCsvHeader(columns)));
    for await (const rows of finalRows({ spec, plan, section }, own, factors)) {
      counts.add(rows);
      for (const lines of wideCsvRows(rows, columns)) await csv.write(lines);
      for (let row = 0; row < rows.length; row += ROW_GROUP_ROWS) {
        const group = rowsBetween(rows, row, Math.min(rows.length, row + ROW_GROUP_ROWS));
        encoder.appendRowGroup([group.minute, ...names.map((name) => group.columns[name]!)]);
        await parquet.write(encoder.take());
      }
    }
    await parquet.write(encoder.finish());
    const files = { csv: await csv.seal(), parquet: await parquet.seal() };
    // Until new ones are there the files are nobody's: a crash must leave neither the old lock nor the old record.
    await AtomicFile.publishAll([csv, parquet], undefined, () => {
      rmSync(table.lock, { force: true });
      rmSync(recordPath, { force: true });
    });
    const record = counts.record(plan, spec, identity, files);
    await atomicWriteFile(recordPath, jsonBytes(record));
    return { status: 'written', record };
  } catch (error) {
    await Promise.all([csv.abort(), parquet?.abort()]);
    throw error;
  }
}

/** What of the cross section the symbol's rows show. */
function digestSection(section: CrossSection, { span }: SymbolPlan): string {
  let from = 0;
  while (from < section.minute.length && section.minute[from]! < span.startMs) from++;
  let to = section.minute.length;
  while (to > from && section.minute[to - 1]! >= span.endMs) to--;
  const { minute, universeSize, symbolsSoFar, fundingMedian, volumeMean } = section;
  const digests = [minute, universeSize, symbolsSoFar, fundingMedian, volumeMean].map((column) => {
    const part = column.subarray(from, to);
    return sha256(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  });
  return digests.join();
}

function keyValues(spec: TableSpec, symbol: string, identity: string): [string, string][] {
  const { market, frequency, families, start, end, factors } = spec;
  const facts = {
    schema_version: WIDE_TABLE_VERSION,
    market,
    symbol,
    frequency: frequency.label,
    start,
    end,
    families,
    factors: factors.map(({ sha256: hash }) => hash),
    identity_sha256: identity,
  };
  return [['tapemill.wide_table', JSON.stringify(facts)]];
}

/** Sums over the pieces of a symbol. */
class Counts {
  readonly #filled: number[];
  #rows = 0;
  #holes = 0;
  #valid = 0;
  #first = NaN;
  #last = NaN;

  constructor(
    private readonly columns: readonly TableColumn[],
    private readonly lengthMs: EpochMs,
  ) {
    this.#filled = columns.map(() => 0);
  }

  add(table: FactorTable): void {
    if (table.length === 0) return;
    this.columns.forEach(({ name }, index) => {
      const column = table.columns[name]!;
      let filled = 0;
      for (let row = 0; row < column.length; row++) filled += Number(!Number.isNaN(column[row]!));
      this.#filled[index]! += filled;
    });
    if (this.#rows === 0) this.#first = table.minute[0]!;
    for (const start of table.minute) {
      if (start - this.#last > this.lengthMs) this.#holes++;
      this.#last = start;
    }
    this.#rows += table.length;
    for (const flag of table.columns['is_valid_for_training'] ?? []) this.#valid += flag;
  }

  record(
    plan: SymbolPlan,
    { families }: TableSpec,
    identity: string,
    files: SymbolRecord['files'],
  ): SymbolRecord {
    const time = (t: number): string | null => (Number.isNaN(t) ? null : formatUtcSeconds(t));
    return {
      symbol: plan.symbol,
      identity,
      minutes: plan.origin,
      rows: this.#rows,
      first: time(this.#first),
      last: time(this.#last),
      lives: plan.lives.length,
      holes: this.#holes,
      validForTraining: families.includes('quality') ? this.#valid : null,
      filled: this.#filled,
      inputs: plan.inputs,
      liquidations: plan.liquidations,
      quality: plan.quality,
      files,
    };
  }
}
