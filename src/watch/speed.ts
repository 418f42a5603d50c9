import type { Database } from '../sqlite/index.js';
import type { Speed } from './snapshot.js';
import type { RunningRow } from './tasks.js';

/** More events than this are not looked at: a shorter while then says as much. */
const MAX_EVENTS = 5000;

/** Something achieved between two instants, evenly as far as anybody knows. */
interface Portion {
  readonly worker: string | null;
  readonly fromMs: number;
  readonly toMs: number;
  readonly rows: number;
  readonly bytes: number;
  readonly fetchedBytes: number;
}

/**
 * What was achieved lately, object by object. Objects still under way count with what is milled of them; their rows
 * are known only at their end, and are estimated from what the others have a byte.
 */
export class Achievements {
  readonly #portions: Portion[];
  /** Before that, not all is known. */
  readonly #knownFromMs: number;

  private constructor(portions: Portion[], knownFromMs: number) {
    this.#portions = portions;
    this.#knownFromMs = knownFromMs;
  }

  /** @param rowsPerByte of earlier work, for when there are no objects to tell by */
  static read(
    db: Database,
    running: readonly RunningRow[],
    fromMs: number,
    nowMs: number,
    rowsPerByte: number,
  ): Achievements {
    const events = readEvents(db, 'at > ? AND at <= ?', fromMs, nowMs);
    const isCut = events.length === MAX_EVENTS;
    const portions = events.map((event) => portionOf(event));
    const [rows, bytes] = [sum(portions, 'rows'), sum(portions, 'bytes')];
    const density = bytes > 0 ? rows / bytes : rowsPerByte;
    for (const task of running) {
      const own = readEvents(db, 'key = ? AND at >= ?', task.key, task.startedAtMs);
      const portion = remainder(task, own, nowMs, density);
      if (portion) portions.push(portion);
    }
    return new Achievements(portions, isCut ? (events[0]?.atMs ?? fromMs) : fromMs);
  }

  /** @param worker null: of all */
  speed(fromMs: number, nowMs: number, worker: string | null = null): Speed {
    const startMs = Math.max(fromMs, this.#knownFromMs);
    const seconds = Math.max(1, (nowMs - startMs) / 1000);
    let [rows, bytes, fetchedBytes] = [0, 0, 0];
    for (const portion of this.#portions) {
      if (worker !== null && portion.worker !== worker) continue;
      const lengthMs = portion.toMs - portion.fromMs;
      const share =
        lengthMs <= 0
          ? Number(portion.toMs >= startMs)
          : Math.max(0, portion.toMs - Math.max(portion.fromMs, startMs)) / lengthMs;
      rows += portion.rows * share;
      bytes += portion.bytes * share;
      fetchedBytes += portion.fetchedBytes * share;
    }
    return {
      windowSeconds: seconds,
      rowsPerSecond: rows / seconds,
      bytesPerSecond: bytes / seconds,
      fetchedBytesPerSecond: fetchedBytes / seconds,
    };
  }
}

export const NO_SPEED: Speed = {
  windowSeconds: 0,
  rowsPerSecond: 0,
  bytesPerSecond: 0,
  fetchedBytesPerSecond: 0,
};

interface MilledOrFetched {
  readonly atMs: number;
  readonly worker: string | null;
  readonly isMilled: boolean;
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Oldest first, the latest `MAX_EVENTS`. The database picks the few numbers out of events that can be long. */
function readEvents(db: Database, where: string, ...values: readonly (string | number)[]): MilledOrFetched[] {
  return db
    .all(
      `SELECT at, worker, type, json_extract(data, '$.bytes') AS bytes, json_extract(data, '$.account.rows') AS rows,
         json_extract(data, '$.seconds') AS seconds, json_extract(data, '$.resumedBytes') AS resumed
       FROM events WHERE ${where}
         AND (type = 'object-milled' OR (type = 'download' AND json_extract(data, '$.type') = 'downloaded'))
       ORDER BY id DESC LIMIT ${MAX_EVENTS}`,
      ...values,
    )
    .reverse()
    .map((row) => ({
      atMs: row['at'] as number,
      worker: row['worker'] as string | null,
      isMilled: row['type'] === 'object-milled',
      rows: number(row['rows']),
      bytes: number(row['bytes']) - number(row['resumed']),
      seconds: number(row['seconds']),
    }));
}

function portionOf({ atMs, worker, isMilled, rows, bytes, seconds }: MilledOrFetched): Portion {
  const [milled, fetchedBytes] = isMilled ? [bytes, 0] : [0, bytes];
  return { worker, fromMs: atMs - seconds * 1000, toMs: atMs, rows, bytes: milled, fetchedBytes };
}

/** What a task under way has achieved since its last finished object. */
function remainder(
  task: RunningRow,
  own: readonly MilledOrFetched[],
  nowMs: number,
  rowsPerByte: number,
): Portion | null {
  const told = (isMilled: boolean): number =>
    own.reduce((total, event) => (event.isMilled === isMilled ? total + event.bytes : total), 0);
  const bytes = Math.max(0, task.bytes - told(true));
  const fetchedBytes = Math.max(0, task.fetchedBytes - told(false));
  if (bytes + fetchedBytes === 0) return null;
  const fromMs = Math.max(task.startedAtMs, own.at(-1)?.atMs ?? 0);
  return {
    worker: task.owner,
    fromMs,
    // Until it last moved: a task that has stalled is not slow, it stands.
    toMs: Math.min(nowMs, Math.max(fromMs, task.advancedAtMs)),
    rows: bytes * rowsPerByte,
    bytes,
    fetchedBytes,
  };
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

function sum(portions: readonly Portion[], name: 'rows' | 'bytes'): number {
  return portions.reduce((total, portion) => total + portion[name], 0);
}
