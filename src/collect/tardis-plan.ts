import { TapemillError } from '../errors.js';
import { type TardisExchange, importFolder } from '../imports/index.js';
import { layerFolder } from '../layer/index.js';
import { monthOf } from '../time/index.js';
import type { TaskSpec } from '../work/index.js';
import { type TardisFetchPayload, type TardisImportPayload, barsKey, monthKey } from './payload.js';
import type { PlannedSymbol, SymbolRequest } from './plan-symbol.js';
import type { SettledTable } from './stream-kind.js';
import { type TardisStream, groupOf } from './streams.js';
import { type TardisDay, type TardisSubject, examineTardis, mustFetch, mustImport } from './tardis-days.js';

/** Where a channel is fetched from. The key is no option: whoever fetches has it in its environment. */
export interface TardisOptions {
  readonly exchange: TardisExchange;
  /** Another server of the same tree; null: Tardis itself. */
  readonly url: string | null;
}

const FETCH_STAGE = 0;
const IMPORT_STAGE = 1;

/**
 * Days whose files are to be fetched, a task a month, and one task that imports all files when they are there: trades of
 * a day's last minutes are in the file of the next day, which may be the next month's. Asks nobody.
 * @throws `E_USAGE` without a range, `E_LAYER`, `E_IO`
 */
export async function planTardis(
  request: SymbolRequest<TardisStream>,
  { exchange, url }: TardisOptions,
): Promise<PlannedSymbol> {
  const { dataDir, market, stream, symbol, network, thresholds, range } = request;
  if (range === null) throw new TapemillError('E_USAGE', 'a channel of Tardis needs a range');
  const group = groupOf(request);
  const { channel } = stream;
  const shared = { dataDir, market, stream: stream.name, symbol, exchange, channel };
  const days = await examineTardis(shared, range);
  const byMonth = new Map<string, TardisDay[]>();
  for (const day of days) {
    const { key } = monthOf(day.day.startMs);
    byMonth.set(key, [...(byMonth.get(key) ?? []), day]);
  }
  const works = [...byMonth].map(([month, ofMonth]) => {
    const toFetch = ofMonth.filter(mustFetch);
    const toDo = ofMonth.filter((day) => mustFetch(day) || mustImport(day));
    return { month, toFetch, reason: toDo.length === 0 ? null : describe(toFetch.length, toDo.length) };
  });
  const tasks = works
    .filter(({ toFetch }) => toFetch.length > 0)
    .map(({ month, toFetch }): TaskSpec => {
      const payload: TardisFetchPayload = {
        ...{ type: 'tardis-fetch', ...shared, url, network },
        days: toFetch.map(({ day }) => day.key),
      };
      // Nobody knows their sizes before.
      return { key: monthKey(group, month), group, stage: FETCH_STAGE, weight: 0, isRemote: true, payload };
    });
  const isUnchanged = works.every(({ reason }) => reason === null);
  if (!isUnchanged) {
    const payload: TardisImportPayload = {
      ...{ type: 'tardis-import', ...shared, thresholds, range: { start: range.start, end: range.end } },
      after: tasks.map(({ key }) => key),
    };
    const task = { key: barsKey(group), group, stage: IMPORT_STAGE, weight: 0, isRemote: false };
    tasks.push({ ...task, payload });
  }
  const reused = works.filter(({ reason }) => reason === null);
  return {
    ...{ group, symbol, tasks, appeared: [], seen: [], reused: [], missing: [], notes: [] },
    works: works.map(({ month, toFetch, reason }) => ({
      ...{ month, reason },
      objects: toFetch.map(({ day, file }) => ({ key: `tardis/${file}`, bytes: 0, period: day.key })),
    })),
    settled: reused.map(({ month }) => ({
      key: monthKey(group, month),
      ...{ group, stage: FETCH_STAGE, weight: 0, state: 'done', reason: 'reused' },
    })),
    unchanged: isUnchanged ? storedTable(shared, days) : null,
  };
}

function describe(toFetch: number, toDo: number): string {
  return toFetch > 0 ? `${toFetch} days are not here yet` : `${toDo} files are not imported yet`;
}

/** What the months on disk have, as a table that is as it should be. */
export function storedTable(subject: TardisSubject, days: readonly TardisDay[]): SettledTable {
  return {
    ...{ status: 'unchanged', reason: null, paths: { csv: outputFolder(subject) } },
    rows: days.reduce((sum, { stored }) => sum + (stored?.rows ?? 0), 0),
    meta: { status: 'ok', missing_periods: [] },
  };
}

/** Where the months of a channel are. */
export function outputFolder({ dataDir, market, channel, symbol }: TardisSubject): string {
  return channel === 'trades' ? layerFolder(dataDir, market, symbol) : importFolder(dataDir, channel, symbol);
}
