import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { age, folderOf, list, listAll, mirrorOf, put } from './fixture.js';

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const TREE = Object.fromEntries(
  [
    'data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01-01.zip',
    'data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01-01.zip.CHECKSUM',
    'data/futures/um/daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01-02.zip',
    'data/futures/um/daily/aggTrades/BTCUSDT_240628/BTCUSDT_240628-aggTrades-2024-01-01.zip',
    'data/futures/um/daily/aggTrades/BTC-X/x.zip',
    'data/futures/um/daily/aggTrades/币安人生USDT/x.zip',
    'data/spot/daily/a.zip',
    'top.zip',
  ].map((key) => [key, key]),
);
const KEYS = Object.keys(TREE).sort(byBytes);
const AGG_TRADES = 'data/futures/um/daily/aggTrades/';

test('a folder as the collector asks for it', async () => {
  const mirror = await mirrorOf(TREE);
  const { xml, ...page } = await list(mirror, { delimiter: '/', prefix: `${AGG_TRADES}BTCUSDT/` });
  expect(page).toEqual({
    keys: KEYS.filter((key) => key.includes('/BTCUSDT/')),
    prefixes: [],
    isTruncated: false,
    nextMarker: undefined,
  });
  expect(xml).toMatch(
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<ListBucketResult xmlns="http:\/\/s3\.amazonaws\.com\/doc\/2006-03-01\/"><Name>[^<]+<\/Name><Prefix>data\/futures\/um\/daily\/aggTrades\/BTCUSDT\/<\/Prefix><Marker><\/Marker><MaxKeys>1000<\/MaxKeys><Delimiter>\/<\/Delimiter><IsTruncated>false<\/IsTruncated><Contents>/,
  );
  expect(xml).toMatch(
    /<Contents><Key>[^<]+<\/Key><LastModified>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z<\/LastModified><ETag>&quot;[0-9a-f]{32}&quot;<\/ETag><Size>72<\/Size><StorageClass>STANDARD<\/StorageClass><\/Contents>/,
  );
});

test('the ETag and time of the index are those of the object', async () => {
  const mirror = await mirrorOf(TREE);
  const { xml } = await list(mirror, { prefix: 'top.zip' });
  const { headers } = await fetch(`${mirror.url}/top.zip`);
  expect(xml).toContain(`<ETag>${headers.get('etag')!.replaceAll('"', '&quot;')}</ETag>`);
  const listedMs = Date.parse(/<LastModified>([^<]+)/.exec(xml)![1]!);
  expect(new Date(listedMs).toUTCString()).toBe(headers.get('last-modified'));
});

test('common prefixes in the order of their bytes: BTC-X/ before BTCUSDT/, the slash counts', async () => {
  const mirror = await mirrorOf(TREE);
  const page = await list(mirror, { delimiter: '/', prefix: AGG_TRADES });
  expect(page.keys).toEqual([]);
  expect(page.prefixes).toEqual(
    ['BTC-X/', 'BTCUSDT/', 'BTCUSDT_240628/', '币安人生USDT/'].map((name) => AGG_TRADES + name),
  );
  expect((await list(mirror, { delimiter: '/' })).prefixes).toEqual(['data/']);
  expect((await list(mirror, { delimiter: '/' })).keys).toEqual(['top.zip']);
  expect((await list(mirror, { delimiter: '/', prefix: `${AGG_TRADES}BTCUSDT` })).prefixes).toHaveLength(2);
  expect((await list(mirror, { delimiter: '/', prefix: AGG_TRADES.slice(0, -1) })).prefixes).toEqual([
    AGG_TRADES,
  ]);
});

test('without a delimiter all keys below the prefix', async () => {
  const mirror = await mirrorOf(TREE);
  expect((await list(mirror, {})).keys).toEqual(KEYS);
  expect((await list(mirror, { prefix: 'data/f' })).keys).toEqual(
    KEYS.filter((key) => key.startsWith('data/f')),
  );
  expect((await list(mirror, { prefix: KEYS[0]! })).keys).toEqual([KEYS[0]]);
  expect((await list(mirror, { prefix: 'nothing' })).keys).toEqual([]);
});

test('NextMarker only with a delimiter', async () => {
  const mirror = await mirrorOf(TREE);
  const flat = await list(mirror, { 'max-keys': '2' });
  expect(flat).toMatchObject({ keys: KEYS.slice(0, 2), isTruncated: true, nextMarker: undefined });
  const folders = await list(mirror, { prefix: AGG_TRADES, delimiter: '/', 'max-keys': '2' });
  expect(folders).toMatchObject({ isTruncated: true, nextMarker: `${AGG_TRADES}BTCUSDT/` });
  const last = await list(mirror, { 'max-keys': String(KEYS.length) });
  expect(last).toMatchObject({ isTruncated: false, nextMarker: undefined });
});

