import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TapemillError } from '../../src/errors.js';
import { WorkerPool } from '../../src/work/index.js';

const WORKER = new URL('worker.js', import.meta.url);
let pool: WorkerPool;
beforeEach(() => {
  pool = new WorkerPool(WORKER, 2);
});
afterEach(() => pool.close());

const answer = (value: number, ms = 0): Promise<unknown> => pool.run({ do: 'answer', value, ms });

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('expected a failure');
    },
    (error: unknown) => error,
  );
}

describe('WorkerPool', () => {
  it('does more tasks than it has workers, and gives each its own result', async () => {
    const values = Array.from({ length: 20 }, (_, i) => i);
    expect(await Promise.all(values.map((value) => answer(value, value % 3)))).toEqual(values);
  });

  it('begins tasks in the order given', async () => {
    pool = new WorkerPool(WORKER, 1);
    const done: unknown[] = [];
    await Promise.all([3, 1, 2].map((value) => answer(value, value).then((got) => done.push(got))));
    expect(done).toEqual([3, 1, 2]);
  });

  it('passes on the events of a task, in order and before its result', async () => {
    const events: unknown[] = [];
    expect(await pool.run({ do: 'report', times: 5 }, (event) => events.push(event))).toBe('reported');
    expect(events).toEqual([0, 1, 2, 3, 4]);
  });

  it('rejects with what the task threw: its own error whole, any other with its stack', async () => {
    const own = await failure(pool.run({ do: 'fail', message: 'bad' }));
    expect(own).toBeInstanceOf(TapemillError);
    expect(own).toMatchObject({
      code: 'E_ZIP',
      message: 'bad',
      exitStatus: 4,
      context: { object: 'x.zip', line: 3 },
    });
    const other = await failure(pool.run({ do: 'throw', message: 'oops' }));
    expect(TapemillError.is(other)).toBe(false);
    expect(String(other)).toMatch(/TypeError: oops[^]*worker\.js/);
    expect(await answer(7)).toBe(7);
  });

  it.each([
    ['exits', { do: 'exit', code: 0 }, /exit code 0/],
    ['exits with an error', { do: 'exit', code: 9 }, /exit code 9/],
    ['crashes', { do: 'crash' }, /from nowhere/],
    ['cannot be told what to do', { do: 'nonsense' }, /no such task/],
  ])('goes on when a worker %s', async (_, task, says) => {
    const [lost, kept, later] = await Promise.allSettled([
      pool.run(task),
      answer(1, 20),
      answer(2),
      answer(3),
    ]);
    expect(lost).toMatchObject({ status: 'rejected' });
    expect(String((lost as PromiseRejectedResult).reason)).toMatch(says);
    if (task.do !== 'nonsense') expect(lost).toMatchObject({ reason: { code: 'E_WORKER', retryable: true } });
    expect([kept, later]).toMatchObject([{ value: 1 }, { value: 2 }]);
    expect(await Promise.all([answer(4), answer(5), answer(6)])).toEqual([4, 5, 6]);
  });

  it('fails what cannot be begun because the module is not there', async () => {
    const none = new WorkerPool(new URL('none.js', import.meta.url), 1);
    expect(await Promise.all([failure(none.run({})), failure(none.run({}))])).toMatchObject([
      { code: 'E_WORKER' },
      { code: 'E_WORKER' },
    ]);
    await none.close();
  });

  it('stops running tasks, drops waiting ones and takes no more when aborted', async () => {
    const reason = new Error('enough');
    let isWaiting = (): void => undefined;
    const begun = new Promise<void>((resolve) => (isWaiting = resolve));
    const running = failure(
      pool.run({ do: 'wait' }, () => {
        isWaiting();
      }),
    );
    const others = [failure(pool.run({ do: 'wait' })), failure(pool.run({ do: 'wait' })), failure(answer(1))];
    await begun;
    pool.abort(reason);
    pool.abort(new Error('a later reason'));
    expect(String(await running)).toMatch(/AbortError/);
    const [second, ...queued] = await Promise.all(others);
    expect(String(second)).toMatch(/AbortError/);
    expect(queued).toEqual([reason, reason]);
    expect(await failure(answer(1))).toBe(reason);
  });

  it('fails running tasks when it is closed, and takes no more', async () => {
    const running = failure(pool.run({ do: 'wait' }));
    await pool.close();
    expect(await running).toMatchObject({ code: 'E_WORKER' });
    expect(String(await failure(answer(1)))).toMatch(/closed/);
  });
});
