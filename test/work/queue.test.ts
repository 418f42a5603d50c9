import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { TapemillError } from '../../src/errors.js';
import { Database } from '../../src/sqlite/index.js';
import {
  type Lease,
  Roster,
  type SettledSpec,
  type TaskSpec,
  TaskQueue,
  WORK_SCHEMA,
} from '../../src/work/index.js';
import { temporaryFolder } from '../cli/run.js';

const open: Database[] = [];
afterEach(() => {
  for (const db of open.splice(0)) db.close();
});

interface Bench {
  readonly queue: TaskQueue;
  /** The same queue as another process has it. */
  readonly other: TaskQueue;
  readonly roster: Roster;
  readonly db: Database;
  readonly clock: { nowMs: number };
}

/** Two connections to one queue, and a clock that only the test moves. */
function bench(): Bench {
  const path = join(temporaryFolder(), 'queue.sqlite');
  const clock = { nowMs: 1_700_000_000_000 };
  const now = (): number => clock.nowMs;
  const connect = (): Database => {
    const db = Database.open(path, [WORK_SCHEMA]);
    open.push(db);
    return db;
  };
  const db = connect();
  const queue = new TaskQueue(db, { now });
  return {
    queue,
    other: new TaskQueue(connect(), { now }),
    roster: new Roster(db, queue.rules.leaseMs, now),
    db,
    clock,
  };
}

function task(key: string, own: Partial<TaskSpec> = {}): TaskSpec {
  const group = key.split('/')[0]!;
  return { key, group, stage: 0, weight: 1, isRemote: false, payload: { of: key }, ...own };
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'nothing';
  } catch (error) {
    return TapemillError.is(error) ? error.code : String(error);
  }
}

const states = (queue: TaskQueue, group: string): Record<string, string> =>
  Object.fromEntries(queue.tasksOf(group).map(({ key, state }) => [key, state]));

describe('claiming', () => {
  it('gives the largest first, each once, whoever asks', () => {
    const { queue, other } = bench();
    queue.enqueue([task('a/1', { weight: 5 }), task('a/2', { weight: 50 }), task('b/1', { weight: 20 })]);
    const claimed = [queue.claim('A'), other.claim('B'), queue.claim('A'), other.claim('B')];
    expect(claimed.map((lease) => lease?.key)).toEqual(['a/2', 'b/1', 'a/1', undefined]);
    expect(claimed[1]).toMatchObject({ owner: 'B', attempt: 1, payload: { of: 'b/1' }, weight: 20 });
    expect(queue.task('b/1')).toMatchObject({ state: 'running', owner: 'B', attempts: 1 });
  });

  it('holds a later stage back until its group is settled, and then prefers it', () => {
    const { queue } = bench();
    const bars = task('a/bars', { stage: 1, weight: 0 });
    queue.enqueue([
      bars,
      task('a/1'),
      task('a/2'),
      task('b/1', { weight: 99 }),
      task('b/bars', { stage: 1 }),
    ]);
    const [b1, a1, a2] = [queue.claim('A')!, queue.claim('A')!, queue.claim('A')!];
    expect([b1.key, a1.key, a2.key]).toEqual(['b/1', 'a/1', 'a/2']);
    expect(queue.claim('A')).toBeNull();
    queue.done(a1, null);
    expect(queue.claim('A')).toBeNull();
    queue.fail(a2, { code: 'E_ZIP', reason: 'broken', retryable: false, retryDelayMs: 0 });
    expect(queue.claim('A')?.key).toBe('a/bars');
    queue.missing(b1, 'E_NOT_FOUND', 'gone');
    expect(queue.claim('A')?.key).toBe('b/bars');
  });

  it('gives a shard its groups only, and every group to just one of them', () => {
    const { queue } = bench();
    const keys = Array.from({ length: 40 }, (_, i) => `group${i}/x`);
    queue.enqueue(keys.map((key) => task(key)));
    const got = [1, 2, 3].map((index) => {
      const mine: string[] = [];
      for (;;) {
        const lease = queue.claim('A', { shard: { index, of: 3 } });
        if (!lease) return mine;
        mine.push(lease.key);
      }
    });
    expect(got.flat().sort()).toEqual([...keys].sort());
    for (const mine of got) expect(mine.length).toBeGreaterThan(4);
  });

  it('gives a crew what it wants only', () => {
    const { queue } = bench();
    queue.enqueue([task('a/1', { weight: 9 }), task('b/1')]);
    queue.want('crew', 'b');
    expect(queue.claim('A', { crew: 'crew' })?.key).toBe('b/1');
    expect(queue.claim('A', { crew: 'crew' })).toBeNull();
    queue.want('crew', 'a');
    queue.wantNothing('crew');
    expect(queue.claim('A', { crew: 'crew' })).toBeNull();
    expect(queue.claim('A')?.key).toBe('a/1');
  });

  it('takes tasks ahead only while there are plenty of remote ones', () => {
    const { queue } = bench();
    queue.enqueue([
      task('a/1', { weight: 9 }),
      ...['2', '3', '4'].map((n) => task(`a/${n}`, { isRemote: true })),
    ]);
    expect(queue.claim('A', { aheadOfMoreThan: 2 })?.key).toBe('a/2');
    expect(queue.claim('A', { aheadOfMoreThan: 2 })).toBeNull();
    expect(queue.claim('A')?.key).toBe('a/1');
  });
});

