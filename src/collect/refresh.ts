import { type Archive, type ArchiveEntry, openArchive } from '../archive/index.js';
import { EXIT, type ExitStatus, TapemillError } from '../errors.js';
import {
  type Ledger,
  type ObjectRecord,
  type Subject,
  type SubjectRequest,
  isSame,
  ledgerPath,
} from '../ledger/index.js';
import type { Market } from '../market/index.js';
import { type EpochMs, monthOf, parseRange } from '../time/index.js';
import { collect } from './collect.js';
import { endsTheRun } from './faults.js';
import { openLedger } from './open-ledger.js';
import type { NetworkOptions } from './payload.js';
import { queryOf } from './plan-symbol.js';
import type { CollectRequest, CollectSummary } from './request.js';
import { kindOf } from './stream-kinds.js';
import { type Stream, isArchiveSubject, parseStream, subjectSymbol } from './streams.js';

export interface RefreshRequest extends Pick<
  CollectRequest,
  'dataDir' | 'queue' | 'shard' | 'workers' | 'onEvent' | 'onDownload' | 'onTick' | 'signal'
> {
  /** Null: all that were ever collected. */
  readonly symbols: readonly string[] | null;
  readonly market: Market | null;
  /** Changes that the archive dates earlier are left alone; null: none. */
  readonly sinceMs: EpochMs | null;
  /** How to reach the archives; which ones is known. */
  readonly network?: Omit<NetworkOptions, 'index'>;
  /** Only look. */
  readonly dryRun: boolean;
  readonly onChange?: (change: UpstreamChange) => void;
}

/** What is different in the archive from what was milled. */
export interface UpstreamChange {
  readonly market: Market;
  readonly stream: string;
  readonly symbol: string;
  readonly key: string;
  /** `2026-04` or `2026-04-13` */
  readonly period: string;
  /**
   * - `changed`: another size, ETag or date; whether its content differs is found out when it is rebuilt
   * - `appeared`: published since, in the range that was asked for
   * - `vanished`: not listed any more; what was made of it stays
   */
  readonly what: 'changed' | 'appeared' | 'vanished';
  readonly lastModified: string | null;
}

export interface RefreshSummary {
  readonly exitStatus: ExitStatus;
  readonly symbolsChecked: number;
  readonly changed: number;
  readonly appeared: number;
  readonly vanished: number;
  /** Of the collections that followed; empty when there was nothing to do. */
  readonly collections: readonly CollectSummary[];
}

type KnownSubject = Subject & { readonly request: SubjectRequest };

/**
 * Asks the archives for everything that was ever collected, as they are now, and rebuilds what depends on objects that
 * were replaced or have appeared: their months, and the factors of their symbols. Nothing else is touched.
 * @throws `E_NOT_FOUND` when nothing was collected yet; as `collect`
 */
export async function refresh(request: RefreshRequest): Promise<RefreshSummary> {
  const { dataDir, shard = null, dryRun } = request;
  const path = request.queue ?? ledgerPath(dataDir, shard);
  const ledger = await openLedger(path, dataDir);
  const counts = { changed: 0, appeared: 0, vanished: 0 };
  const stale: (KnownSubject & { readonly months: ReadonlySet<string> })[] = [];
  let checked = 0;
  let isIncomplete = false;
  try {
    const subjects = subjectsOf(ledger, request);
    const archives = new Map<string, Archive>();
    try {
      for (const subject of subjects) {
        request.signal?.throwIfAborted();
        const archive = archiveOf(archives, subject, request);
        try {
          const changes = await changesOf(archive, ledger, subject, request.sinceMs);
          for (const change of changes) {
            counts[change.what]++;
            request.onChange?.(change);
          }
          const months = changes.filter(({ what }) => what !== 'vanished').map(({ month }) => month);
          if (months.length > 0) stale.push({ ...subject, months: new Set(months) });
          checked++;
        } catch (error) {
          if (endsTheRun(error) || !TapemillError.is(error)) throw error;
          isIncomplete = true;
          request.onEvent?.({
            ...{ type: 'symbol-failed', symbol: subject.symbol, code: error.code, message: error.message },
          });
        }
      }
    } finally {
      for (const archive of archives.values()) await archive.close?.();
    }
  } finally {
    ledger.close();
  }
  const collections: CollectSummary[] = [];
  if (!dryRun) {
    for (const group of alike(stale)) collections.push(await collectAgain(group, request, path));
  }
  const worst = collections.find(({ exitStatus }) => exitStatus !== EXIT.done)?.exitStatus ?? EXIT.done;
  return {
    exitStatus: isIncomplete && worst === EXIT.done ? EXIT.partial : worst,
    symbolsChecked: checked,
    ...counts,
    collections,
  };
}

function subjectsOf(ledger: Ledger, { symbols, market }: RefreshRequest): KnownSubject[] {
  const all = ledger.requests.all();
  const wanted = all.filter(
    (subject) =>
      (symbols === null || symbols.some((symbol) => isNamed(subject, symbol))) &&
      (market === null || subject.market === market),
  );
  if (wanted.length > 0) return wanted;
  throw new TapemillError(
    'E_NOT_FOUND',
    all.length === 0
      ? 'nothing was collected yet, as far as the ledger knows; `tapemill collect` what you want first'
      : `none of these was ever collected; there are ${all.length} symbols, ${all[0]!.symbol} for one`,
    { expected: 'symbols that were collected', found: symbols?.join(', ') ?? 'none' },
  );
}

