import { TapemillError } from '../errors.js';
import { keyParts } from './entry-name.js';

/** The public archive does not list itself; its bucket does. */
const PUBLIC_ARCHIVE = 'https://data.binance.vision';
const PUBLIC_INDEX = 'https://s3-ap-northeast-1.amazonaws.com/data.binance.vision';

export function isHttpUrl(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

/** Where an archive is on the network. URLs have no credentials and no slash at their end. */
export interface HttpLocation {
  readonly base: string;
  /** What `?delimiter=/&prefix=…` is appended to. */
  readonly index: string;
  /** For the base's own host. */
  readonly credentials: { readonly origin: string; readonly userPassword: string } | null;
}

/**
 * @param location URL of the folder that holds `data/`
 * @param index URL of an S3 listing; by default that of the public archive, or the base's own root
 * @throws `E_USAGE`
 */
export function httpLocation(location: string, index?: string): HttpLocation {
  const url = parse(location);
  const userPassword = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const credentials = userPassword === ':' ? null : { origin: url.origin, userPassword };
  const base = plain(url);
  if (index !== undefined) return { base, index: plain(parse(index)), credentials };
  return { base, index: base === PUBLIC_ARCHIVE ? PUBLIC_INDEX : `${base}/`, credentials };
}

/** @throws `E_USAGE` for a key that leaves the archive */
export function objectUrl(base: string, key: string): string {
  return `${base}/${keyParts(key).map(encodeURIComponent).join('/')}`;
}

function parse(text: string): URL {
  const url = isHttpUrl(text) && URL.canParse(text) ? new URL(text) : null;
  if (url?.search !== '' || url.hash !== '') {
    throw new TapemillError('E_USAGE', `expected an http(s) URL without "?" and "#", found "${text}"`, {
      expected: 'https://host/path',
      found: text,
    });
  }
  return url;
}

function plain(url: URL): string {
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
