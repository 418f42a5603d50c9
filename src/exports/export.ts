import { join } from 'node:path';
import { TapemillError, fromSystemError } from '../errors.js';
import { type TableColumn, selectColumns } from './columns.js';
import { LOCK_NAME, MANIFEST_NAME } from './earlier-export.js';
import type { FillRule } from './fill.js';
import { LABEL_PREFIX, type Label } from './labels.js';
import { type ExportManifest, makeManifest } from './manifest.js';
import { writeQlib } from './export-qlib.js';
import { writeTables } from './export-tables.js';
import type { Split } from './split.js';
import { StagedFolder } from './staged-folder.js';
import { PRICE_COLUMN, type RowPlan, VALID_COLUMN } from './symbol-rows.js';
import { makeTally } from './tally.js';
import { type WideTable, type WideTableRequest, openWideTable } from './wide-table.js';

export const EXPORT_FORMATS = ['parquet', 'csv', 'qlib'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportRequest extends WideTableRequest {
  readonly format: ExportFormat;
  /** Null: `{dataDir}/exports/{market}_{frequency}_{format}`. */
  readonly out: string | null;
  /** Names and globs; null is all. */
  readonly columns: readonly string[] | null;
  readonly labels: readonly Label[];
  readonly split: Split | null;
  readonly fill: FillRule | null;
  readonly validOnly: boolean;
  /** Called after each symbol. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** All that a writer of one format needs. */
export interface ExportJob {
  readonly table: WideTable;
  readonly features: readonly TableColumn[];
  readonly plan: RowPlan;
  readonly folder: StagedFolder;
  readonly onProgress: (done: number) => void;
}

export interface ExportResult {
  readonly folder: string;
  readonly manifest: ExportManifest;
}

/**
 * Writes an export of the wide table: its files, `manifest.json`, and a copy of the table's lock. The folder appears, or is
 * replaced, when all is written; the same table and options give the same bytes.
 * @throws `E_USAGE` for columns that do not exist or are needed and missing, and for a folder that is not an export's;
 *   `E_NO_DATASET`, `E_DATASET`, `E_IO`, `E_DISK_FULL`
 */
export async function exportDataset(request: ExportRequest): Promise<ExportResult> {
  const { format, labels, split, fill, validOnly, frequency, market } = request;
  const table = await openWideTable(request, { isFresh: true });
  const features = selectColumns(table.columns, request.columns);
  if (labels.length > 0) requireColumn(table, PRICE_COLUMN, '--labels');
  if (validOnly) requireColumn(table, VALID_COLUMN, '--valid-only');
  refuseFalseLabels(features, labels);
  const out = request.out ?? join(request.dataDir, 'exports', `${market}_${frequency.label}_${format}`);
  const folder = await StagedFolder.create(out);
  try {
    const plan: RowPlan = { frequency, labels, split, validOnly, fill };
    const job: ExportJob = {
      table,
      features,
      plan,
      folder,
      onProgress: (done) => request.onProgress?.(done, table.symbols.length),
    };
    const tally = makeTally(plan);
    const qlib = format === 'qlib' ? await writeQlib(job, tally) : null;
    if (format !== 'qlib') await writeTables(job, format, tally);
    await folder.write(LOCK_NAME, table.lock.bytes);
    const manifest = makeManifest(request, job, tally, qlib);
    await folder.write(MANIFEST_NAME, Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`));
    await folder.publish();
    return { folder: folder.path, manifest };
  } catch (error) {
    await folder.abort();
    throw fromSystemError(error, 'writing', folder.path);
  }
}

function requireColumn({ columns }: WideTable, name: string, option: string): void {
  if (columns.some((column) => column.name === name)) return;
  throw new TapemillError('E_USAGE', `${option} needs the column ${name}, which the table does not have`, {
    column: name,
  });
}

/** Where there are labels, nothing else may look like one. */
function refuseFalseLabels(features: readonly TableColumn[], labels: readonly Label[]): void {
  const false_ = labels.length === 0 ? undefined : features.find(({ name }) => name.startsWith(LABEL_PREFIX));
  if (!false_) return;
  throw new TapemillError(
    'E_USAGE',
    `column ${false_.name} begins with ${LABEL_PREFIX}, as labels do; rename the factor, or leave it out with --columns`,
    { column: false_.name },
  );
}
