import { TapemillError } from '../errors.js';
import * as shape from '../shape/index.js';
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

const PREFIX = 'tapemill.';

export function importFactsToKeyValues(facts: ImportFacts): [key: string, value: string][] {
  return [
    [`${PREFIX}schema_version`, String(facts.schemaVersion)],
    [`${PREFIX}version`, facts.tapemillVersion],
    [`${PREFIX}kind`, facts.kind],
    [`${PREFIX}symbol`, facts.symbol],
    [`${PREFIX}period`, facts.period],
    [`${PREFIX}known_after_us`, String(facts.knownAfterUs)],
    [`${PREFIX}sources`, JSON.stringify(facts.sources)],
  ];
}

/** Reads the facts back, believing nothing. @throws `E_LAYER` */
export function importFactsFromKeyValues(
  keyValues: readonly { readonly key: string; readonly value?: string | undefined }[],
  path: string,
): ImportFacts {
  const values = new Map(keyValues.map(({ key, value }) => [key, value]));
  const plain = (key: string): string => {
    const value = values.get(PREFIX + key);
    if (value === undefined) throw new shape.ShapeError(PREFIX + key, 'to be in the footer', undefined);
    return value;
  };
  try {
    const schemaVersion = shape.count(Number(plain('schema_version')), 'tapemill.schema_version');
    if (schemaVersion !== IMPORT_SCHEMA_VERSION) {
      throw new shape.ShapeError('tapemill.schema_version', String(IMPORT_SCHEMA_VERSION), schemaVersion);
    }
    return {
      schemaVersion,
      tapemillVersion: plain('version'),
      kind: shape.oneOf(KIND_NAMES)(plain('kind'), 'tapemill.kind'),
      symbol: plain('symbol'),
      period: monthKey(plain('period'), 'tapemill.period'),
      knownAfterUs: shape.count(Number(plain('known_after_us')), 'tapemill.known_after_us'),
      sources: shape.list(source)(JSON.parse(plain('sources')), 'tapemill.sources'),
    };
  } catch (error) {
    if (!(error instanceof shape.ShapeError || error instanceof SyntaxError)) throw error;
    throw new TapemillError(
      'E_LAYER',
      `${path} is not a month of imported data: ${error.message}`,
      { path },
      { cause: error },
    );
  }
}

const monthKey = shape.matching(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month YYYY-MM');

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
  sha256: shape.matching(/^[0-9a-f]{64}$/, '64 hex digits'),
  startUs: shape.nullOr(shape.integer),
  endUs: shape.nullOr(shape.integer),
  lowerBound: shape.flag,
  account,
  months: shape.list(monthKey),
  rows: shape.count,
  superseded: shape.count,
});
