import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { type StatusSnapshot, exitStatusOf, readStatus } from '../watch/index.js';
import { TaskQueue, type WorkEvent } from '../work/index.js';
import type { StatusAnswer } from './api.js';
import type { LedgerEye } from './ledger-eye.js';

/** As `tapemill status --json` counts it. */
const STATUS_VERSION = 1;

/** Where the queue stands, and what happened since. */
export interface StatusLook {
  readonly answer: StatusAnswer;
  /** Of the ledger, 0 when there is none. */
  readonly lastEventId: number;
  /** After the id asked for, oldest first. */
  readonly events: readonly WorkEvent[];
}

/**
 * One look at a ledger.
 * @param afterId events after this one, the latest `limit` at most; null: none
 * @throws `E_NO_LAYER` when there is none; `E_LEDGER`, `E_LEDGER_BUSY`, `E_IO`
 */
export function lookAtStatus(
  eye: LedgerEye,
  afterId: number | null,
  limit: number,
  nowMs: number,
): StatusLook {
  return eye.look(({ db }) => {
    const queue = new TaskQueue(db);
    // Events before the snapshot: whatever comes in between is in the snapshot already, and told again next time.
    const lastEventId = queue.lastEventId();
    const from = afterId === null || afterId > lastEventId ? lastEventId : afterId;
    const events = queue.eventsAfter(Math.max(from, lastEventId - limit), limit);
    return {
      answer: statusAnswer(eye.path, readStatus(db, { nowMs })),
      lastEventId: events.at(-1)?.id ?? lastEventId,
      events,
    };
  });
}

export function hasLedger(path: string): boolean {
  return existsSync(path);
}

function statusAnswer(path: string, snapshot: StatusSnapshot): StatusAnswer {
  return {
    type: 'status',
    schemaVersion: STATUS_VERSION,
    ledger: basename(path),
    exitStatus: exitStatusOf(snapshot),
    ...snapshot,
  };
}
