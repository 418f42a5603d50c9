import { createRequire } from 'node:module';
import type { XMLParser } from 'fast-xml-parser';
import { AttemptFailure } from '../download/index.js';
import { isoDate, quotedEtag } from './archive.js';
import { type PageTexts, scanPage } from './s3-scan.js';

/** One object as the index lists it. */
export interface IndexObject {
  readonly key: string;
  readonly bytes: number;
  /** With its quotes. */
  readonly etag: string | null;
  /** `2024-02-05T06:07:08.000Z` */
  readonly lastModified: string | null;
}

/** One answer of an S3 listing (`ListObjects`, version 1), up to 1,000 keys. */
export interface IndexPage {
  readonly objects: readonly IndexObject[];
  /** Common prefixes, each with a slash at its end. */
  readonly folders: readonly string[];
  /** What `marker` the next page goes on after; null on the last one. */
  readonly next: string | null;
}

let parser: XMLParser | undefined;

/** Loaded when it is needed, which is hardly ever: S3's own form is scanned. */
function xmlParser(): XMLParser {
  const load = createRequire(import.meta.url);
  parser ??= new (load('fast-xml-parser') as typeof import('fast-xml-parser')).XMLParser({
    parseTagValue: false,
    ignoreAttributes: true,
    // Numeric character references too: names need not be ASCII.
    htmlEntities: true,
    // A lone element would come as an object, several as a list.
    isArray: (name) => name === 'Contents' || name === 'CommonPrefixes',
  });
  return parser;
}

/** @throws an attempt's failure, worth repeating: a listing that is cut short or is none at all may be an accident */
export function parseIndexPage(xml: string): IndexPage {
  // The parser takes what it gets; a page that was cut short lacks its end. Entities of their own have no place in
  // a listing, and are how a small page becomes a huge one.
  if (!xml.trimEnd().endsWith('</ListBucketResult>') || /<!DOCTYPE/i.test(xml)) throw noListing(xml);
  const page = scanPage(xml) ?? parseAny(xml);
  const isEncoded = page.encodingType?.toLowerCase() === 'url';
  const decode = (name: string): string => decodeName(name, isEncoded);

  const objects = page.contents.map(({ key, size, etag, lastModified }): IndexObject => {
    if (key === null || size === null || !/^\d+$/.test(size)) throw noListing(xml);
    return {
      key: decode(key),
      bytes: Number(size),
      etag: quotedEtag(etag),
      lastModified: isoDate(lastModified),
    };
  });
  const folders = page.prefixes.map((prefix) => {
    if (prefix === null) throw noListing(xml);
    return decode(prefix);
  });
  let next: string | null = null;
  if (page.isTruncated?.toLowerCase() === 'true') {
    // Without a delimiter there is no NextMarker, and the last name is where to go on.
    next =
      page.nextMarker === null
        ? lastOf([...objects.map(({ key }) => key), ...folders])
        : decode(page.nextMarker);
    if (next === null) throw noListing(xml);
  }
  return { objects, folders, next };
}

/** Any listing in well-formed XML. @throws an attempt's failure */
function parseAny(xml: string): PageTexts {
  let document: unknown;
  try {
    document = xmlParser().parse(xml);
  } catch {
    throw noListing(xml);
  }
  const result = record(record(document)?.['ListBucketResult']);
  if (!result) throw noListing(xml);
  return {
    contents: list(result['Contents']).map((contents) => ({
      key: text(contents['Key']),
      size: text(contents['Size']),
      etag: text(contents['ETag']),
      lastModified: text(contents['LastModified']),
    })),
    prefixes: list(result['CommonPrefixes']).map((common) => text(common['Prefix'])),
    isTruncated: text(result['IsTruncated']),
    nextMarker: text(result['NextMarker']),
    encodingType: text(result['EncodingType']),
  };
}

/**
 * No name of the archive has a percent sign, so an escape is one whether or not the server says that it
 * encodes; a plus is a space only where it does.
 */
function decodeName(name: string, isEncoded: boolean): string {
  if (!isEncoded && !name.includes('%')) return name;
  try {
    return decodeURIComponent(isEncoded ? name.replaceAll('+', ' ') : name);
  } catch {
    return name;
  }
}

/** In the order of S3, which is that of UTF-8 bytes. */
function lastOf(names: readonly string[]): string | null {
  return names.reduce<string | null>(
    (last, name) => (last === null || Buffer.compare(Buffer.from(name), Buffer.from(last)) > 0 ? name : last),
    null,
  );
}

function noListing(found: string): AttemptFailure {
  const start = found.slice(0, 80).replace(/\s+/g, ' ');
  return new AttemptFailure(`the answer is no complete S3 listing: ${JSON.stringify(start)}`, {
    code: 'E_INDEX',
    retryable: true,
  });
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((item: unknown) => record(item) ?? {}) : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
