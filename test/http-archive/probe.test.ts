import { describe, expect, it } from 'vitest';
import { type ArchiveEntry, LocalArchive } from '../../src/archive/index.js';
import { parseRange } from '../../src/time/index.js';
import { createServer } from './server.js';
import { failure, mirrorOf, newFolder, openHttp, putObject } from './setup.js';

const query = { market: 'um', dataType: 'aggTrades', symbol: 'XYZUSDT' } as const;
const zip = Buffer.from('x'.repeat(123));
const NO_INDEX = { faults: ['index-403'] };
const world = { now: () => Date.UTC(2018, 5, 10) };

async function tree(periods: readonly string[]): Promise<string> {
  const root = await newFolder();
  for (const period of periods) {
    const cadence = period.length === 7 ? 'monthly' : 'daily';
    const key = `data/futures/um/${cadence}/aggTrades/XYZUSDT/XYZUSDT-aggTrades-${period}.zip`;
    await putObject(root, key, zip, period.endsWith('3') ? null : undefined);
  }
  return root;
}

/** HTTP has an ETag, which a folder has not, and dates to the second. */
const asFolder = (entry: ArchiveEntry): ArchiveEntry => ({
  ...entry,
  etag: null,
  lastModified: entry.lastModified!.replace(/\.\d{3}Z$/, '.000Z'),
});

describe('an archive without an index', () => {
  const lives: [string, string[]][] = [
    [
      'all its life',
      ['2018-03', '2018-04', '2018-05', '2018-03-01', '2018-05-31', '2018-06-01', '2018-06-09'],
    ],
    ['with holes', ['2017-04', '2017-08', '2018-03', '2018-04-02', '2018-04-13']],
    ['days only', ['2018-06-08', '2018-06-09']],
    ['a short life', ['2017-09', '2017-09-28']],
    ['from the first day on', ['2017-01', '2017-01-01', '2017-02']],
    ['nothing', []],
  ];
  for (const [what, periods] of lives) {
    it(`gives the same list: ${what}`, async () => {
      const root = await tree(['2018-01', ...periods].slice(1));
      const mirror = await mirrorOf(root, NO_INDEX);
      const { archive, events } = await openHttp(mirror.url, { connections: 16 }, world);
      const expected = periods.length === 0 ? [] : await new LocalArchive(root).list(query);
      expect((await archive.list(query)).map(asFolder)).toEqual(expected.map(asFolder));
      expect(events.filter((event) => event.type === 'no-index')).toHaveLength(1);
    });
  }

  it('skips what is before the listing without asking for all of it', async () => {
    const mirror = await mirrorOf(await tree(['2018-05', '2018-05-30', '2018-05-31']), NO_INDEX);
    const { archive } = await openHttp(mirror.url, {}, world);
    expect(await archive.list(query)).toHaveLength(3);
    expect(mirror.requests.count({ method: 'HEAD' })).toBeLessThan(100);
  });

  it('asks for days of the wanted months only', async () => {
    const root = await tree(['2017-04', '2017-05', '2017-06', '2017-05-02', '2017-06-07']);
    const mirror = await mirrorOf(root, NO_INDEX);
    const { archive } = await openHttp(mirror.url, {}, world);
    const found = await archive.list({ ...query, range: parseRange('2017-06-20', '2017-07-02') });
    expect(found.map((entry) => entry.name.period.key)).toEqual([
      '2017-04',
      '2017-05',
      '2017-06',
      '2017-06-07',
    ]);
    expect(mirror.requests.count({ method: 'HEAD', key: /2017-05-/ })).toBeLessThan(10);
  });

  it('takes only a definite 404 for missing', async () => {
    const faults = [
      'index-403',
      '403:*XYZUSDT-aggTrades-2017-03.zip',
      '500:*XYZUSDT-aggTrades-2017-0[12].zip',
    ];
    const root = await tree(['2018-01']);
    const mirror = await mirrorOf(root, {
      faults: [...faults.slice(0, 2), { kind: '500', pattern: /aggTrades-2017-0[12]\.zip$/ }],
    });
    const { archive } = await openHttp(mirror.url, { connections: 16 }, world);
    const found = await archive.list({ ...query, range: parseRange('2017-01', '2017-02') });
    expect(found.map((entry) => [entry.name.period.key, entry.bytes])).toEqual([
      ['2017-01', 0],
      ['2017-02', 0],
      ['2017-03', 0],
      ['2018-01', 123],
    ]);
  });

  it('does without HEAD', async () => {
    const url = await createServer((request, response) => {
      const has = request.url?.endsWith('/XYZUSDT-aggTrades-2018-05.zip');
      if (request.url?.includes('prefix=')) response.writeHead(404).end();
      else if (request.method === 'HEAD') response.writeHead(405).end();
      else if (!has) response.writeHead(404).end();
      else response.writeHead(206, { 'content-range': 'bytes 0-0/777' }).end('x');
    });
    const { archive } = await openHttp(url, { connections: 16 }, world);
    const found = await archive.list({ ...query, range: parseRange('2018-05', '2018-05') });
    expect(found.map((entry) => [entry.name.period.key, entry.bytes])).toEqual([['2018-05', 777]]);
  });

  it('cannot tell its symbols', async () => {
    const mirror = await mirrorOf(await tree(['2018-05']), NO_INDEX);
    const { archive } = await openHttp(mirror.url, {}, world);
    const error = await failure(archive.symbols('um', 'aggTrades'), 'E_INDEX');
    expect(error.message).toMatch(/cannot tell its symbols.*403 \(AccessDenied\)/);
  });

  it('that nobody answers for is E_NETWORK', async () => {
    const { archive } = await openHttp('http://127.0.0.1:9', {}, world);
    await failure(archive.list(query), 'E_NETWORK');
  });
});
