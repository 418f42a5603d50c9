import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type DataType, type Market, objectKey } from '../../src/market/index.js';
import { parsePeriod } from '../../src/time/index.js';
import { buildZip } from '../archive/zip-builder.js';
import { temporaryFolder } from '../cli/run.js';

export interface TreeObject {
  readonly market?: Market;
  readonly dataType: DataType;
  readonly symbol?: string;
  readonly interval?: string;
  readonly period: string;
}

/** An archive of hand-made objects in a folder of its own. */
export class SourceTree {
  readonly root = join(temporaryFolder(), 'archive');

  key({ market = 'um', dataType, symbol = 'XYZUSDT', interval, period }: TreeObject): string {
    const name = { market, dataType, symbol, period: parsePeriod(period) };
    return objectKey({ ...name, ...(interval === undefined ? {} : { interval }) });
  }

  path(object: TreeObject): string {
    return join(this.root, ...this.key(object).split('/'));
  }

  /** Puts an object with its .CHECKSUM, in place of what was there. @returns its key */
  put(object: TreeObject, ...lines: readonly string[]): string {
    const key = this.key(object);
    const member = { name: basename(key).replace('.zip', '.csv'), data: `${lines.join('\n')}\n` };
    this.putBytes(object, buildZip({ members: [member] }));
    return key;
  }

  /** The same of whatever bytes. */
  putBytes(object: TreeObject, bytes: Uint8Array, sha256 = hash(bytes)): void {
    const path = this.path(object);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    writeFileSync(`${path}.CHECKSUM`, `${sha256}  ${basename(path)}\n`);
  }

  bytes(object: TreeObject): Buffer {
    return readFileSync(this.path(object));
  }

  remove(object: TreeObject): void {
    for (const path of [this.path(object), `${this.path(object)}.CHECKSUM`]) rmSync(path);
  }
}

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
