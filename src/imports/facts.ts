import * as shape from '../shape/index.js';
import { type FooterEntries, readFooter, toKeyValues } from '../shape/index.js';
import type { EpochMicros } from '../time/index.js';
import type { ImportAccount } from './account.js';
import { KIND_NAMES, type KindName } from './kinds.js';
import type { ImportFormat } from './source.js';

/** Version of the month files; one of another version is refused, never guessed at. */
export const IMPORT_SCHEMA_VERSION = 1;

/** One file that a month was made of. */
export interface ImportSource {
  /** As in the column `source`. */
  readonly id: number;
  readonly key: string;
  /** Name of the file, without folders. */
  readonly file: string;
  readonly format: ImportFormat;
  readonly bytes: number;
  readonly sha256: string;
  /** What it tells all about, of whatever month: `[startUs, endUs)`; null: nothing. */
  readonly startUs: EpochMicros | null;
  readonly endUs: EpochMicros | null;
  readonly lowerBound: boolean;
  /** Of the whole file. */
  readonly account: ImportAccount;
  /** Months, `2025-10`, in which its accepted rows lie. */
  readonly months: readonly string[];
  /** Rows of it in this month. */
  readonly rows: number;
  /** Rows of it that belong to this month and are stored as another file's, which has them too. */
  readonly superseded: number;
}

/** Where a month comes from: what its footer says beside the rows. */
export interface ImportFacts {
  readonly schemaVersion: number;
  readonly tapemillVersion: string;
  readonly kind: KindName;
  readonly symbol: string;
  /** `2025-10` */
  readonly period: string;
  /** How long after its stamp a row may be used, in µs: `known_ts - ts`. */
  readonly knownAfterUs: number;
  /** Sorted by id. */
  readonly sources: readonly ImportSource[];
}

export function importFactsToKeyValues(facts: ImportFacts): [key: string, value: string][] {
  return toKeyValues([
    ['schema_version', String(facts.schemaVersion)],
    ['version', facts.tapemillVersion],
    ['kind', facts.kind],
    ['symbol', facts.symbol],
    ['period', facts.period],
    ['known_after_us', String(facts.knownAfterUs)],
    ['sources', JSON.stringify(facts.sources)],
  ]);
}

/** Reads the facts back, believing nothing. @throws `E_LAYER` */
export function importFactsFromKeyValues(keyValues: FooterEntries, path: string): ImportFacts {
  return readFooter(keyValues, path, 'a month of imported data', (values) => ({
    schemaVersion: values.version('schema_version', IMPORT_SCHEMA_VERSION),
    tapemillVersion: values.plain('version'),
    kind: values.text('kind', shape.oneOf(KIND_NAMES)),
    symbol: values.plain('symbol'),
    period: values.text('period', shape.monthKey),
    knownAfterUs: values.number('known_after_us', shape.count),
    sources: values.json('sources', shape.list(source)),
  }));
}

const account = shape.record<ImportAccount>({
  rows: shape.count,
  accepted: shape.count,
  duplicate: shape.count,
  contradictory: shape.count,
  outside: shape.count,
  malformed: shape.count,
  ignored: shape.count,
  unsorted: shape.count,
  neighbours: shape.count,
  firstTs: shape.nullOr(shape.integer),
  lastTs: shape.nullOr(shape.integer),
  firstMalformed: shape.nullOr(
    shape.record<NonNullable<ImportAccount['firstMalformed']>>({
      line: shape.count,
      column: shape.nullOr(shape.text),
      text: shape.text,
    }),
  ),
});

const source = shape.record<ImportSource>({
  id: shape.count,
  key: shape.text,
  file: shape.text,
  format: shape.oneOf(['tardis', 'forceorder', 'dump'] as const),
  bytes: shape.count,
  sha256: shape.sha256,
  startUs: shape.nullOr(shape.integer),
  endUs: shape.nullOr(shape.integer),
  lowerBound: shape.flag,
  account,
  months: shape.list(shape.monthKey),
  rows: shape.count,
  superseded: shape.count,
});
