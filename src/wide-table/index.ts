/**
 * The wide table on disk: what is collected and imported, read (`inputs/`), joined by `src/dataset`, written, proved.
 *
 * ```
 * month files ─► monthColumns (kept) ─► planAndSlim ─► makeSection ─► finishSymbol ─► writeAllSymbols, summary, lock
 *                a symbol's month       a symbol        all symbols    a symbol
 * ```
 */
export { type DatasetPaths, datasetPaths, symbolPaths } from './paths.js';
export {
  type BuildProgress,
  type BuildReport,
  type BuildRequest,
  type SymbolFailure,
  buildDataset,
} from './build.js';
export { type CheckReport, type CheckRequest, checkDataset, spreadCuts } from './check.js';
export { type DescribedColumn, type Description, describeDataset } from './describe.js';
export { parseFamilies } from './families.js';
export { listTableSymbols } from './list-symbols.js';
export { type SymbolRecord } from './record.js';
export { type TableColumn, factorColumn, tableColumns } from './schema.js';
export { type FactorFile, type TableSpec, WIDE_TABLE_VERSION } from './spec.js';
export { familyShares } from './summary.js';
export {
  type DatasetLock,
  type LockedColumn,
  type LockedSymbol,
  type ReadLock,
  readLock,
} from './lock-file.js';
export { hashFile } from './record.js';
export { refuseStale } from './stale.js';