describe('a lease', () => {
  it('is kept by renewing, and lost after a minute without', () => {
    const { queue, other, clock } = bench();
    queue.enqueue([task('a/1')]);
    const lease = queue.claim('A')!;
    for (let i = 0; i < 5; i++) {
      clock.nowMs += 59_000;
      expect(queue.renew([lease])).toEqual([]);
      expect(other.claim('B')).toBeNull();
    }
    clock.nowMs += 60_000;
    expect(other.claim('B')).toMatchObject({ key: 'a/1', owner: 'B' });
    expect(queue.renew([lease])).toEqual([lease]);
  });

  it('that is lost publishes nothing and settles nothing', () => {
    const { queue, other, clock } = bench();
    queue.enqueue([task('a/1')]);
    const lease = queue.claim('A')!;
    clock.nowMs += 60_001;
    const theirs = other.claim('B')!;
    let published = 0;
    const publish = (): void => {
      published++;
    };
    const failure = { code: 'E_ZIP', reason: 'broken', retryable: true, retryDelayMs: 0 };
    expect(
      codeOf(() => {
        queue.publish(lease, publish);
      }),
    ).toBe('E_LEASE_LOST');
    expect(
      codeOf(() => {
        queue.done(lease, 1);
      }),
    ).toBe('E_LEASE_LOST');
    expect(
      codeOf(() => {
        queue.missing(lease, 'E_NOT_FOUND', '');
      }),
    ).toBe('E_LEASE_LOST');
    expect(codeOf(() => void queue.fail(lease, failure))).toBe('E_LEASE_LOST');
    expect(codeOf(() => void queue.fail(lease, { ...failure, retryable: false }))).toBe('E_LEASE_LOST');
    queue.handBack(lease, 'late');
    expect(published).toBe(0);
    expect(queue.task('a/1')).toMatchObject({ state: 'running', owner: 'B' });
    other.publish(theirs, publish);
    expect(published).toBe(1);
    other.done(theirs, 2);
    expect(queue.task('a/1')).toMatchObject({ state: 'done', result: 2, owner: null });
  });

  it('that ran out publishes nothing, also before anybody else took the task', () => {
    const { queue, clock } = bench();
    queue.enqueue([task('a/1')]);
    const lease = queue.claim('A')!;
    clock.nowMs += 60_000;
    expect(
      codeOf(() => {
        queue.publish(lease, () => undefined);
      }),
    ).toBe('E_LEASE_LOST');
  });

  it('is void when the task is asked for in another way', () => {
    const { queue } = bench();
    queue.enqueue([task('a/1')]);
    const lease = queue.claim('A')!;
    expect(queue.enqueue([task('a/1')])).toBe(0);
    queue.publish(lease, () => undefined);
    queue.enqueue([task('a/1', { payload: { other: true } })]);
    expect(
      codeOf(() => {
        queue.done(lease, null);
      }),
    ).toBe('E_LEASE_LOST');
    expect(queue.claim('B')).toMatchObject({ payload: { other: true }, attempt: 1 });
  });

  it('passes on at once when its process on this machine is gone', () => {
    const { queue, other, db, clock } = bench();
    queue.enqueue([task('a/1')]);
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    db.run(
      'INSERT INTO workers (id, host, pid, started_at, heartbeat_at) VALUES (?, ?, ?, ?, ?)',
      'dead',
      hostname(),
      dead,
      clock.nowMs,
      clock.nowMs,
    );
    queue.claim('dead');
    expect(other.claim('B')).toMatchObject({ key: 'a/1', attempt: 1 });
    expect(queue.task('a/1')).toMatchObject({ losses: 1 });
    expect(queue.historyOf('a/1').map(({ type }) => type)).toEqual([
      'task-queued',
      'task-claimed',
      'task-lost',
      'task-claimed',
    ]);
  });
});

