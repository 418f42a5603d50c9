import { createHash } from 'node:crypto';
import { type ByteSource, memorySource, splicedSource } from './source.js';
import type { ObjectFacts } from './key-tree.js';

/** One revision of an object: its bytes and what headers say of them. */
export interface Revision {
  readonly source: ByteSource;
  readonly facts: ObjectFacts;
}

const DAY_MS = 86_400_000;
const END_RECORD_BYTES = 22;
const END_SIGNATURE = 0x06054b50;
const MAX_CHECKSUM_BYTES = 4096;

/**
 * A made-up earlier revision of an object: a ZIP with the same members and another size and SHA-256 (its comment
 * differs), or a `.CHECKSUM` with another hash. `behind` counts from 1.
 */
export async function earlierRevision(key: string, current: Revision, behind: number): Promise<Revision> {
  const note = `superseded revision -${behind}`;
  const source =
    key.endsWith('.CHECKSUM') && current.source.bytes <= MAX_CHECKSUM_BYTES
      ? await otherChecksum(current.source, note)
      : await otherZip(current.source, note);
  return {
    source,
    facts: {
      bytes: source.bytes,
      modifiedMs: current.facts.modifiedMs - behind * DAY_MS,
      etag: otherEtag(current.facts.etag, note),
    },
  };
}

/** The same content under an ETag that has changed `revision` times. */
export function withChangedEtag({ source, facts }: Revision, revision: number): Revision {
  return { source, facts: { ...facts, etag: otherEtag(facts.etag, `changed ${revision}`) } };
}

function otherEtag(etag: string, note: string): string {
  return `"${sha256(`${etag}|${note}`).slice(0, 32)}"`;
}

async function otherChecksum(source: ByteSource, note: string): Promise<ByteSource> {
  const text = (await source.read(0, source.bytes)).toString('utf8');
  return memorySource(Buffer.from(text.replace(/[0-9a-f]{64}/i, (hash) => sha256(`${hash}|${note}`))));
}

/** A comment is the end of a ZIP; what is no ZIP, or has a comment, just becomes longer. */
async function otherZip(source: ByteSource, note: string): Promise<ByteSource> {
  const comment = Buffer.from(note);
  const at = source.bytes - END_RECORD_BYTES;
  const end = at < 0 ? undefined : await source.read(at, END_RECORD_BYTES);
  if (end?.readUInt32LE(0) !== END_SIGNATURE) return splicedSource(source, source.bytes, comment);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(comment.length);
  return splicedSource(source, source.bytes - 2, Buffer.concat([length, comment]));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
