import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { type Mirror, type MirrorOptions, startMirror } from '../../src/mirror/index.js';
import { buildZip } from '../archive/zip-builder.js';
import { afterEachTest } from '../cleaning.js';

const cleanups: (() => void | Promise<void>)[] = [];
afterEachTest(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export type Files = Readonly<Record<string, string | Buffer>>;

/** A folder with these files, gone after the test. */
export function folderOf(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'tapemill-mirror-'));
  cleanups.push(() => {
    rmSync(root, { recursive: true, force: true });
  });
  for (const [key, content] of Object.entries(files)) put(root, key, content);
  return root;
}

export function put(root: string, key: string, content: string | Buffer): string {
  const path = join(root, key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Makes folders look old enough to be remembered by the mirror. */
export function age(...paths: readonly string[]): void {
  for (const path of paths) utimesSync(path, 1_700_000_000, 1_700_000_000);
}

/** A running mirror of a folder or of these files, closed after the test. */
export async function mirrorOf(files: Files | string, options: Partial<MirrorOptions> = {}): Promise<Mirror> {
  const mirror = await startMirror({ root: typeof files === 'string' ? files : folderOf(files), ...options });
  cleanups.push(() => mirror.close());
  return mirror;
}

export const ZIP_KEY = 'data/futures/um/daily/aggTrades/SIMAUSDT/SIMAUSDT-aggTrades-2024-01-05.zip';
export const CHECKSUM_KEY = `${ZIP_KEY}.CHECKSUM`;
/** A real ZIP of a few hundred kilobytes that do not compress: more than one chunk of the mirror. */
export const ZIP = buildZip({
  members: [{ name: 'SIMAUSDT-aggTrades-2024-01-05.csv', data: noise(600_000) }],
});
export const CHECKSUM = `${sha256(ZIP)}  SIMAUSDT-aggTrades-2024-01-05.zip\n`;
export const OBJECT: Files = { [ZIP_KEY]: ZIP, [CHECKSUM_KEY]: CHECKSUM };

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function noise(bytes: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, i) =>
    createHash('sha256').update(String(i)).digest(),
  );
  return Buffer.concat(blocks).subarray(0, bytes);
}

export interface RawAnswer {
  /** Everything up to the blank line; empty when there was no answer. */
  readonly head: string;
  readonly body: Buffer;
  /** How the connection ended. */
  readonly end: 'closed' | 'reset';
}

/** Sends a request line and headers as they are, and reads until the connection ends. */
export function raw(mirror: Mirror, requestLine: string, ...headers: readonly string[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(mirror.url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const done = (end: RawAnswer['end']): void => {
      const all = Buffer.concat(chunks);
      const at = all.indexOf('\r\n\r\n');
      resolve({
        head: all.subarray(0, Math.max(0, at)).toString(),
        body: all.subarray(at < 0 ? 0 : at + 4),
        end,
      });
    };
    const socket = connect(Number(port), hostname, () => {
      const lines = [`${requestLine} HTTP/1.1`, 'Host: mirror', 'Connection: close', ...headers];
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => {
      done('closed');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') done('reset');
      else reject(error);
    });
  });
}

export interface Listing {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  readonly isTruncated: boolean;
  readonly nextMarker: string | undefined;
  readonly xml: string;
}

interface ListingXml {
  readonly ListBucketResult: {
    readonly IsTruncated: string;
    readonly NextMarker?: string;
    readonly Contents?: readonly { readonly Key: string }[];
    readonly CommonPrefixes?: readonly { readonly Prefix: string }[];
  };
}

const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  isArray: (name) => name === 'Contents' || name === 'CommonPrefixes',
});

export async function list(mirror: Mirror, query: Readonly<Record<string, string>>): Promise<Listing> {
  const response = await fetch(`${mirror.url}/?${new URLSearchParams(query).toString()}`);
  if (response.status !== 200) throw new Error(`listing answered ${response.status}`);
  const xml = await response.text();
  const { ListBucketResult: result } = parser.parse(xml) as ListingXml;
  return {
    keys: (result.Contents ?? []).map(({ Key }) => Key),
    prefixes: (result.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
    isTruncated: result.IsTruncated === 'true',
    nextMarker: result.NextMarker,
    xml,
  };
}

/** All pages, as a client walks them. */
export async function listAll(
  mirror: Mirror,
  query: Readonly<Record<string, string>>,
): Promise<{ keys: string[]; prefixes: string[]; pages: number }> {
  const all = { keys: [] as string[], prefixes: [] as string[], pages: 0 };
  for (let marker = ''; ;) {
    const page = await list(mirror, { ...query, ...(marker === '' ? {} : { marker }) });
    all.keys.push(...page.keys);
    all.prefixes.push(...page.prefixes);
    all.pages++;
    if (!page.isTruncated) return all;
    const next = page.nextMarker ?? page.keys.at(-1);
    if (next === undefined || next === marker) throw new Error('the listing does not go on');
    marker = next;
  }
}