describe('a task that fails', () => {
  const failure = { code: 'E_NETWORK', reason: 'no answer', retryable: true, retryDelayMs: 5000 };

  it('is tried three times, each after its delay, and then failed; the others go on', () => {
    const { queue, clock } = bench();
    queue.enqueue([task('a/1', { weight: 9 }), task('a/2')]);
    for (const attempt of [1, 2]) {
      const lease = queue.claim('A')!;
      expect(lease).toMatchObject({ key: 'a/1', attempt });
      expect(queue.fail(lease, failure)).toBe('pending');
      clock.nowMs += 4999;
      if (attempt === 1) expect(queue.claim('A')?.key).toBe('a/2');
      else expect(queue.claim('A')).toBeNull();
      clock.nowMs += 1;
    }
    const last = queue.claim('A')!;
    expect(last.attempt).toBe(3);
    expect(queue.fail(last, { ...failure, result: { written: false } })).toBe('failed');
    expect(queue.task('a/1')).toMatchObject({
      state: 'failed',
      code: 'E_NETWORK',
      reason: 'no answer',
      attempts: 3,
      result: { written: false },
    });
    expect(queue.claim('A')).toBeNull();
  });

  it('is failed at once when trying again cannot help', () => {
    const { queue } = bench();
    queue.enqueue([task('a/1')]);
    expect(queue.fail(queue.claim('A')!, { ...failure, retryable: false })).toBe('failed');
  });

  it('begins anew when it is asked for again', () => {
    const { queue } = bench();
    queue.enqueue([task('a/1')]);
    queue.fail(queue.claim('A')!, { ...failure, retryable: false });
    expect(queue.enqueue([task('a/1')])).toBe(1);
    expect(queue.claim('A')).toMatchObject({ attempt: 1 });
  });

  it('loses no attempt by being handed back or by losing its worker, but is failed when it loses too many', () => {
    const { queue, clock } = bench();
    queue.enqueue([task('a/1')]);
    queue.handBack(queue.claim('A')!, 'the worker stops');
    for (let loss = 1; loss <= 10; loss++) {
      expect(queue.claim('A')).toMatchObject({ attempt: 1 });
      clock.nowMs += 60_000;
    }
    expect(queue.claim('A')).toBeNull();
    expect(queue.task('a/1')).toMatchObject({ state: 'failed', code: 'E_WORKER', losses: 10 });
  });
});

