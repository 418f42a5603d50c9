import { createHash } from 'node:crypto';

/** One month file that a table is made of: what its footer says, and the archive objects (or files) behind it. */
export interface InputMonth {
  /** Data type and interval, `aggTrades`, `markPriceKlines 1h`. */
  readonly source: string;
  /** `2026-04` */
  readonly period: string;
  /** SHA-256 of the facts in the footer: changes with anything that shaped the rows. */
  readonly facts_sha256: string;
  readonly objects: number;
  /** SHA-256 over `{sha256}  {key}\n` of the objects, in their order in the footer. */
  readonly objects_sha256: string;
}

interface Facts {
  readonly period: string;
  readonly sources: readonly { readonly key: string; readonly sha256: string }[];
}

/** @param facts of the footer of a month file of any kind */
export function inputMonth(source: string, facts: Facts): InputMonth {
  const objects = facts.sources.map(({ key, sha256 }) => `${sha256}  ${key}\n`).join('');
  return {
    source,
    period: facts.period,
    facts_sha256: sha256(JSON.stringify({ ...facts, createdAtUtc: null, tapemillVersion: null })),
    objects: facts.sources.length,
    objects_sha256: sha256(objects),
  };
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
