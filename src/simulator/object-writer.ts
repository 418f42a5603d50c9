import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { fromSystemError } from '../errors.js';
import { checksumKey, type ObjectName } from '../market/index.js';
import type { SimulatedObject } from './request.js';
import { DEFLATE_END, deflateFlushed, packedRun, ZipWriter, type HeaderLies } from './zip-writer.js';

/** How the CSV is packed. The plain one: one deflated member named like the ZIP. */
export interface Container {
  readonly memberName: string;
  readonly method: 'deflated' | 'stored';
  readonly zip64: boolean;
  readonly lies?: HeaderLies;
  readonly furtherMembers: readonly { readonly name: string; readonly text: string }[];
  /** The member is cut short and followed by this much of one byte; `declared` or not in its size. */
  readonly bomb?: { readonly mebibytes: number; readonly declared: boolean };
  /** Done to the finished file before it is hashed. */
  readonly damage?: (path: string, bytes: number) => Promise<void>;
}

/** Whether and how an object is published. */
export interface Publication {
  readonly absent: boolean;
  readonly key: string;
  readonly checksum: 'right' | 'wrong' | 'missing' | 'malformed';
}

export interface ObjectPlan {
  readonly outDir: string;
  readonly name: ObjectName;
  readonly publication: Publication;
  readonly container: Container;
  readonly level: number;
  /** The header line without its end. */
  readonly header: string | undefined;
  readonly lineEnd: string;
  readonly endsWithLineEnd: boolean;
  readonly defects: readonly string[];
}

/** Of a bomb's true content, only so much is kept. */
const BOMB_HEAD_BYTES = 1 << 16;

/**
 * Writes one object: ZIP and `.CHECKSUM`, each under a temporary name in its folder, synced, then renamed. What is
 * written are whole lines with their ends. `finish`, or `abort` when something else failed.
 */
export class ObjectWriter {
  #rows = 0;
  /** The last line end, held back when the file shall not have one. */
  #held: Buffer | undefined;
  readonly #bombHead: Buffer[] = [];

  private constructor(
    private readonly plan: ObjectPlan,
    private readonly path: string,
    private readonly zip: ZipWriter,
  ) {}

  static async open(plan: ObjectPlan): Promise<ObjectWriter> {
    const path = join(plan.outDir, plan.publication.key);
    try {
      await mkdir(dirname(path), { recursive: true });
      const zip = await ZipWriter.create(temporary(path));
      const writer = new ObjectWriter(plan, path, zip);
      writer.#begin(plan.container.memberName);
      if (plan.header !== undefined) await writer.#write(Buffer.from(plan.header + plan.lineEnd));
      return writer;
    } catch (error) {
      throw fromSystemError(error, 'cannot write', path);
    }
  }

  get name(): ObjectName {
    return this.plan.name;
  }

  /** Key under which the object is published, which a defect may have changed. */
  get key(): string {
    return this.plan.publication.key;
  }

  /** Resolves when the chunk, whole lines, may be reused. */
  async write(chunk: Uint8Array, rows: number): Promise<void> {
    this.#rows += rows;
    if (this.plan.endsWithLineEnd || chunk.length === 0) return this.#write(chunk);
    if (this.#held) await this.#write(this.#held);
    const body = chunk.length - this.plan.lineEnd.length;
    this.#held = Buffer.from(chunk.subarray(body));
    return this.#write(chunk.subarray(0, body));
  }

  async writeLines(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    await this.write(Buffer.from(lines.join(this.plan.lineEnd) + this.plan.lineEnd), lines.length);
  }

  async finish(): Promise<SimulatedObject> {
    const { plan, path } = this;
    try {
      const { container } = plan;
      const size = await this.#endMember();
      for (const member of container.furtherMembers) {
        this.#begin(member.name, false);
        await this.zip.write(Buffer.from(member.text));
        await this.zip.endMember();
      }
      let zipBytes = await this.zip.close();
      if (container.damage) {
        await container.damage(temporary(path), zipBytes);
        zipBytes = (await stat(temporary(path))).size;
      }
      const sha256 = await sha256Of(temporary(path), zipBytes);
      await rename(temporary(path), path);
      await writeChecksum(join(plan.outDir, checksumKey(plan.publication.key)), sha256, plan.publication);
      return {
        key: plan.publication.key,
        dataType: plan.name.dataType,
        symbol: plan.name.symbol,
        ...(plan.name.interval === undefined ? {} : { interval: plan.name.interval }),
        cadence: plan.name.period.kind === 'month' ? 'monthly' : 'daily',
        period: plan.name.period.key,
        rows: this.#rows,
        csvBytes: size,
        zipBytes,
        sha256,
        header: plan.header !== undefined,
        defects: plan.defects,
      };
    } catch (error) {
      throw fromSystemError(error, 'cannot write', path);
    }
  }

  async abort(): Promise<void> {
    await this.zip.abort().catch(() => undefined);
    await rm(temporary(this.path), { force: true });
  }

  #begin(name: string, lying = true): void {
    const { container, level, name: object } = this.plan;
    this.zip.beginMember({
      name,
      method: container.method,
      level,
      // Published on the morning after.
      modifiedMs: object.period.endMs + 8 * 3_600_000,
      zip64: container.zip64,
      ...(lying && container.lies ? { lies: container.lies } : {}),
    });
  }

  async #write(chunk: Uint8Array): Promise<void> {
    if (!this.plan.container.bomb) return this.zip.write(chunk);
    const kept = this.#bombHead.reduce((sum, part) => sum + part.length, 0);
    if (kept < BOMB_HEAD_BYTES) this.#bombHead.push(Buffer.from(chunk.subarray(0, BOMB_HEAD_BYTES - kept)));
  }

  async #endMember(): Promise<number> {
    const { bomb } = this.plan.container;
    if (bomb) {
      const head = Buffer.concat(this.#bombHead);
      const run = packedRun(bomb.mebibytes, 0x30);
      let crc = crc32(head);
      if (bomb.declared) {
        const mebibyte = Buffer.alloc(1 << 20, 0x30);
        for (let i = 0; i < bomb.mebibytes; i++) crc = crc32(mebibyte, crc);
      }
      const size = head.length + (bomb.declared ? bomb.mebibytes * (1 << 20) : 0);
      await this.zip.writePacked([deflateFlushed(head), ...run, DEFLATE_END], crc, size);
    }
    return (await this.zip.endMember()).size;
  }
}

function temporary(path: string): string {
  return `${path}.part`;
}

async function sha256Of(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  if (bytes <= 1 << 20) hash.update(await readFile(path));
  else await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function writeChecksum(path: string, sha256: string, publication: Publication): Promise<void> {
  const file = basename(publication.key);
  const text = {
    right: `${sha256}  ${file}\n`,
    wrong: `${sha256.startsWith('0') ? 'f' : '0'}${sha256.slice(1)}  ${file}\n`,
    malformed: `<html><body>404 Not Found: ${file}</body></html>\n`,
    missing: undefined,
  }[publication.checksum];
  if (text === undefined) {
    await rm(path, { force: true });
    return;
  }
  await writeAtomically(path, text);
}

/** Temporary name, sync, rename. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const handle = await open(temporary(path), 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary(path), path);
}