describe('what is settled', () => {
  const settled = (key: string, own: Partial<SettledSpec> = {}): SettledSpec => ({
    ...{ key, group: key.split('/')[0]!, stage: 0, weight: 0, state: 'done', reason: 'reused' },
    ...own,
  });

  it('is written once, takes a failure back, and does not disturb who is at work', () => {
    const { queue, db, clock } = bench();
    queue.enqueue(
      [task('a/1'), task('a/2')],
      [settled('a/3'), settled('a/4', { state: 'missing', reason: 'hole' })],
    );
    expect(states(queue, 'a')).toEqual({
      'a/1': 'pending',
      'a/2': 'pending',
      'a/3': 'done',
      'a/4': 'missing',
    });
    const lease = queue.claim('A')!;
    queue.fail(queue.claim('A')!, { code: 'E_ZIP', reason: '', retryable: false, retryDelayMs: 0 });
    const before = db.all('SELECT updated_at FROM tasks ORDER BY key');
    clock.nowMs += 1000;
    queue.enqueue([], [settled('a/3'), settled('a/4', { state: 'missing', reason: 'hole' }), settled('a/1')]);
    expect(db.all('SELECT updated_at FROM tasks ORDER BY key').map((row) => row['updated_at'])).toEqual(
      before.map((row) => row['updated_at']),
    );
    queue.publish(lease, () => undefined);
    queue.enqueue([], [settled('a/2')]);
    expect(queue.task('a/2')).toMatchObject({ state: 'done', reason: 'reused', code: null });
    queue.forgetMissing(['a/3', 'a/4']);
    expect(states(queue, 'a')).toEqual({ 'a/1': 'running', 'a/2': 'done', 'a/3': 'done' });
  });
});

describe('workers', () => {
  it('have a name of their own', () => {
    const { roster, db, clock } = bench();
    db.run(
      'INSERT INTO workers (id, host, pid, started_at, heartbeat_at) VALUES (?, ?, ?, ?, ?)',
      'B',
      hostname(),
      process.ppid,
      clock.nowMs,
      clock.nowMs,
    );
    expect(
      codeOf(() => {
        roster.enter('B');
      }),
    ).toBe('E_WORKER_ID');
    clock.nowMs += 60_000; // silent for so long, it is not that one any more
    roster.enter('B');
    expect(roster.find('B')).toMatchObject({ pid: process.pid, isAlive: true });
    roster.leave('B');
    expect(roster.living()).toEqual([]);
  });
});

describe('whatever happens', () => {
  it('no task is lost, done twice, or held by two', () => {
    const step = fc.record({
      what: fc.constantFrom('claim', 'done', 'fail', 'handBack', 'crash', 'wait', 'renew', 'enqueue'),
      who: fc.nat(2),
      which: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { queue, clock } = bench();
        const keys = ['a/1', 'a/2', 'b/1', 'b/2', 'b/3', 'c/1'];
        queue.enqueue(keys.map((key, weight) => task(key, { weight })));
        let held: Lease[] = [];
        const done = new Map<string, number>();
        for (const { what, who, which } of steps) {
          const lease = held[which % Math.max(1, held.length)];
          if (what === 'claim') {
            const got = queue.claim(`w${who}`);
            if (got) held.push(got);
          } else if (what === 'wait') clock.nowMs += 25_000;
          else if (what === 'enqueue') queue.enqueue([task(keys[which]!, { weight: which })]);
          else if (lease) {
            if (what === 'renew') queue.renew([lease]);
            else held = held.filter((one) => one !== lease);
            const isMine = (): boolean =>
              codeOf(() => {
                queue.publish(lease, () => undefined);
              }) === 'nothing';
            if (what === 'handBack') queue.handBack(lease, '');
            if (what === 'fail' && isMine())
              queue.fail(lease, { code: 'E_NETWORK', reason: '', retryable: true, retryDelayMs: 0 });
            if (what === 'done' && isMine()) {
              queue.done(lease, null);
              done.set(lease.key, (done.get(lease.key) ?? 0) + 1);
            }
          }
        }
        // Nobody is left: all of it can still be finished.
        clock.nowMs += 60_000;
        for (let lease = queue.claim('last'); lease; lease = queue.claim('last')) queue.done(lease, null);
        for (const key of keys) {
          expect(['done', 'failed']).toContain(queue.task(key)!.state);
          const claims = queue.historyOf(key).filter(({ type }) => type === 'task-claimed').length;
          expect(claims).toBeGreaterThanOrEqual(done.get(key) ?? 0);
        }
        expect(queue.unsettled().size).toBe(0);
      }),
      { numRuns: 40 },
    );
  });
});
