import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ledgerPath } from '../../src/ledger/index.js';
import type { StatusAnswer, TaskEvent } from '../../src/serve/api.js';
import { temporaryFolder } from '../cli/run.js';
import { archiveOf, collectRun } from '../collect/collecting.js';
import { Filled } from '../watch/filled.js';
import { Listening, ask, hashes, serving } from './serving.js';

const QUICK = { pollMs: 20, heartbeatMs: 30 };
const SYMBOL = 'AAAUSDT';

function filled(dataDir: string): Filled {
  const world = new Filled(ledgerPath(dataDir));
  world.plan(SYMBOL, ['2024-01', '2024-02', '2024-03']);
  return world;
}

const latest = (listening: Listening): StatusAnswer => listening.of('snapshot').at(-1)!.data as StatusAnswer;
const types = (listening: Listening): string[] =>
  listening.of('task').map(({ data }) => (data as TaskEvent).type);

describe('the status', () => {
  it('is 404 without a ledger, and what the queue says with one', async () => {
    const dataDir = temporaryFolder();
    const dashboard = await serving(dataDir);
    expect(await ask(dashboard, '/api/status')).toMatchObject({
      status: 404,
      body: { error: { code: 'E_NO_LAYER' } },
    });
    const world = filled(dataDir);
    const { status, body } = await ask<StatusAnswer>(dashboard, '/api/status');
    expect(status).toBe(200);
    expect(body).toMatchObject({ type: 'status', schemaVersion: 1, ledger: 'ledger.sqlite' });
    expect(body.months).toMatchObject({ total: 3, pending: 3 });
    expect(body.symbols.map(({ symbol }) => symbol)).toEqual([SYMBOL]);
    world.ledger.close();
  });

  it('of another ledger, when it is named', async () => {
    const dataDir = temporaryFolder();
    const path = join(temporaryFolder(), 'other.sqlite');
    new Filled(path).ledger.close();
    const dashboard = await serving(dataDir, { queue: path });
    expect((await ask<StatusAnswer>(dashboard, '/api/status')).body.ledger).toBe('other.sqlite');
  });
});

