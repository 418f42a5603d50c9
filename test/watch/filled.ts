import { hostname } from 'node:os';
import { Ledger } from '../../src/ledger/index.js';
import { type Lease, type QueueRules, type TaskSpec } from '../../src/work/index.js';

/** A ledger with a clock of its own, filled by the calls that a collection makes. */
export class Filled {
  readonly ledger: Ledger;
  nowMs: number;

  constructor(path = ':memory:', startMs = Date.UTC(2026, 3, 20, 18, 0, 0), rules: Partial<QueueRules> = {}) {
    this.nowMs = startMs;
    this.ledger = Ledger.open(path, { now: () => this.nowMs, rules });
  }

  get db(): Ledger['db'] {
    return this.ledger.db;
  }

  wait(seconds: number): this {
    this.nowMs += seconds * 1000;
    return this;
  }

  /** Months to be built of `um` aggTrades, and the bars derived of them. */
  plan(
    symbol: string,
    months: readonly string[],
    bytes: number | ((month: string) => number) = 100_000_000,
  ): void {
    const group = groupOf(symbol);
    const specs: TaskSpec[] = months.map((month) => ({
      key: `${group}/${month}`,
      group,
      stage: 0,
      weight: typeof bytes === 'number' ? bytes : bytes(month),
      isRemote: true,
      payload: { month },
    }));
    const bars = { key: `${group}/bars`, group, stage: 1, weight: 0, isRemote: false, payload: {} };
    this.ledger.queue.enqueue([...specs, bars]);
    this.planned(symbol, []);
  }

  planned(symbol: string, missing: readonly { period: string; reason: string }[]): void {
    this.ledger.queue.log(
      'planned',
      { symbol, monthsReused: 0, monthsToBuild: 1, objects: 1, bytes: 1, missingPeriods: missing, notes: [] },
      { group: groupOf(symbol) },
    );
  }

  settled(
    symbol: string,
    months: readonly string[],
    state: 'done' | 'missing',
    reason: string,
    weight = 0,
  ): void {
    const group = groupOf(symbol);
    this.ledger.queue.enqueue(
      [],
      months.map((month) => ({ key: `${group}/${month}`, group, stage: 0, weight, state, reason })),
    );
  }

  /** A worker row as another process would have it. */
  worker(id: string, of: { pid?: number; host?: string; rows?: number; bytes?: number } = {}): void {
    this.ledger.roster.enter(id);
    this.db.run(
      'UPDATE workers SET pid = ?, host = ? WHERE id = ?',
      of.pid ?? process.pid,
      of.host ?? hostname(),
      id,
    );
    this.beat(id, of);
  }

  beat(id: string, { rows = 0, bytes = 0 }: { rows?: number; bytes?: number } = {}): void {
    this.ledger.roster.heartbeat(id, { rows, bytes, fetchedBytes: 0 });
  }

  /** @throws when there is nothing to claim */
  claim(worker: string): Lease {
    const lease = this.ledger.queue.claim(worker);
    if (!lease) throw new Error('nothing to claim');
    return lease;
  }

  /** One object of a task was milled, which took so long. */
  milled(lease: Lease, bytes: number, rows: number, seconds: number): void {
    this.ledger.queue.log(
      'object-milled',
      {
        symbol: symbolOf(lease),
        month: monthOf(lease),
        object: 'x.zip',
        bytes,
        checksum: 'verified',
        account: { rows, accepted: rows },
        seconds,
      },
      { worker: lease.owner, key: lease.key, group: lease.group },
    );
  }

  downloaded(lease: Lease, bytes: number, resumedBytes = 0): void {
    this.ledger.queue.log(
      'download',
      { type: 'downloaded', object: 'x.zip', bytes, resumedBytes },
      { worker: lease.owner, key: lease.key, group: lease.group },
    );
  }

  /** The task is done as a whole: milled, written, settled. */
  finish(lease: Lease, rows = 1_000_000, seconds = 1): void {
    const { queue } = this.ledger;
    if (lease.key.endsWith('/bars')) {
      queue.done(lease, {});
      queue.log(
        'symbol-settled',
        {
          symbol: symbolOf(lease),
          status: 'written',
          reason: null,
          dataStatus: 'ok',
          bars: 720,
          csv: 'x.csv',
          missingPeriods: [],
        },
        { worker: lease.owner, key: lease.key, group: lease.group },
      );
      return;
    }
    this.milled(lease, lease.weight, rows, seconds);
    queue.log(
      'month-written',
      {
        symbol: symbolOf(lease),
        month: monthOf(lease),
        path: `${monthOf(lease)}.parquet`,
        minutes: 44_640,
        rows,
        notes: [],
      },
      { worker: lease.owner, key: lease.key, group: lease.group },
    );
    queue.done(lease, {});
  }
}

export const groupOf = (symbol: string): string => `um/aggTrades/${symbol}`;

const symbolOf = ({ group }: Lease): string => group.split('/').at(-1)!;
const monthOf = ({ key }: Lease): string => key.split('/').at(-1)!;

/** `count` months in a row from `2020-01` on. */
export function monthKeys(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => {
    const at = from + i;
    return `${2020 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
  });
}
