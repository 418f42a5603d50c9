/**
 * What the archive has beside ticks: metrics, funding, klines of all kinds, liquidations. One object's bytes become
 * clean rows and their account, objects become a month on disk, months become the CSV that people read. Definitions:
 * docs/sources.md.
 */
export type { ObjectContext, SourceDialect, SourceKind, SourceSeries, SourceType } from './kind.js';
export { SOURCE_KINDS, SOURCE_TYPES, type SeriesRequest, describeSeries, sourceSeries } from './kinds.js';
export { type SourceColumn, type SourceTable, type TableSchema, sliceByTime } from './table.js';
export type { OutsideRows, SourceAccount } from './account.js';
export { type Gap, type Gaps, GAPS_LISTED, findGaps } from './gaps.js';
export {
  type ObjectRequest,
  type ReadOptions,
  type SourcePart,
  parseSource,
  readSourceObject,
} from './read-object.js';
export type { ParsedSource } from './parse.js';
export {
  type AssembleOptions,
  type AssembledMonth,
  type Seam,
  type SourceComparison,
  type TableOfPeriod,
  assembleSourceMonth,
  keepSourcePeriods,
  sliceSourceDays,
} from './assemble.js';
export {
  SOURCE_SCHEMA_VERSION,
  type SourceMonthFacts,
  type SourceObjectFacts,
  sourceObjectFacts,
  sortSources,
} from './facts.js';
export {
  type SourceMonth,
  decodeSourceMonth,
  encodeSourceMonth,
  findSourceFacts,
  readSourceFacts,
  readSourceMonth,
  writeSourceMonth,
} from './month-file.js';
export {
  type SourceMonthRequest,
  type SourceMonthState,
  examineSourceMonth,
  isMadeAlike,
  whyRebuildSource,
} from './reuse.js';
export {
  type SourceCsvPaths,
  listSourceMonths,
  sourceCsvPaths,
  sourceMonthPath,
  sourceRoot,
} from './paths.js';
export { type SourceFactsReader, type SourceMonthFile, readSourceRows, viewSource } from './read-rows.js';
export { SOURCE_CSV_VERSION, type SourceMeta } from './meta.js';
export { type SettleSourceRequest, type SettledSource, findSettledSource, settleSource } from './settle.js';
