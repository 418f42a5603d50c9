import { TapemillError } from '../errors.js';
import type { Market } from '../market/index.js';
import type { Thresholds } from '../ticks/thresholds.js';
import type { LayerFacts } from './facts.js';
import { findLayerFacts } from './parquet-read.js';
import { LAYER_SCHEMA_VERSION } from './schema.js';

/** What a month is asked to be made of. */
export interface MonthRequest {
  readonly market: Market;
  readonly symbol: string;
  /** `2026-04` */
  readonly period: string;
  readonly thresholds: Thresholds;
  readonly contractSizeUsd: number | null;
  /** `sha256` as .CHECKSUM has it now, null where it is not known: the object then counts as unchanged. */
  readonly sources: readonly {
    readonly key: string;
    readonly period: string;
    readonly sha256: string | null;
  }[];
}

/**
 * Why a month must be built anew, in words for the user, or null when the existing one answers the request.
 * More than was asked for is no reason: days beyond the request are kept, and a monthly object stands for all
 * its days.
 */
export function whyRebuild(facts: LayerFacts | null, request: MonthRequest): string | null {
  if (facts === null) return `${request.period} is not in the layer`;
  if (facts.schemaVersion !== LAYER_SCHEMA_VERSION) {
    return `schema version was ${facts.schemaVersion}, now ${LAYER_SCHEMA_VERSION}`;
  }
  for (const name of ['market', 'symbol', 'period'] as const) {
    if (facts[name] !== request[name]) return `${name} was ${facts[name]}, now ${request[name]}`;
  }
  const { thresholds: before } = facts;
  const { thresholds: now } = request;
  if (before.whaleUsd !== now.whaleUsd) return `whale threshold was ${before.whaleUsd}, now ${now.whaleUsd}`;
  if (before.retailUsd !== now.retailUsd)
    return `retail threshold was ${before.retailUsd}, now ${now.retailUsd}`;
  if (facts.contractSizeUsd !== request.contractSizeUsd) {
    return `contract size was ${facts.contractSizeUsd ?? 'none'}, now ${request.contractSizeUsd ?? 'none'}`;
  }
  const hasMonthly = facts.sources.some((source) => source.period === facts.period);
  for (const wanted of request.sources) {
    const known = facts.sources.find((source) => source.key === wanted.key);
    if (known === undefined) {
      if (hasMonthly && wanted.period !== facts.period) continue;
      return `${wanted.period} appeared`;
    }
    if (wanted.sha256 !== null && known.sha256 !== wanted.sha256) {
      return `${wanted.key} was replaced upstream: sha256 ${known.sha256.slice(0, 12)}… now ${wanted.sha256.slice(0, 12)}…`;
    }
  }
  return null;
}

export interface MonthState {
  /** Null when there is no usable file. */
  readonly facts: LayerFacts | null;
  /** Why it must be built anew; null when the file answers the request. */
  readonly reason: string | null;
}

/** The same for a file, of which only the footer is read; a damaged one is a reason too. @throws `E_IO` */
export async function examineMonth(
  path: string,
  request: MonthRequest,
  readFacts: (path: string) => Promise<LayerFacts | null> = findLayerFacts,
): Promise<MonthState> {
  try {
    const facts = await readFacts(path);
    return { facts, reason: whyRebuild(facts, request) };
  } catch (error) {
    if (TapemillError.is(error) && error.code === 'E_LAYER') return { facts: null, reason: error.message };
    throw error;
  }
}
