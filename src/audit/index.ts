/**
 * Proof of the layer: every minute beside the exchange's own kline, every difference named, every gap told, and the
 * quality of each object and bar on disk. Definitions: docs/audit.md.
 */
export { type AuditFailure, type AuditReport, type AuditRequest, audit } from './audit.js';
export { type SymbolAudit, type SymbolRequest, auditSymbol } from './audit-symbol.js';
export { CLASS_MEANING, type ClassCounts, FLAG, OFF_CLASSES, type OffClass } from './classes.js';
export { type OffMinute, classify } from './classify.js';
export type { Surroundings } from './run.js';
export type { Agreement, CadenceCheck } from './cross-checks.js';
export { type Difference, type KlineColumns, type Stretch, compareMinutes } from './differences.js';
export {
  type ExplainRequest,
  type ExplainedMinute,
  type Explanation,
  type FieldComparison,
  explainMinute,
} from './explain.js';
export { FIELDS, type Field, RELATIVE_TOLERANCE, numberText, toleranceOf } from './fields.js';
export type { FilledFormula } from './filled-formulas.js';
export type { GapKind, LayerGap, TradeIdGaps } from './gaps.js';
export { type MonthAtHand, type SeriesAtHand, monthAtHand, seriesAtHand } from './klines-at-hand.js';
export { blemishes } from './object-quality.js';
export type { ObjectRows } from './object-rows.js';
export { type RecordedQuality, readQuality, updateQuality } from './quality-ledger.js';
export { type BarQuality, qualityPerBar, readQualityPerBar } from './quality-per-bar.js';
export { DAYS_TABLE, MINUTES_OFF_TABLE, OBJECTS_TABLE, qualityPath } from './quality-tables.js';
export type { DayTotals } from './reconcile.js';
export { type TableRow, readTable } from './table-file.js';
export { type Totals, type WorstSum, exactShare, explainedShare, noTotals, offCount } from './totals.js';
