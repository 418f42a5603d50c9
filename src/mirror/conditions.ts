import type { IncomingHttpHeaders } from 'node:http';
import type { ObjectFacts } from './key-tree.js';

/** 304 or 412 when the request's conditions say so, in the order of RFC 9110, section 13.2.2. */
export function failedCondition(headers: IncomingHttpHeaders, facts: ObjectFacts): 304 | 412 | undefined {
  const ifMatch = headers['if-match'];
  const unmodifiedSince = seconds(headers['if-unmodified-since']);
  if (ifMatch !== undefined) {
    if (!lists(ifMatch, facts.etag)) return 412;
  } else if (unmodifiedSince !== undefined && modifiedSeconds(facts) > unmodifiedSince) {
    return 412;
  }
  const ifNoneMatch = headers['if-none-match'];
  const modifiedSince = seconds(headers['if-modified-since']);
  if (ifNoneMatch !== undefined) return lists(ifNoneMatch, facts.etag) ? 304 : undefined;
  return modifiedSince !== undefined && modifiedSeconds(facts) <= modifiedSince ? 304 : undefined;
}

/** Whether `If-Range` lets the range stand: it is absent, or names this very ETag or time. A weak ETag never does. */
export function ifRangeHolds(header: string | undefined, facts: ObjectFacts): boolean {
  if (header === undefined) return true;
  const value = header.trim();
  if (value.startsWith('"') || value.startsWith('W/')) return value === facts.etag;
  return seconds(value) === modifiedSeconds(facts);
}

export function lastModified(facts: ObjectFacts): string {
  return new Date(facts.modifiedMs).toUTCString();
}

function modifiedSeconds(facts: ObjectFacts): number {
  return Math.floor(facts.modifiedMs / 1000);
}

/** Whether a list of ETags names this one, weakly or not; `*` names all. */
function lists(header: string, etag: string): boolean {
  const named = header.split(',').map((part) => part.trim().replace(/^W\//, ''));
  return named.includes('*') || named.includes(etag);
}

/** Epoch seconds of an HTTP date; `undefined` when it is none. */
function seconds(date: string | undefined): number | undefined {
  const ms = Date.parse(date ?? '');
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}
