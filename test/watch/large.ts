import { Filled, monthKeys } from './filled.js';

/** A collection of 100 symbols over 60 months in the middle of its work, with every kind of trouble. */
export function largeCollection(path?: string): Filled {
  const filled = new Filled(path, Date.now() - 3_600_000 * 5);
  const { ledger } = filled;
  const random = seeded(7);
  const symbols = ['BTCUSDT', 'ETHUSDT', '币安人生USDT', '1000PEPEUSDT', 'SOLUSDT', 'DOGEUSDT', 'RLCUSDT'];
  while (symbols.length < 100) symbols.push(`COIN${symbols.length}USDT`);
  ledger.transaction(() => {
    for (const [at, symbol] of symbols.entries()) {
      const size = 600_000_000 / (1 + at);
      filled.plan(symbol, monthKeys(at % 9 === 8 ? 48 : 60), (month) =>
        Math.round(size * (0.4 + random()) * (month > '2022' ? 1.5 : 1)),
      );
      if (at % 9 === 8) filled.settled(symbol, monthKeys(12, 48), 'missing', 'after delisting');
      if (at === 6) filled.settled(symbol, ['2020-05', '2020-06', '2021-03'], 'missing', 'not listed');
      if (at === 2)
        filled.planned(symbol, [
          { period: '2023-04-13', reason: 'not listed' },
          { period: '2023-04-14', reason: 'not listed' },
        ]);
      if (at > 60 && at < 70) filled.settled(symbol, monthKeys(30), 'done', 'reused', 5_000_000);
    }
    ledger.queue.log(
      'symbol-failed',
      {
        symbol: 'BTCUSD',
        code: 'E_NOT_FOUND',
        message:
          'https://data.binance.vision has no um aggTrades of BTCUSD; it has 1000PEPEUSDT, BTCUSDT, ETHUSDT and 612 more',
      },
      { group: 'um/aggTrades/BTCUSD' },
    );
    const ids = ['mill-7-1', 'mill-7-2', 'mill-7-3', 'mill-7-4'];
    for (const id of ids) filled.worker(id, { rows: 4_000_000_000, bytes: 44_000_000_000 });
    for (let i = 0; i < 2900; i++) {
      const id = ids[i % 4]!;
      const lease = filled.claim(id);
      filled.wait(random() * 11);
      for (let e = 0; e < 6; e++)
        ledger.queue.log(
          'download',
          {
            type: 'retry',
            url: 'https://data.binance.vision/x.zip',
            attempt: 1,
            delayMs: 500,
            reason: 'the connection broke (other side closed)',
          },
          { worker: id, key: lease.key, group: lease.group },
        );
      const failing = i % 173 === 90;
      if (failing) {
        const checksum = i % 2 === 0;
        ledger.queue.fail(lease, {
          code: checksum ? 'E_CHECKSUM' : 'E_NETWORK',
          reason: checksum
            ? `GET https://data.binance.vision/data/futures/um/monthly/aggTrades/x/x.zip: the SHA-256 is ${'ab'.repeat(32)}, the .CHECKSUM says ${'cd'.repeat(32)}, also when fetched again`
            : 'GET https://data.binance.vision/data/futures/um/monthly/aggTrades/x/x.zip: the server answered 503 (SlowDown) (after 10 attempts)',
          retryable: i > 2700,
          retryDelayMs: 5e8,
        });
        continue;
      }
      filled.finish(lease, lease.weight / 11, 9);
    }
    filled.nowMs = Date.now() - 60_000;
    for (const id of ids) filled.beat(id, { rows: 4_000_000_000, bytes: 44_000_000_000 });
    for (const id of ids) {
      const lease = filled.claim(id);
      filled.milled(lease, lease.weight * 0.2, lease.weight * 0.018, 20);
      filled.wait(10);
      ledger.queue.advance(lease, 'milling', lease.weight * (0.3 + 0.5 * random()), lease.weight);
      const ahead = filled.claim(id);
      ledger.queue.advance(ahead, 'fetching', 0, ahead.weight * 0.4);
    }
    filled.nowMs = Date.now();
    for (const id of ids.slice(0, 3)) filled.beat(id, { rows: 4_000_000_000, bytes: 44_000_000_000 });
    filled.db.run("UPDATE workers SET pid = 4194000 WHERE id = 'mill-7-4'");
  });
  return filled;
}

export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
