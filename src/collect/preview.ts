import { access } from 'node:fs/promises';
import { type Archive, openArchive } from '../archive/index.js';
import { type ErrorCode, TapemillError } from '../errors.js';
import { Ledger, ledgerPath } from '../ledger/index.js';
import type { MissingPeriod } from '../layer/index.js';
import { isInShard } from '../work/index.js';
import { endsTheRun } from './faults.js';
import { planSubject } from './plan-subject.js';
import { type CollectRequest, subjectsOfRequest, tardisOptions } from './request.js';
import { type Subject, groupOf } from './streams.js';

/** An object that a collection would read. */
export interface PreviewedObject {
  readonly key: string;
  readonly bytes: number;
  /** `2026-04` or `2026-04-13` */
  readonly period: string;
  readonly month: string;
  /** Why its month would be built, in words. */
  readonly reason: string;
}

export interface PreviewedSymbol {
  /** `aggTrades`, `klines:1h` */
  readonly stream: string;
  readonly symbol: string;
  readonly objects: readonly PreviewedObject[];
  readonly bytes: number;
  readonly monthsToBuild: number;
  readonly monthsReused: number;
  /** What has no object, holes and days before the first and after the last one. */
  readonly missing: readonly MissingPeriod[];
  readonly notes: readonly string[];
  /** Why the symbol cannot be planned; null when it can. */
  readonly failure: { readonly code: ErrorCode; readonly message: string } | null;
}

/** Symbols planned at the same time: over a network the answers take long. */
const LANES = 12;

/**
 * What `collect` would read, symbol by symbol in the order of the request. Nothing is written anywhere, also no listing
 * that was asked for.
 * @throws as `collect`
 */
export async function* previewCollection(
  request: Omit<CollectRequest, 'workers'>,
): AsyncGenerator<PreviewedSymbol, void, void> {
  const { dataDir, shard = null, network = {}, signal, archive: location, keepZip } = request;
  const path = request.queue ?? ledgerPath(dataDir, shard);
  const ledger = await openIfThere(path);
  const archive = openArchive(
    location,
    { ...network, dataDir, keepZip, indexCache: 'read' },
    { ...(signal && { signal }) },
  );
  try {
    const subjects = subjectsOfRequest(request).filter((subject) => isInShard(groupOf(subject), shard));
    const preview = (subject: Subject): Promise<PreviewedSymbol> =>
      previewSubject(archive, ledger, request, subject);
    const ahead: Promise<PreviewedSymbol>[] = [];
    for (let next = 0, shown = 0; shown < subjects.length; shown++) {
      while (next < subjects.length && next < shown + LANES) {
        const promise = preview(subjects[next++]!);
        promise.catch(() => undefined); // awaited in its turn
        ahead.push(promise);
      }
      yield await ahead.shift()!;
    }
  } finally {
    await archive.close?.();
    ledger?.close();
  }
}

async function previewSubject(
  archive: Archive,
  ledger: Ledger | null,
  request: Omit<CollectRequest, 'workers'>,
  subject: Subject,
): Promise<PreviewedSymbol> {
  const { symbol } = subject;
  const stream = subject.stream.name;
  const { archive: location, dataDir, thresholds, prefer, keepZip, range } = request;
  const { network = {}, fresh = false, knownDefects } = request;
  try {
    const planned = await planSubject(archive, ledger, {
      ...{ archive: location, network, dataDir, thresholds, prefer, keepZip, range, fresh },
      ...subject,
      months: request.months?.get(symbol) ?? null,
      tardis: tardisOptions(request),
      ...(knownDefects && { knownDefects }),
    });
    const toBuild = planned.works.filter(({ reason }) => reason !== null);
    const objects = toBuild.flatMap(({ objects: entries, month, reason }) =>
      entries.map((entry) => ({ ...entry, month, reason: reason ?? '' })),
    );
    return {
      ...{ stream, symbol, objects, failure: null, missing: planned.missing, notes: planned.notes },
      bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
      monthsToBuild: toBuild.length,
      monthsReused: planned.works.length - toBuild.length,
    };
  } catch (error) {
    if (endsTheRun(error) || !TapemillError.is(error)) throw error;
    const failure = { code: error.code, message: error.message };
    const nothing = { objects: [], bytes: 0, monthsToBuild: 0, monthsReused: 0, missing: [], notes: [] };
    return { stream, symbol, ...nothing, failure };
  }
}

async function openIfThere(path: string): Promise<Ledger | null> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  return isThere ? Ledger.open(path, { readOnly: true }) : null;
}
