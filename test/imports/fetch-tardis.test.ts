import { readFileSync } from 'node:fs';
import { createServer as createNet } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type FetchTardisRequest, fetchTardis } from '../../src/imports/index.js';
import { createServer } from '../http-archive/server.js';
import { IMPATIENT, afterTest, failure, filesIn } from '../http-archive/setup.js';
import { LIQUIDATION_HEADER, csv, eventLine, newFolder, us } from './fixture.js';

const KEY = 'TD.secret-key-of-somebody';
const BODY = gzipSync(
  csv(
    LIQUIDATION_HEADER,
    Array.from({ length: 3000 }, (_, i) =>
      eventLine({
        ts: us('2025-10-01 00:00') + i * 7_919_333,
        side: i % 3 ? 'buy' : 'sell',
        price: 4000 + i,
        amount: i * 0.37 + 1,
      }),
    ),
  ),
);

const { connections, connectTimeoutMs, headersTimeoutMs, stallTimeoutMs, attempts, backoffMs, maxBackoffMs } =
  IMPATIENT;
const request = (
  baseUrl: string,
  days: readonly string[],
  own: Partial<FetchTardisRequest> = {},
): FetchTardisRequest => ({
  exchange: 'binance-futures',
  channel: 'liquidations',
  symbol: 'ETHUSDT',
  days,
  key: null,
  dataDir: newFolder(),
  baseUrl,
  diskReserveBytes: 0,
  settings: {
    connections,
    connectTimeoutMs,
    headersTimeoutMs,
    stallTimeoutMs,
    attempts,
    backoffMs,
    maxBackoffMs,
  },
  world: { sleep: () => new Promise((resolve) => setTimeout(resolve, 2)) },
  ...own,
});

const pathOf = (day: string): string =>
  `/v1/binance-futures/liquidations/${day.replaceAll('-', '/')}/ETHUSDT.csv.gz`;
const fileOf = (day: string): string => `tardis/binance-futures_liquidations_${day}_ETHUSDT.csv.gz`;

test('the free day, a hole, and what is here already', async () => {
  const seen: [string, string | undefined][] = [];
  const url = await createServer((req, res) => {
    seen.push([req.url!, req.headers.authorization]);
    if (req.url === pathOf('2025-10-01')) res.end(BODY);
    else res.writeHead(404).end();
  });
  const asked = request(url, ['2025-10-01', '2025-10-02']);
  const target = join(asked.dataDir, fileOf('2025-10-01'));
  expect(await fetchTardis(asked)).toEqual([
    { day: '2025-10-01', status: 'fetched', path: target },
    { day: '2025-10-02', status: 'hole', path: null },
  ]);
  expect(readFileSync(target).equals(BODY)).toBe(true);
  expect(await filesIn(asked.dataDir)).toEqual([fileOf('2025-10-01')]);
  expect((await fetchTardis({ ...asked, days: ['2025-10-01'] }))[0]!.status).toBe('present');
  expect(seen).toEqual([
    [pathOf('2025-10-01'), undefined],
    [pathOf('2025-10-02'), undefined],
  ]);
});

test('the key goes to its server alone, not to where that redirects', async () => {
  const seen: Record<string, (string | undefined)[]> = { first: [], other: [] };
  const other = await createServer((req, res) => {
    seen['other']!.push(req.headers.authorization);
    res.end(BODY);
  });
  const url = await createServer((req, res) => {
    seen['first']!.push(req.headers.authorization);
    res.writeHead(302, { location: `${other}${req.url!}` }).end();
  });
  const [day] = await fetchTardis(request(url, ['2025-10-02'], { key: `${KEY}\n` }));
  expect(day!.status).toBe('fetched');
  expect(seen).toEqual({ first: [`Bearer ${KEY}`], other: [undefined] });
});

