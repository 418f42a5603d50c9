import { join } from 'node:path';
import { Database } from '../sqlite/index.js';
import { type QueueRules, type Shard, Roster, TaskQueue, WORK_SCHEMA } from '../work/index.js';
import { MonthFileTable } from './month-files.js';
import { ObjectTable } from './objects.js';
import { RequestTable } from './requests.js';
import { LEDGER_SCHEMA } from './schema.js';

/**
 * `{data}/_ledger/ledger.sqlite`. Whoever works on a shard of the symbols has a ledger of their own, because they need
 * not share a machine: `{data}/_ledger/shard-2-of-5.sqlite`.
 */
export function ledgerPath(dataDir: string, shard: Shard | null = null): string {
  const name = shard === null ? 'ledger' : `shard-${shard.index}-of-${shard.of}`;
  return join(dataDir, '_ledger', `${name}.sqlite`);
}

export interface LedgerOptions {
  readonly readOnly?: boolean;
  readonly rules?: Partial<QueueRules>;
  readonly now?: () => number;
}

/**
 * The durable record of every object and task, in one SQLite file. All of it can be made anew from the layer but the
 * history: see `rebuildLedger`.
 */
export class Ledger {
  readonly queue: TaskQueue;
  readonly roster: Roster;
  readonly objects: ObjectTable;
  readonly monthFiles: MonthFileTable;
  readonly requests: RequestTable;
  readonly isReadOnly: boolean;

  private constructor(
    readonly path: string,
    readonly db: Database,
    options: LedgerOptions,
  ) {
    const { now = Date.now } = options;
    this.queue = new TaskQueue(db, { now, ...(options.rules && { rules: options.rules }) });
    this.roster = new Roster(db, this.queue.rules.leaseMs, now);
    this.objects = new ObjectTable(db, now);
    this.isReadOnly = options.readOnly ?? false;
    this.monthFiles = new MonthFileTable(db, this.isReadOnly);
    this.requests = new RequestTable(db, now);
  }

  /** Makes the file when it is not there. @throws `E_LEDGER`, `E_LEDGER_BUSY`, `E_IO` */
  static open(path: string, options: LedgerOptions = {}): Ledger {
    const db = Database.open(path, [WORK_SCHEMA, LEDGER_SCHEMA], { readOnly: options.readOnly ?? false });
    return new Ledger(path, db, options);
  }

  /** Runs `work` (synchronous) as one transaction over everything in the file. */
  transaction<T>(work: () => T): T {
    return this.db.transaction(work);
  }

  close(): void {
    this.db.close();
  }
}