/** Also by a contract whose index prices are those of a pair. */
function isNamed({ market, stream, symbol }: Subject, named: string): boolean {
  return symbol === named || symbol === subjectSymbol(market, parseStream(market, stream), named);
}

function archiveOf(archives: Map<string, Archive>, subject: KnownSubject, request: RefreshRequest): Archive {
  const { archive: location, index } = subject.request;
  const name = JSON.stringify([location, index]);
  let archive = archives.get(name);
  if (!archive) {
    archive = openArchive(location, networkOf(subject.request, request), {
      ...(request.signal && { signal: request.signal }),
      ...(request.onDownload && { onEvent: request.onDownload }),
    });
    archives.set(name, archive);
  }
  return archive;
}

function networkOf(
  { index }: SubjectRequest,
  { network = {}, dataDir }: RefreshRequest,
): NetworkOptions & { readonly dataDir: string } {
  return { ...network, ...(index === null ? {} : { index }), dataDir };
}

type Change = UpstreamChange & { readonly month: string };

async function changesOf(
  archive: Archive,
  ledger: Ledger,
  subject: KnownSubject,
  sinceMs: EpochMs | null,
): Promise<Change[]> {
  const { market, stream, symbol, request } = subject;
  const range =
    request.start === null || request.end === null ? null : parseRange(request.start, request.end);
  const asked = { market, stream: parseStream(market, stream), symbol };
  if (!isArchiveSubject(asked)) return [];
  const query = { ...queryOf(asked), fresh: true };
  const cadences = kindOf(asked.stream).cadences(asked.stream);
  const entries = (await archive.list(range ? { ...query, range } : query)).filter(({ name }) =>
    cadences.includes(name.period.kind),
  );
  const known = new Map(
    ledger.objects.ofSymbol(market, stream, symbol).map((record) => [record.key, record]),
  );
  const isRecent = (lastModified: string | null): boolean =>
    sinceMs === null || lastModified === null || Date.parse(lastModified) >= sinceMs;
  const changes: Change[] = [];
  const tell = (
    what: UpstreamChange['what'],
    entry: Pick<ArchiveEntry, 'key' | 'lastModified'>,
    period: string,
  ): void => {
    const { key, lastModified } = entry;
    changes.push({ market, stream, symbol, key, period, what, lastModified, month: period.slice(0, 7) });
  };
  for (const entry of entries) {
    const { startMs, endMs, key: period } = entry.name.period;
    if (!isRecent(entry.lastModified)) continue;
    const record = known.get(entry.key);
    if (record === undefined) {
      const isWanted = range === null || (startMs < range.endMs && endMs > range.startMs);
      // A month that was asked for in part is made of its days.
      const isInside =
        range === null || entry.name.period.kind === 'day' || monthOf(range.startMs).startMs <= startMs;
      if (isWanted && isInside) tell('appeared', entry, period);
    } else if (isStale(record, archive.location, entry)) tell('changed', entry, period);
  }
  const listed = new Set(entries.map(({ key }) => key));
  for (const record of known.values()) {
    const isGone = record.sha256 !== null && !listed.has(record.key);
    if (isGone && isInRange(record, range)) tell('vanished', record, record.period);
  }
  return changes;
}

/** A record that came from the layer alone knows no more than the size. */
function isStale(record: ObjectRecord, archive: string, entry: ArchiveEntry): boolean {
  if (record.archive !== archive || (record.etag === null && record.lastModified === null)) {
    return record.bytes !== entry.bytes;
  }
  return !isSame(record, archive, entry);
}

function isInRange(record: ObjectRecord, range: ReturnType<typeof parseRange> | null): boolean {
  if (range === null) return true;
  const { startMs, endMs } = parseRange(record.period, record.period);
  return startMs < range.endMs && endMs > range.startMs;
}

/** Subjects that one collection can do together. */
function alike<T extends KnownSubject>(subjects: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const subject of subjects) {
    const name = JSON.stringify([subject.market, subject.stream, subject.request]);
    groups.set(name, [...(groups.get(name) ?? []), subject]);
  }
  return [...groups.values()];
}

function collectAgain(
  group: readonly (KnownSubject & { readonly months: ReadonlySet<string> })[],
  request: RefreshRequest,
  queue: string,
): Promise<CollectSummary> {
  const { market, stream: name, request: asked } = group[0]!;
  const stream = parseStream(market, name);
  const { onEvent, onDownload, onTick, signal } = request;
  return collect({
    ...{ market, queue, dataDir: request.dataDir, workers: request.workers, archive: asked.archive },
    symbols: group.map(({ symbol }) => symbol),
    ...dataTypeOf(stream),
    months: new Map(group.map(({ symbol, months }) => [symbol, months])),
    range: asked.start === null || asked.end === null ? null : parseRange(asked.start, asked.end),
    network: networkOf(asked, request),
    ...{ thresholds: asked.thresholds, prefer: asked.prefer, keepZip: asked.keepZip },
    ...(onEvent && { onEvent }),
    ...(onDownload && { onDownload }),
    ...(onTick && { onTick }),
    ...(signal && { signal }),
  });
}

function dataTypeOf(stream: Stream): Pick<CollectRequest, 'dataTypes' | 'intervals'> {
  if (stream.from !== 'archive') return { dataTypes: [stream.name] };
  const { dataType, interval } = stream;
  return { dataTypes: [dataType], ...(interval !== null && { intervals: [interval] }) };
}
