import { AFTERTHOUGHTS } from '../dataset/index.js';
import { formatUtcSeconds } from '../time/index.js';
import { VERSION } from '../version.js';
import type { TableColumn } from './columns.js';
import { MANIFEST_TYPE } from './earlier-export.js';
import type { ExportJob, ExportRequest } from './export.js';
import type { QlibFacts } from './export-qlib.js';
import { isFillable } from './fill.js';
import { longestHorizon } from './labels.js';
import { isQlibField } from './qlib.js';
import { describeSplit } from './split.js';
import type { StagedFacts } from './staged-folder.js';
import type { Tally } from './tally.js';

/** Raised when a member changes its meaning or goes; new members may come at any time. */
const MANIFEST_VERSION = 1;

export interface ManifestColumn {
  readonly name: string;
  /**
   * `feature`: known at the end of the bar. `quality`: what an audit found out about the bar later on; for choosing rows, not
   * for learning. `label`: of the future. `key`: symbol and times.
   */
  readonly role: 'key' | 'feature' | 'quality' | 'label';
  readonly type: string;
  readonly unit: string | null;
  readonly meaning: string | null;
  readonly family?: string;
  readonly null_when?: string | null;
  /** True where `--impute` may have put earlier values in place of nulls. */
  readonly imputed?: boolean;
}

export interface ManifestPart {
  readonly name: string;
  readonly rows: number;
  readonly purged: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly null_labels: Readonly<Record<string, number>>;
}

/** `manifest.json`: what an export is made of and what is in it. No time of making, no folders of the machine. */
export interface ExportManifest {
  readonly type: typeof MANIFEST_TYPE;
  readonly schemaVersion: number;
  readonly tapemill: string;
  readonly format: string;
  readonly market: string;
  readonly frequency: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly source: { readonly lock_sha256: string; readonly symbols: readonly object[] };
  readonly columns: readonly ManifestColumn[];
  readonly labels: readonly string[];
  readonly split: readonly object[] | null;
  readonly purge: object | null;
  readonly rows: {
    readonly read: number;
    readonly not_valid: number;
    readonly purged: number;
    readonly exported: number;
    readonly parts: readonly ManifestPart[];
  };
  readonly imputed_cells: number;
  readonly qlib: QlibFacts | null;
  readonly files: readonly StagedFacts[];
}

export function makeManifest(
  request: ExportRequest,
  job: ExportJob,
  tally: Tally,
  qlib: QlibFacts | null,
): ExportManifest {
  const { table, features, plan, folder } = job;
  const { labels, split, fill } = plan;
  const horizonMs = longestHorizon(labels);
  const sum = (of: (part: Tally['parts'][number]) => number): number =>
    tally.parts.reduce((total, part) => total + of(part), 0);
  const time = (ms: number | null): string | null => (ms === null ? null : formatUtcSeconds(ms));
  return {
    type: MANIFEST_TYPE,
    schemaVersion: MANIFEST_VERSION,
    tapemill: VERSION,
    format: request.format,
    market: table.market,
    frequency: table.frequency.label,
    options: {
      symbols: request.symbols.length === 0 ? null : table.symbols.map(({ symbol }) => symbol),
      columns: request.columns,
      labels: labels.map(({ name }) => name),
      split: split?.boundaries.map((boundary) => formatUtcSeconds(boundary).slice(0, 10)) ?? null,
      impute: fill === null ? 'none' : `ffill:${fill.maxBars}`,
      valid_only: plan.validOnly,
    },
    source: {
      lock_sha256: table.lock.sha256,
      symbols: table.symbols.map(({ symbol, rows, firstMs, lastMs }) => ({
        symbol,
        rows,
        first: time(firstMs),
        last: time(lastMs),
      })),
    },
    columns: manifestColumns(request, features, job),
    labels: labels.map(({ name }) => name),
    split: split && describeSplit(split, horizonMs),
    purge:
      split && horizonMs > 0
        ? {
            horizon_hours: horizonMs / 3_600_000,
            rule: 'a row is left out when its longest label is made of a bar that starts in a later part',
          }
        : null,
    rows: {
      read: tally.read,
      not_valid: tally.notValid,
      purged: sum((part) => part.purged),
      exported: sum((part) => part.rows),
      parts: tally.parts.map(({ name, rows, purged, firstMs, lastMs, nullLabels }) => ({
        name,
        rows,
        purged,
        first: time(firstMs),
        last: time(lastMs),
        null_labels: nullLabels,
      })),
    },
    imputed_cells: tally.filled,
    qlib,
    files: folder.files,
  };
}

function roleOf({ name, type }: TableColumn): 'key' | 'feature' | 'quality' {
  if (type === 'timestamp_ms') return 'key';
  return (AFTERTHOUGHTS as readonly string[]).includes(name) ? 'quality' : 'feature';
}

function manifestColumns(
  { format }: ExportRequest,
  features: readonly TableColumn[],
  { plan }: ExportJob,
): ManifestColumn[] {
  const isQlib = format === 'qlib';
  const keys: ManifestColumn[] = [
    { name: 'datetime', role: 'key', type: 'timestamp_ms', unit: 'UTC', meaning: 'start of the bar' },
    { name: 'symbol', role: 'key', type: 'text', unit: null, meaning: 'as the exchange names it' },
  ];
  return [
    ...(isQlib ? [] : keys),
    ...features
      .filter((column) => !isQlib || isQlibField(column))
      .map((column) => ({
        name: column.name,
        role: roleOf(column),
        type: isQlib ? 'float32' : column.type,
        unit: column.unit,
        meaning: column.meaning,
        family: column.family,
        null_when: column.whenNull,
        imputed: plan.fill !== null && isFillable(column),
      })),
    ...plan.labels.map(({ name, formula }) => ({
      name,
      role: 'label' as const,
      type: isQlib ? 'float32' : 'double',
      unit: '1',
      meaning: formula,
      null_when: 'the bar one horizon later is missing, or any bar on the way to it',
    })),
  ];
}
