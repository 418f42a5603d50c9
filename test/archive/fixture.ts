import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { type ArchiveObject, openObject } from '../../src/archive/index.js';
import { type ErrorCode, TapemillError } from '../../src/errors.js';

export const KEY = 'data/futures/um/daily/aggTrades/XYZUSDT/XYZUSDT-aggTrades-2024-01-05.zip';
export const CSV_NAME = 'XYZUSDT-aggTrades-2024-01-05.csv';

/** A folder that is removed after the tests of the file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tapemill-archive-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file below `root`, making its folders. */
export async function put(root: string, key: string, content: Uint8Array | string): Promise<string> {
  const path = join(root, key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Rows like those of the archive; incompressible enough that chunks do not become trivial. */
export function csvRows(rows: number): string {
  const lines: string[] = [];
  let state = 1;
  for (let i = 0; i < rows; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    lines.push(
      `${1000 + i},${(state % 9000) / 100},${state >>> 20},${i * 3},${i * 3 + 2},${1704412800000 + i},true`,
    );
  }
  return lines.join('\n') + '\n';
}

export async function readAll(object: ArchiveObject): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Opens, reads to the end and closes. */
export async function openAndRead(path: string, expectedSha256: string | null = null): Promise<Buffer> {
  const object = await openObject(path, { key: KEY, expectedSha256 });
  try {
    return await readAll(object);
  } finally {
    await object.close();
  }
}

/** Expects the promise to fail with this code, and with the object's key among the context. */
export async function expectError(
  promise: Promise<unknown>,
  code: ErrorCode,
  message?: RegExp,
): Promise<TapemillError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TapemillError))
    throw new Error(`expected ${code}, found ${String(error)}`, { cause: error });
  expect(error.code, error.message).toBe(code);
  if (message) expect(error.message).toMatch(message);
  return error;
}