test('max-keys: 0, more than a page, nonsense', async () => {
  const mirror = await mirrorOf(TREE);
  expect(await list(mirror, { 'max-keys': '0' })).toMatchObject({ keys: [], isTruncated: false });
  expect((await list(mirror, { 'max-keys': '5000' })).xml).toContain('<MaxKeys>1000</MaxKeys>');
  for (const query of ['max-keys=x', 'max-keys=-1', 'encoding-type=base64']) {
    const response = await fetch(`${mirror.url}/?${query}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<Code>InvalidArgument</Code>');
  }
  expect((await fetch(`${mirror.url}/?list-type=2`)).status).toBe(501);
  expect((await fetch(mirror.url, { method: 'HEAD' })).status).toBe(200);
});

test('names with characters that XML or URLs reserve', async () => {
  const names = ['a&b.zip', 'a<b>.zip', 'a b+c.zip', 'a"\'.zip', '100%.zip', 'é币😀.zip'];
  const mirror = await mirrorOf(Object.fromEntries(names.map((name) => [`d/${name}`, 'x'])));
  const wanted = names.map((name) => `d/${name}`).sort(byBytes);
  expect((await list(mirror, {})).keys).toEqual(wanted);
  const encoded = await list(mirror, {
    'encoding-type': 'url',
    'max-keys': '3',
    delimiter: 'none',
    marker: 'd/ ',
  });
  expect(encoded.xml).toContain('<EncodingType>url</EncodingType>');
  expect(encoded.xml).toContain('<Marker>d/+</Marker>');
  expect(encoded.keys).toContain('d/a+b%2Bc.zip');
  const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
  expect(encoded.keys.map(decode)).toEqual(wanted.slice(0, 3));
  expect(decode(encoded.nextMarker!)).toBe(wanted[2]);
});

test('keys above U+FFFF come after all others, as their bytes do', async () => {
  const names = ['😀.zip', '\uff21.zip', '\ue000.zip', 'z.zip'];
  const mirror = await mirrorOf(Object.fromEntries(names.map((name) => [name, 'x'])));
  expect((await list(mirror, {})).keys).toEqual([...names].sort(byBytes));
});

test('folders without files and hidden files do not exist', async () => {
  const root = folderOf({ 'data/x/a.zip': 'a', 'data/.DS_Store': 'x', '.git/config': 'x' });
  mkdirSync(join(root, 'data/empty/deeper'), { recursive: true });
  const mirror = await mirrorOf(root);
  expect((await list(mirror, { prefix: 'data/', delimiter: '/' })).prefixes).toEqual(['data/x/']);
  expect((await list(mirror, {})).keys).toEqual(['data/x/a.zip']);
});

test('what a folder gains or loses is seen, though folders are remembered', async () => {
  const root = folderOf({ 'd/a.zip': 'a', 'd/b.zip': 'b' });
  const mirror = await mirrorOf(root);
  age(join(root, 'd'), root);
  const keys = async () => (await list(mirror, { prefix: 'd/' })).keys;
  expect(await keys()).toEqual(['d/a.zip', 'd/b.zip']);
  put(root, 'd/c.zip', 'c');
  expect(await keys()).toEqual(['d/a.zip', 'd/b.zip', 'd/c.zip']);
  age(join(root, 'd'));
  expect(await keys()).toHaveLength(3);
  rmSync(join(root, 'd/a.zip'));
  expect(await keys()).toEqual(['d/b.zip', 'd/c.zip']);
  put(root, 'd/b.zip', 'changed');
  expect((await list(mirror, { prefix: 'd/b' })).xml).toContain('<Size>7</Size>');
});

test('property: pages of any size give the keys of the tree, whatever prefix and delimiter', async () => {
  const part = fc.constantFrom('a', 'a-', 'a0', 'aa', 'b', 'A', 'é', '😀', '\uff21');
  const tree = fc.uniqueArray(fc.array(part, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 14,
  });
  const query = fc.record({
    prefix: fc.constantFrom('', 'a', 'a/', 'a-', 'b/a', 'é/'),
    delimiter: fc.constantFrom('', '/', 'a', '-'),
    maxKeys: fc.integer({ min: 1, max: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(tree, query, async (paths, { prefix, delimiter, maxKeys }) => {
      // Files end in .zip, so that none has the name of a folder.
      const keys = [...new Set(paths.map((parts) => `${parts.join('/')}.zip`))].sort(byBytes);
      const mirror = await mirrorOf(Object.fromEntries(keys.map((key) => [key, 'x'])));
      const found = await listAll(mirror, { prefix, delimiter, 'max-keys': String(maxKeys) });
      const wanted = { keys: [] as string[], prefixes: [] as string[] };
      for (const key of keys.filter((one) => one.startsWith(prefix))) {
        const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
        const rolled = key.slice(0, at + delimiter.length);
        if (at < 0) wanted.keys.push(key);
        else if (!wanted.prefixes.includes(rolled)) wanted.prefixes.push(rolled);
      }
      expect({ keys: found.keys, prefixes: found.prefixes }).toEqual(wanted);
      expect(found.pages).toBe(
        Math.max(1, Math.ceil((wanted.keys.length + wanted.prefixes.length) / maxKeys)),
      );
      await mirror.close();
    }),
    { numRuns: 60 },
  );
});

test('a big tree: pages of 1,000, and only the folders that a prefix needs', async () => {
  const root = folderOf({});
  const symbols = Array.from({ length: 60 }, (_, i) => `S${String(i).padStart(3, '0')}USDT`);
  for (const symbol of symbols) {
    for (let day = 1; day <= 25; day++) {
      const name = `${AGG_TRADES}${symbol}/${symbol}-aggTrades-2024-01-${String(day).padStart(2, '0')}.zip`;
      put(root, name, 'x');
      put(root, `${name}.CHECKSUM`, 'x');
    }
  }
  const mirror = await mirrorOf(root);
  const all = await listAll(mirror, {});
  expect(all.pages).toBe(3);
  expect(all.keys).toHaveLength(3000);
  expect(all.keys).toEqual([...new Set(all.keys)].sort(byBytes));
  const folders = await list(mirror, { prefix: AGG_TRADES, delimiter: '/' });
  expect(folders.prefixes).toHaveLength(60);
  expect((await list(mirror, { prefix: `${AGG_TRADES}S042USDT/`, delimiter: '/' })).keys).toHaveLength(50);
});
