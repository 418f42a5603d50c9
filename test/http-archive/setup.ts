import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  type ArchiveEntry,
  type DownloadEvent,
  HttpArchive,
  type HttpArchiveOptions,
  LocalArchive,
  type WorldOptions,
} from '../../src/archive/index.js';
import { type ErrorCode, TapemillError } from '../../src/errors.js';
import { parseObjectKey } from '../../src/market/index.js';
import { type Mirror, type MirrorOptions, startMirror } from '../../src/mirror/index.js';
import { csvRows, put } from '../archive/fixture.js';
import { buildZip } from '../archive/zip-builder.js';
import { afterEachFile, afterEachTest } from '../cleaning.js';

export const FOLDER = 'data/futures/um/daily/aggTrades/XYZUSDT';
export const KEY = `${FOLDER}/XYZUSDT-aggTrades-2024-01-05.zip`;
export const CSV = csvRows(40_000);
/** About 500 KB: enough to be cut in the middle. */
export const ZIP = buildZip({ members: [{ name: 'XYZUSDT-aggTrades-2024-01-05.csv', data: CSV }] });

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const closing: (() => Promise<void>)[] = [];
const folders: string[] = [];
afterEachTest(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterEachFile(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Run when the test has ended. */
export function afterTest(close: () => Promise<void>): void {
  closing.push(close);
}

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tapemill-http-'));
  folders.push(folder);
  return folder;
}

export async function putObject(
  root: string,
  key: string,
  zip: Uint8Array,
  checksum: string | null = sha256Of(zip),
): Promise<void> {
  await put(root, key, zip);
  if (checksum !== null) await put(root, `${key}.CHECKSUM`, `${checksum}  ${key.split('/').at(-1)!}\n`);
}

/** A tree with the one object `KEY`. */
export async function treeOfOne(zip: Uint8Array = ZIP, checksum?: string | null): Promise<string> {
  const root = await newFolder();
  await putObject(root, KEY, zip, checksum);
  return root;
}

export async function mirrorOf(root: string, options: Omit<MirrorOptions, 'root'> = {}): Promise<Mirror> {
  const mirror = await startMirror({ root, ...options });
  afterTest(mirror.close);
  return mirror;
}

/** Short of patience, so that what takes minutes in life takes milliseconds here. */
export const IMPATIENT = {
  connections: 4,
  connectTimeoutMs: 1000,
  headersTimeoutMs: 300,
  stallTimeoutMs: 300,
  attempts: 4,
  backoffMs: 100,
  maxBackoffMs: 1000,
  cacheMaxAgeMs: 60_000,
  diskReserveBytes: 0,
} as const;

export interface Opened {
  readonly archive: HttpArchive;
  readonly dataDir: string;
  readonly events: DownloadEvent[];
  /** Waits that were asked for between attempts, in ms; they last 3 ms each. */
  readonly waits: number[];
}

export async function openHttp(
  url: string,
  options: Partial<HttpArchiveOptions> = {},
  world: WorldOptions = {},
): Promise<Opened> {
  const dataDir = options.dataDir ?? (await newFolder());
  const events: DownloadEvent[] = [];
  const waits: number[] = [];
  const archive = new HttpArchive(
    url,
    { ...IMPATIENT, dataDir, ...options },
    {
      random: () => 1,
      sleep: async (ms) => {
        waits.push(ms);
        await new Promise((resolve) => setTimeout(resolve, 3));
      },
      onEvent: (event) => events.push(event),
      ...world,
    },
  );
  afterTest(() => archive.close());
  return { archive, dataDir, events, waits };
}

/** As a listing would give it. */
export function entryOf(key: string = KEY, bytes: number = ZIP.length): ArchiveEntry {
  return { name: parseObjectKey(key), key, bytes, hasChecksum: true, etag: null, lastModified: null };
}

export async function readObject(archive: HttpArchive | LocalArchive, entry = entryOf()): Promise<string> {
  const object = await archive.open(entry);
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of object.read()) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  } finally {
    await object.close();
  }
}

/** Files below a folder, with `/`, without folders, sorted. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

export async function failure(promise: Promise<unknown>, code: ErrorCode): Promise<TapemillError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TapemillError);
  const ours = error as TapemillError;
  expect(ours.code, ours.message).toBe(code);
  return ours;
}
