import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { atomicWriteFile } from '../layer/index.js';
import { bytesText } from '../watch/index.js';
import { type Finding, messageOf, ok, trouble } from './check.js';
import type { DoctorWorld } from './world.js';

/** What downloads leave free. */
const RESERVE_BYTES = 512 * 2 ** 20;
/** Less than this is soon used up by a few months of a large symbol. */
const LOW_BYTES = 10 * 2 ** 30;

/** Magic numbers of statfs(2) for file systems behind a network, where SQLite's WAL and locks do not hold. */
const NETWORK: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB',
  0x517b: 'SMB',
  0x01021997: '9p',
  0x5346414f: 'AFS',
  0x00c36400: 'Ceph',
  0x0bd00bd0: 'Lustre',
  0x47504653: 'GPFS',
};
/** May be local (NTFS) or not (sshfs, object storage). */
const FUSE = 0x65735546;

export async function checkDataFolder(dataDir: string, world: DoctorWorld): Promise<Finding[]> {
  const folder = existing(resolve(dataDir));
  const [writable, { type, freeBytes }] = await Promise.all([
    checkWriting(dataDir, folder),
    world.fileSystem(folder),
  ]);
  return [writable, checkRoom(freeBytes), checkFileSystem(type >>> 0)];
}

/** The folder, or the nearest above it that exists. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}

/** Writes a file as every output is written (temporary name, flush, rename, flush of the folder), and replaces it. */
async function checkWriting(dataDir: string, folder: string): Promise<Finding> {
  const title = 'Data folder';
  const path = join(folder, `.tapemill-doctor-${process.pid}`);
  const isThere = folder === resolve(dataDir);
  try {
    await atomicWriteFile(path, Buffer.from('first'));
    await atomicWriteFile(path, Buffer.from('second'));
    if ((await readFile(path, 'utf8')) !== 'second')
      throw new Error(`${path} does not hold what replaced it`);
    const place = isThere ? resolve(dataDir) : `${resolve(dataDir)} does not exist yet; ${folder}`;
    return ok('data-folder', title, `${place} can be written to; flush and atomic rename work`);
  } catch (error) {
    return trouble(
      'fail',
      'data-folder',
      title,
      messageOf(error),
      'Make the folder writable for this user, or give another one with --data-dir.',
    );
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

function checkRoom(freeBytes: number): Finding {
  const detail = `${bytesText(freeBytes)} free; downloads leave ${bytesText(RESERVE_BYTES)}`;
  const remedy =
    'Make room. Collecting stops with E_DISK_FULL before the disk is full, and goes on when there is room.';
  if (freeBytes < RESERVE_BYTES) return trouble('fail', 'disk', 'Free disk', detail, remedy);
  return freeBytes < LOW_BYTES
    ? trouble('warn', 'disk', 'Free disk', detail, remedy)
    : ok('disk', 'Free disk', detail);
}

function checkFileSystem(type: number): Finding {
  const [id, title] = ['file-system', 'File system'];
  const name = NETWORK[type];
  if (name !== undefined) {
    return trouble(
      'warn',
      id,
      title,
      `${name}: over a network the ledger's locks do not hold between machines, and it may be damaged`,
      'Keep --data-dir on a local disk, or let one machine alone work in it; use --shard i/n for several.',
    );
  }
  if (type === FUSE) {
    return trouble(
      'warn',
      id,
      title,
      'FUSE: if a network is behind it, the ledger may be damaged',
      'Keep --data-dir on a local disk unless you know that this is one.',
    );
  }
  return ok(id, title, 'not one that is known to be behind a network');
}