test.each([
  [401, null, 'set TARDIS_API_KEY'],
  [403, KEY, 'does not open them'],
])(
  '%i: which days need a key, never the key itself; the free ones are fetched',
  async (status, key, message) => {
    const asked: string[] = [];
    const url = await createServer((req, res) => {
      asked.push(req.url!);
      if (req.url!.includes('/01/ETHUSDT')) res.end(BODY);
      else res.writeHead(status).end(`no: ${String(req.headers.authorization)}`);
    });
    const days = ['2025-09-30', '2025-10-01', '2025-10-02', '2025-10-03', '2025-11-01'];
    const own = request(url, days, { key });
    const error = await failure(fetchTardis(own), 'E_FORBIDDEN');
    expect(error.message).toContain('2025-09-30 … 2025-10-03 (3 days)');
    expect(error.message).toContain(message);
    expect(error.context).toMatchObject({ expected: '2025-09-30,2025-10-02,2025-10-03', status });
    expect(asked).toEqual([pathOf('2025-09-30'), pathOf('2025-10-01'), pathOf('2025-11-01')]);
    expect(await filesIn(own.dataDir)).toEqual([fileOf('2025-10-01'), fileOf('2025-11-01')]);
    const said = JSON.stringify([error.toJSON(), error.stack, String(error.cause)]);
    expect(said).not.toContain(KEY);
  },
);

test('an interrupted download is continued', async () => {
  const ranges: (string | undefined)[] = [];
  const url = await createServer((req, res) => {
    ranges.push(req.headers.range);
    const from = Number(/bytes=(\d+)-/.exec(req.headers.range ?? '')?.[1] ?? 0);
    const head = { etag: '"v1"', 'content-length': BODY.length - from };
    if (from === 0) {
      res.writeHead(200, head);
      res.write(BODY.subarray(0, 9000));
      setTimeout(() => res.destroy(), 50);
      return;
    }
    res.writeHead(206, { ...head, 'content-range': `bytes ${from}-${BODY.length - 1}/${BODY.length}` });
    res.end(BODY.subarray(from));
  });
  const own = request(url, ['2025-10-01']);
  await fetchTardis(own);
  expect(ranges).toEqual([undefined, 'bytes=9000-']);
  expect(readFileSync(join(own.dataDir, fileOf('2025-10-01'))).equals(BODY)).toBe(true);
});

test('a file that is damaged is fetched again; twice, and it is not kept', async () => {
  let requests = 0;
  const damaged = Buffer.concat([BODY.subarray(0, 500), Buffer.from([0, 1, 2, 3]), BODY.subarray(504)]);
  const flaky = await createServer((_, res) => res.end(requests++ === 0 ? damaged : BODY));
  expect((await fetchTardis(request(flaky, ['2025-10-01'])))[0]!.status).toBe('fetched');
  expect(requests).toBe(2);
  const broken = await createServer((_, res) => res.end('<html>not gzip</html>'));
  const own = request(broken, ['2025-10-01']);
  await failure(fetchTardis(own), 'E_GZIP');
  expect(await filesIn(own.dataDir)).toEqual([]);
});

test('errors of the server are tried again, those of the request are not', async () => {
  let requests = 0;
  const url = await createServer((_, res) => {
    if (++requests < 3) res.writeHead(503).end();
    else res.end(BODY);
  });
  expect((await fetchTardis(request(url, ['2025-10-01'])))[0]!.status).toBe('fetched');
  const silent = createNet();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  await new Promise((resolve) => silent.close(resolve));
  afterTest(() => Promise.resolve());
  await failure(fetchTardis(request(`http://127.0.0.1:${port}`, ['2025-10-01'])), 'E_NETWORK');
});

test('what is asked for is looked at first', async () => {
  await failure(fetchTardis(request('http://127.0.0.1:1', ['2025-10'])), 'E_PERIOD');
  await failure(fetchTardis(request('nowhere', ['2025-10-01'])), 'E_USAGE');
  await failure(fetchTardis(request('http://127.0.0.1:1', ['2025-10-01'], { symbol: '../x' })), 'E_SYMBOL');
  const error = await failure(
    fetchTardis(request('http://127.0.0.1:1', ['2025-10-01'], { key: `${KEY}\n\u00e9` })),
    'E_USAGE',
  );
  expect(error.message).not.toContain(KEY);
});
