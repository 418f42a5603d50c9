import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { fromSystemError, isSystemError } from '../errors.js';
import { isAlive } from '../alive.js';
import type { World } from './world.js';

/** A lock file that nobody touched for this long belongs to nobody, whatever it says. */
const STALE_MS = 30_000;
/** A lock without an owner: somebody was killed in the moment between making the file and writing to it. */
const UNSIGNED_STALE_MS = 1_000;
const HEARTBEAT_MS = 2_000;
const POLL_MS = 100;

interface Owner {
  readonly host: string;
  readonly pid: number;
  readonly token: string;
}

/**
 * Runs `work` while no other thread or process on this folder runs one under the same lock file. Others wait; a
 * lock whose process on this machine has ended is taken over at once, one of another machine when its file has not
 * been touched for 30 s. Two that take over the same lock at the same moment are possible and harmless here: what
 * is downloaded is hashed before it is used.
 *
 * @throws what `work` throws; the signal's reason; `E_IO`
 */
export async function withLock<T>(
  path: string,
  sleep: World['sleep'],
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const owner: Owner = { host: hostname(), pid: process.pid, token: randomBytes(8).toString('hex') };
  try {
    await mkdir(dirname(path), { recursive: true });
    while (!(await take(path, owner))) {
      signal?.throwIfAborted();
      if (await isAbandoned(path)) await drop(path);
      else await sleep(POLL_MS, signal);
    }
  } catch (error) {
    throw fromSystemError(error, 'locking', path);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    // Not one that somebody took over meanwhile.
    if ((await readOwner(path))?.token === owner.token) await rm(path, { force: true });
  }
}

/** Removes a lock whose owner is gone; one that is held stays. @throws `E_IO` */
export async function dropAbandonedLock(path: string): Promise<void> {
  try {
    if (await isAbandoned(path)) await drop(path);
  } catch (error) {
    throw fromSystemError(error, 'removing', path);
  }
}

async function take(path: string, owner: Owner): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    await handle.writeFile(JSON.stringify(owner)).finally(() => handle.close());
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  }
}

/** By a new name first, so that of several that want to remove it only one removes this very file. */
async function drop(path: string): Promise<void> {
  const away = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(path, away);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
  }
  await rm(away, { force: true });
}

async function isAbandoned(path: string): Promise<boolean> {
  const file = await stat(path).catch(() => undefined);
  if (!file) return false; // released; the next `take` will tell
  if (Date.now() - file.mtimeMs > STALE_MS) return true;
  const owner = await readOwner(path);
  if (owner === null) return Date.now() - file.mtimeMs > UNSIGNED_STALE_MS;
  if (owner.host !== hostname()) return false;
  // Our own number may have been that of an earlier process: in a container it is always the same few.
  if (owner.pid === process.pid) return file.mtimeMs < Date.now() - process.uptime() * 1000 - 2000;
  return !isAlive(owner.pid);
}

async function readOwner(path: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner;
  } catch {
    return null; // gone, or being written
  }
}
