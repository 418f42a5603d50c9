import { createReadStream } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Archive, ArchiveEntry, ArchiveObject } from '../archive/index.js';
import { fromSystemError } from '../errors.js';
import { type SourceFacts, atomicWriteFile, sweepTempFiles } from '../layer/index.js';
import { checksumKey } from '../market/index.js';
import { type MinuteBars, type Thresholds, aggregateAggTrades } from '../ticks/index.js';

export interface MilledObject {
  readonly bars: MinuteBars;
  readonly source: SourceFacts;
}

export interface MillOptions {
  readonly thresholds: Thresholds;
  readonly signal: AbortSignal;
  /** The object is opened (fetched) outside of it, and milled inside. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onPhase: (phase: 'fetching' | 'waiting' | 'milling') => void;
  /** Called now and then with the ZIP bytes milled since the last call; they add up to the object's size. */
  readonly onZipBytes: (bytes: number) => void;
}

/**
 * One object of the archive to minute bars and the facts of their source.
 * @throws what opening and reading an object, and its rows, can be guilty of
 */
export async function millObject(
  archive: Archive,
  entry: ArchiveEntry,
  options: MillOptions,
): Promise<MilledObject> {
  options.onPhase('fetching');
  const object = await archive.open(entry);
  try {
    options.onPhase('waiting');
    return await options.inTurn(() => millOpened(object, entry, options));
  } finally {
    await object.close();
  }
}

async function millOpened(
  object: ArchiveObject,
  entry: ArchiveEntry,
  options: MillOptions,
): Promise<MilledObject> {
  options.onPhase('milling');
  const { facts } = object;
  let csvBytes = 0;
  let reported = 0;
  const { bars, account } = await aggregateAggTrades(() => object.read(), {
    market: entry.name.market,
    symbol: entry.name.symbol,
    period: entry.name.period,
    thresholds: options.thresholds,
    object: entry.key,
    signal: options.signal,
    onBytes: (bytes) => {
      csvBytes += bytes;
      // A second pass over an object with repeated ids counts as no progress.
      const share = facts.memberBytes === 0 ? 1 : Math.min(1, csvBytes / facts.memberBytes);
      const zipBytes = Math.floor(share * facts.bytes);
      if (zipBytes - reported < 1 << 19) return;
      options.onZipBytes(zipBytes - reported);
      reported = zipBytes;
    },
  });
  options.onZipBytes(facts.bytes - reported);
  const source: SourceFacts = {
    key: facts.key,
    period: entry.name.period.key,
    bytes: facts.bytes,
    sha256: facts.sha256,
    checksum: facts.checksum,
    memberName: facts.member,
    memberBytes: facts.memberBytes,
    crc32: facts.crc32,
    account,
  };
  return { bars, source };
}

/**
 * Keeps an object that was milled below `{data}/archive`, under its own key, so that what is kept is an archive
 * again. Nothing is done when that is the archive it comes from.
 */
export async function keepObject(archive: Archive, entry: ArchiveEntry, dataDir: string): Promise<void> {
  const root = resolve(dataDir, 'archive');
  if (archive.location === root) return;
  const from = join(archive.location, ...entry.key.split('/'));
  const to = join(root, ...entry.key.split('/'));
  await sweepTempFiles(dirname(to));
  // The checksum first: an object without one would count as never verified.
  const sha256 = await archive.checksum(entry.key);
  if (sha256 !== null) {
    await atomicWriteFile(join(root, checksumKey(entry.key)), Buffer.from(`${sha256}  ${basename(to)}\n`));
  }
  await atomicWriteFile(to, async (file) => {
    try {
      for await (const chunk of createReadStream(from, { highWaterMark: 1 << 20 }))
        await file.write(chunk as Buffer);
    } catch (error) {
      throw fromSystemError(error, 'keeping', from);
    }
  });
}
