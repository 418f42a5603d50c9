import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type TardisChannel,
  type TardisExchange,
  importPath,
  readImportFacts,
  tardisFileName,
  tardisFolder,
} from '../imports/index.js';
import { findLayerFacts, monthPath } from '../layer/index.js';
import type { Market } from '../market/index.js';
import { type DateRange, type Period, daysBetween, monthOf } from '../time/index.js';

export interface TardisSubject {
  readonly dataDir: string;
  readonly market: Market;
  readonly symbol: string;
  readonly exchange: TardisExchange;
  readonly channel: TardisChannel;
}

/** A day of a channel, and what there is of it. */
export interface TardisDay {
  readonly day: Period;
  /** Name of its file. */
  readonly file: string;
  /** Of the file as it lies in `{data}/tardis`; null when it does not. */
  readonly bytes: number | null;
  /** What the months on disk have of it. */
  readonly stored: StoredDay | null;
}

export interface StoredDay {
  /** Of the file it was made of; null when that was another one, which stays. */
  readonly bytes: number | null;
  readonly rows: number;
}

export const mustFetch = ({ bytes, stored }: TardisDay): boolean => bytes === null && stored === null;

/** A file of another size than the one that was imported has been replaced. */
export const mustImport = ({ bytes, stored }: TardisDay): boolean =>
  bytes !== null && (stored === null || (stored.bytes !== null && stored.bytes !== bytes));

/** Every day of the range. Only footers are read. @throws `E_LAYER`, `E_IO` */
export async function examineTardis(
  subject: TardisSubject,
  range: Pick<DateRange, 'startMs' | 'endMs'>,
): Promise<TardisDay[]> {
  const months = new Map<string, Promise<StoredMonth>>();
  const storedOf = (day: Period): Promise<StoredMonth> => {
    const { key } = monthOf(day.startMs);
    const stored = months.get(key) ?? readStored(subject, key);
    months.set(key, stored);
    return stored;
  };
  const days: TardisDay[] = [];
  for (const day of daysBetween(range.startMs, range.endMs)) {
    const file = tardisFileName({ ...subject, day });
    const found = await stat(join(tardisFolder(subject.dataDir), file)).catch(() => null);
    const stored = (await storedOf(day))(day.key, file);
    days.push({ day, file, bytes: found?.size ?? null, stored });
  }
  return days;
}

type StoredMonth = (day: string, file: string) => StoredDay | null;

async function readStored(subject: TardisSubject, month: string): Promise<StoredMonth> {
  const { dataDir, channel, symbol } = subject;
  if (channel === 'trades') return readStoredTrades(subject, month);
  const facts = await readImportFacts(importPath(dataDir, channel, symbol, month));
  const sources = new Map(facts?.sources.map((source) => [source.file, source]));
  return (_, file) => {
    const source = sources.get(file);
    return source === undefined ? null : { bytes: source.bytes, rows: source.rows };
  };
}

/** Trades become minute bars, where a day that is there from elsewhere stays. */
async function readStoredTrades(
  { dataDir, market, symbol }: TardisSubject,
  month: string,
): Promise<StoredMonth> {
  const facts = await findLayerFacts(monthPath(dataDir, market, symbol, month));
  return (day, file) => {
    const source = facts?.sources.find(({ period }) => period === day || period === month);
    if (source === undefined) return null;
    return { bytes: source.key === `tardis/${file}` ? source.bytes : null, rows: source.account.accepted };
  };
}
