import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { dropAbandonedLock, removePart } from '../download/index.js';
import { fromSystemError } from '../errors.js';
import { checksumKey, parseObjectKey } from '../market/index.js';
import { keyParts } from './entry-name.js';

/**
 * Where objects from the network are on our disk:
 *
 *     {data}/_tmp/index/                                         listings
 *     {data}/_tmp/binance_vision/um/monthly/aggTrades/{name}.zip     whole, until it is used
 *                                                     {name}.zip.part, .part.json, .lock
 *     {data}/archive/{key}                                       kept after use, an archive again
 *     {data}/_quarantine/um/monthly/aggTrades/{name}.{hash}.zip  contradicts its .CHECKSUM; a .json says how
 */
export class HttpStore {
  constructor(private readonly dataDir: string) {}

  get indexFolder(): string {
    return join(this.dataDir, '_tmp', 'index');
  }

  /** Of the whole object; `.part` and `.lock` are beside it. @throws `E_USAGE` for what is no key */
  downloadPath(key: string): string {
    return join(this.dataDir, '_tmp', 'binance_vision', ...place(key));
  }

  keptPath(key: string): string {
    return join(this.dataDir, 'archive', ...keyParts(key));
  }

  async has(path: string): Promise<boolean> {
    return access(path).then(
      () => true,
      () => false,
    );
  }

  /** The object, its part, and its lock unless somebody holds that. */
  async drop(key: string): Promise<void> {
    const path = this.downloadPath(key);
    await rm(path, { force: true });
    await removePart(path);
    await dropAbandonedLock(`${path}.lock`);
  }

  /**
   * Of these objects, those of which anything lies about, found with one look at each folder: a run that has
   * nothing to do asks for thousands.
   */
  async leftOver(keys: readonly string[]): Promise<string[]> {
    const folders = new Map<string, Set<string>>();
    const found: string[] = [];
    for (const key of keys) {
      const path = this.downloadPath(key);
      const folder = dirname(path);
      let names = folders.get(folder);
      if (!names) {
        const files = await readdir(folder).catch(() => []);
        names = new Set(files.map((file) => file.replace(/\.zip(\.part(\.json)?|\.lock)?$/, '.zip')));
        folders.set(folder, names);
      }
      if (names.has(basename(path))) found.push(key);
    }
    return found;
  }

  /** Moves a downloaded object to where it is kept; nothing when it is not there (any more). @throws `E_IO` */
  async keep(key: string, checksum: () => Promise<string | null>): Promise<void> {
    const [from, to] = [this.downloadPath(key), this.keptPath(key)];
    if (!(await this.has(from))) return;
    const sha256 = await checksum();
    try {
      await mkdir(dirname(to), { recursive: true });
      // The checksum first: an object without one would count as never verified.
      if (sha256 === null) await rm(checksumKey(to), { force: true });
      else await writeFile(checksumKey(to), `${sha256}  ${basename(to)}\n`);
      await rename(from, to);
    } catch (error) {
      throw fromSystemError(error, 'keeping', to);
    }
  }

  /**
   * Moves the part of an object that contradicts its .CHECKSUM out of the way.
   * @returns where it is now
   * @throws `E_IO`
   */
  async quarantine(key: string, facts: QuarantineFacts): Promise<string> {
    const parts = place(key);
    const name = basename(parts.pop()!, '.zip');
    const path = join(this.dataDir, '_quarantine', ...parts, `${name}.${facts.sha256.slice(0, 12)}.zip`);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.json`, `${JSON.stringify({ key, ...facts }, null, 2)}\n`);
      await rename(`${this.downloadPath(key)}.part`, path);
    } catch (error) {
      throw fromSystemError(error, 'writing', path);
    }
    await this.drop(key);
    return path;
  }
}

export interface QuarantineFacts {
  readonly url: string;
  /** Of what was received. */
  readonly sha256: string;
  /** What the .CHECKSUM says. */
  readonly expectedSha256: string;
  readonly bytes: number;
  readonly atUtc: string;
}

/** One folder for each market, cadence and data type: names alone do not tell markets apart. */
function place(key: string): string[] {
  const parts = keyParts(key);
  const { market, dataType, period } = parseObjectKey(key);
  return [market, period.kind === 'month' ? 'monthly' : 'daily', dataType, parts.at(-1)!];
}
