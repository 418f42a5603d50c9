import { expect, test } from 'vitest';
import { type StatusSnapshot, exitStatusOf, readStatus } from '../../src/watch/index.js';
import { Filled, monthKeys } from './filled.js';

const look = (filled: Filled, stallMs?: number): StatusSnapshot =>
  readStatus(filled.db, { nowMs: filled.nowMs, ...(stallMs === undefined ? {} : { stallMs }) });

function working(): Filled {
  const filled = new Filled();
  filled.plan('BTCUSDT', monthKeys(3));
  filled.worker('A');
  filled.ledger.queue.advance(filled.claim('A'), 'fetching', 0, 10);
  return filled;
}

test('a task of a living worker that has not moved for 15 minutes', () => {
  const filled = working().wait(899);
  filled.beat('A');
  expect(look(filled).stalls).toEqual([]);
  filled.wait(1);
  filled.beat('A');
  const snapshot = look(filled);
  expect(snapshot.stalls).toMatchObject([
    {
      kind: 'task',
      worker: 'A',
      key: 'um/aggTrades/BTCUSDT/2020-01',
      sinceMs: filled.nowMs - 900_000,
      needsAction: true,
    },
  ]);
  expect(snapshot.stalls[0]!.message).toBe(
    'um/aggTrades/BTCUSDT/2020-01 has not moved for 15 min: A is fetching.',
  );
  expect(exitStatusOf(snapshot)).toBe(75);
  expect(look(filled, 1_000_000).stalls).toEqual([]);
});

test('nobody alive although tasks are left', () => {
  const filled = working();
  filled.db.run('UPDATE workers SET pid = ?', 2 ** 22 + 1);
  const snapshot = look(filled);
  expect(snapshot.stalls).toMatchObject([{ kind: 'nobody', needsAction: true }]);
  expect(snapshot.stalls[0]!.message).toContain('4 tasks are left');
  expect(snapshot.etaSeconds).toBe(null);
  expect(exitStatusOf(snapshot)).toBe(75);
});

test('a lost worker with a task in hand is told of, and needs nobody while another one lives', () => {
  const filled = working().wait(61);
  filled.worker('B');
  const snapshot = look(filled);
  expect(snapshot.stalls).toMatchObject([{ kind: 'silent', worker: 'A', needsAction: false }]);
  expect(exitStatusOf(snapshot)).toBe(0);
});

test('all workers wait for a retry: until when', () => {
  const filled = new Filled();
  filled.plan('BTCUSDT', ['2024-01']);
  filled.worker('A');
  filled.ledger.queue.fail(filled.claim('A'), {
    code: 'E_NETWORK',
    reason: '503',
    retryable: true,
    retryDelayMs: 45_000,
  });
  filled.db.run('DELETE FROM tasks WHERE stage = 1');
  const snapshot = look(filled);
  expect(snapshot.stalls).toMatchObject([
    { kind: 'retry-delay', untilMs: filled.nowMs + 45_000, needsAction: false },
  ]);
  expect(snapshot.stalls[0]!.message).toContain('All workers wait until 18:00:45 UTC (45 s)');
  expect(exitStatusOf(snapshot)).toBe(0);
});

test('tasks wait and living workers take none', () => {
  const filled = new Filled();
  filled.plan('BTCUSDT', ['2024-01']);
  filled.wait(600);
  filled.worker('A');
  expect(look(filled).stalls).toEqual([]);
  filled.wait(301);
  filled.beat('A');
  expect(look(filled).stalls).toMatchObject([{ kind: 'unclaimed', needsAction: true }]);
});

test('while somebody is putting tasks in, nothing has stalled or is settled', () => {
  const filled = new Filled();
  filled.worker('owner');
  filled.db.run("UPDATE workers SET role = 'owner'");
  expect(look(filled)).toMatchObject({ isPlanning: true, isSettled: false, workers: [] });
  filled.plan('BTCUSDT', ['2024-01']);
  expect(look(filled).stalls).toEqual([]);
});