describe('the stream', () => {
  it('says where the queue stands at once, then every event and what it changed', async () => {
    const dataDir = temporaryFolder();
    const world = filled(dataDir);
    const dashboard = await serving(dataDir, QUICK);
    const listening = Listening.start(dashboard);
    await listening.until((it) => it.of('snapshot').length > 0);
    expect(types(listening)).toEqual([]);
    expect(latest(listening).months.pending).toBe(3);

    const before = listening.events.length;
    world.ledger.queue.log('tested', { n: 1 }, { group: `um/aggTrades/${SYMBOL}` });
    world.plan('BBBUSDT', ['2024-01']);
    await listening.until((it) => it.of('snapshot').length > 1 && latest(it).months.pending === 4);
    expect(types(listening)).toContain('tested');
    const ids = listening.of('task').map(({ id, data }) => [id, String((data as TaskEvent).id)]);
    for (const [id, own] of ids) expect(id).toBe(own);
    expect(listening.events.length).toBeGreaterThan(before);

    const quiet = listening.events.length;
    const comments = listening.comments.length;
    await listening.until((it) => it.comments.length > comments + 2);
    expect(listening.events.length).toBe(quiet);
    listening.leave();
    world.ledger.close();
    expect(dashboard.bugs).toEqual([]);
  });

  it('makes up for what was missed, once, after Last-Event-ID', async () => {
    const dataDir = temporaryFolder();
    const world = filled(dataDir);
    const dashboard = await serving(dataDir, QUICK);
    const first = Listening.start(dashboard);
    await first.until((it) => it.of('snapshot').length > 0);
    const seen = first.events.at(-1)!.id!;
    first.leave();
    const missed = ['one', 'two', 'three'];
    for (const type of missed) world.ledger.queue.log(type, {}, {});
    const second = Listening.start(dashboard, { 'Last-Event-ID': seen });
    await second.until((it) => it.of('snapshot').length > 0);
    expect(types(second)).toEqual(missed);
    expect(second.events.at(-1)!.event).toBe('snapshot');
    world.ledger.queue.log('four', {}, {});
    await second.until((it) => it.of('task').length === 4);
    expect(types(second)).toEqual([...missed, 'four']);
    second.leave();

    // Of another ledger, or nonsense: from now on.
    for (const id of ['999999999', '-1', 'x']) {
      const other = Listening.start(dashboard, { 'Last-Event-ID': id });
      await other.until((it) => it.of('snapshot').length > 0);
      expect(types(other)).toEqual([]);
      other.leave();
    }
    world.ledger.close();
  });

  it('gives the latest thousand of many missed events', async () => {
    const dataDir = temporaryFolder();
    const world = filled(dataDir);
    world.ledger.transaction(() => {
      for (let n = 0; n < 1500; n++) world.ledger.queue.log('many', { n }, {});
    });
    const dashboard = await serving(dataDir, QUICK);
    const listening = Listening.start(dashboard, { 'Last-Event-ID': '1' });
    await listening.until((it) => it.of('snapshot').length > 0);
    const told = listening.of('task').map(({ data }) => (data as { data: { n: number } }).data.n);
    expect([told.length, told[0], told.at(-1)]).toEqual([1000, 500, 1499]);
    listening.leave();
    world.ledger.close();
  });

  it('looks only while somebody listens', async () => {
    const dashboard = await serving(temporaryFolder(), QUICK);
    expect(dashboard.hub.isLooking).toBe(false);
    const [one, two] = [Listening.start(dashboard), Listening.start(dashboard)];
    await one.until((it) => it.of('absent').length > 0);
    await two.until((it) => it.of('absent').length > 0);
    expect([dashboard.hub.listeners, dashboard.hub.isLooking]).toEqual([2, true]);
    one.leave();
    two.leave();
    while (dashboard.hub.listeners > 0) await wait(5);
    expect(dashboard.hub.isLooking).toBe(false);
  });

  it('waits for a ledger that is made later, and sees it go', async () => {
    const dataDir = temporaryFolder();
    const dashboard = await serving(dataDir, QUICK);
    const listening = Listening.start(dashboard);
    await listening.until((it) => it.of('absent').length > 0);
    expect(listening.of('absent')[0]!.data).toMatchObject({ error: { code: 'E_NO_LAYER' } });
    const world = filled(dataDir);
    await listening.until((it) => it.of('snapshot').length > 0 && latest(it).months.pending === 3);
    world.ledger.close();
    rmSync(join(dataDir, '_ledger'), { recursive: true });
    await listening.until((it) => it.of('absent').length > 1);
    listening.leave();
    expect(dashboard.bugs).toEqual([]);
  });

  it('has room for so many and no more', async () => {
    const dashboard = await serving(temporaryFolder(), { ...QUICK, maxListeners: 2 });
    const there = [Listening.start(dashboard), Listening.start(dashboard)];
    for (const one of there) await one.until((it) => it.of('absent').length > 0);
    expect(await ask(dashboard, '/api/status/stream')).toMatchObject({
      status: 429,
      body: { error: { code: 'E_TOO_MANY' } },
    });
    there[0]!.leave();
    while (dashboard.hub.listeners > 1) await wait(5);
    const third = Listening.start(dashboard);
    await third.until((it) => it.of('absent').length > 0);
    for (const one of [...there, third]) one.leave();
  });

  it('ends when the server closes', async () => {
    const dashboard = await serving(temporaryFolder(), QUICK);
    const listening = Listening.start(dashboard);
    await listening.until((it) => it.of('absent').length > 0);
    await dashboard.close();
    await listening.until((it) => it.ended);
    expect(dashboard.hub.isLooking).toBe(false);
  });

  it('follows a collection to its end, and changes nothing', async () => {
    const { outDir: archive } = await archiveOf('2024-01-01', '2024-01-02', { symbols: [SYMBOL] });
    const dataDir = temporaryFolder();
    const dashboard = await serving(dataDir, QUICK);
    const listening = Listening.start(dashboard);
    await listening.until((it) => it.of('absent').length > 0);
    await collectRun({ archive, dataDir, symbols: [SYMBOL] });
    const done = hashes(dataDir);
    await listening.until(
      (it) => it.of('snapshot').length > 0 && latest(it).isSettled && latest(it).months.done === 1,
    );
    listening.leave();
    while (dashboard.hub.listeners > 0) await wait(5);
    expect(hashes(dataDir)).toEqual(done);
    expect(dashboard.bugs).toEqual([]);
  });
});
