import { DEFAULT_HTTP, type DownloadEvent, type HttpSettings } from '../download/index.js';
import { TapemillError } from '../errors.js';
import { type FetchTardisRequest, fetchTardis, tardisFileName } from '../imports/index.js';
import type { MissingPeriod } from '../layer/index.js';
import { monthOf, parsePeriod } from '../time/index.js';
import type { TaskContext, TaskOutcome } from '../work/index.js';
import { isPassing } from './faults.js';
import { type MonthOutcome, outcomeOf } from './outcome.js';
import type { NetworkOptions, TardisFetchPayload } from './payload.js';

/** What fetching a month leaves in the queue for whoever imports it. */
export interface FetchOutcome extends MonthOutcome {
  /** Days of which the server has no file. */
  readonly holes: readonly string[];
}

/** Faults of one file: the others may be had. */
const FILE_FAULTS = new Set(['E_GZIP', 'E_NETWORK', 'E_HTTP']);

/**
 * Brings the day files of a month to `{data}/tardis`. The key is this process's own and goes nowhere but to the server.
 * A file that is damaged, and days that the key does not open, cost these days only.
 * @throws a network error unless it is the last attempt; what ends the run
 */
export async function fetchTardisMonth(
  { dataDir, symbol, exchange, channel, stream, url, network, days }: TardisFetchPayload,
  isLastAttempt: boolean,
  context: TaskContext,
  onEvent: (event: DownloadEvent) => void,
): Promise<TaskOutcome> {
  const month = monthOf(parsePeriod(days[0]!).startMs).key;
  const done = new Set<string>();
  const holes: string[] = [];
  const failed: MissingPeriod[] = [];
  // Told when the attempt is over: one that a network error ends will be made again.
  const failures: object[] = [];
  const request: Omit<FetchTardisRequest, 'days'> = {
    ...{ exchange, channel, symbol, dataDir },
    key: process.env['TARDIS_API_KEY'] ?? null,
    ...(url !== null && { baseUrl: url }),
    ...(network.diskReserveBytes !== undefined && { diskReserveBytes: network.diskReserveBytes }),
    settings: settingsOf(network),
    world: { signal: context.signal, onEvent },
    onDay: ({ day, status }) => {
      done.add(day);
      if (status === 'hole') holes.push(day);
    },
  };
  const fail = (day: string, { code, message }: TapemillError): void => {
    failed.push({ period: day, reason: 'failed', detail: `${code}: ${message}` });
    const object = `tardis/${tardisFileName({ exchange, channel, symbol, day: parsePeriod(day) })}`;
    failures.push({ stream, symbol, month, object, period: day, code, message });
  };
  const fetch = async (wanted: readonly string[]): Promise<void> => {
    try {
      await fetchTardis({ ...request, days: wanted });
    } catch (error) {
      context.signal.throwIfAborted();
      if (!TapemillError.is(error)) throw error;
      const left = wanted.filter((day) => !done.has(day));
      if (error.code === 'E_FORBIDDEN') {
        for (const day of left) fail(day, error);
        return;
      }
      if (!FILE_FAULTS.has(error.code) || (isPassing(error.code) && !isLastAttempt)) throw error;
      if (left.length === 1) fail(left[0]!, error);
      else for (const day of left) await fetch([day]);
    }
  };
  context.report('month-started', { stream, symbol, month, reason: `${days.length} days are not here yet` });
  context.advance({ phase: 'fetching' });
  await fetch(days);
  for (const failure of failures) context.report('object-failed', failure);
  const outcome: FetchOutcome = { written: done.size > holes.length, failed, holes };
  return outcomeOf(outcome);
}

function settingsOf(network: NetworkOptions): Partial<HttpSettings> {
  const names = Object.keys(DEFAULT_HTTP) as (keyof HttpSettings)[];
  return Object.fromEntries(
    names.flatMap((name) => (network[name] === undefined ? [] : [[name, network[name]]])),
  );
}
