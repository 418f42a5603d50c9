import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LocalArchive } from '../../src/archive/index.js';
import { CSV_NAME, csvRows, expectError, put, readAll, sha256Of, temporaryFolder } from './fixture.js';
import { buildZip } from './zip-builder.js';

const root = await temporaryFolder();
const zip = buildZip({ members: [{ name: CSV_NAME, data: csvRows(5) }] });
const UM = 'data/futures/um';
const query = { market: 'um', dataType: 'aggTrades', symbol: 'XYZUSDT' } as const;

await put(root, `${UM}/daily/aggTrades/XYZUSDT/XYZUSDT-aggTrades-2024-01-05.zip`, zip);
await put(
  root,
  `${UM}/daily/aggTrades/XYZUSDT/XYZUSDT-aggTrades-2024-01-05.zip.CHECKSUM`,
  `${sha256Of(zip)}  XYZUSDT-aggTrades-2024-01-05.zip\n`,
);
await put(root, `${UM}/daily/aggTrades/XYZUSDT/XYZUSDT-aggTrades-2024-01-01.zip`, zip);
await put(root, `${UM}/monthly/aggTrades/XYZUSDT/XYZUSDT-aggTrades-2024-01.zip`, zip);
await put(root, `${UM}/monthly/aggTrades/XYZUSDT/XYZUSDT-aggTrades-2020-8.zip`, zip);
await put(root, `${UM}/daily/klines/XYZUSDT/1m/XYZUSDT-1m-2024-01-05.zip`, zip);
await put(root, `${UM}/daily/aggTrades/ABCUSDT/ABCUSDT-aggTrades-2024-01-05.zip`, zip);
const archive = new LocalArchive(root);
const keys = async (q: Parameters<LocalArchive['list']>[0], of = archive): Promise<string[]> =>
  (await of.list(q)).map((entry) => entry.key.slice(entry.key.lastIndexOf('/') + 1));

describe('LocalArchive.list', () => {
  it('lists monthly and daily objects by start, a month before its first day', async () => {
    const found = await archive.list(query);
    expect(found.map((entry) => [entry.name.period.key, entry.bytes, entry.hasChecksum])).toEqual([
      ['2020-08', zip.length, false],
      ['2024-01', zip.length, false],
      ['2024-01-01', zip.length, false],
      ['2024-01-05', zip.length, true],
    ]);
    expect(found[0]?.key).toBe(`${UM}/monthly/aggTrades/XYZUSDT/XYZUSDT-aggTrades-2020-8.zip`);
    expect(found[0]?.name).toMatchObject({ market: 'um', dataType: 'aggTrades', symbol: 'XYZUSDT' });
  });

  it('lists klines by interval', async () => {
    const [found, ...rest] = await archive.list({ ...query, dataType: 'klines', interval: '1m' });
    expect(found?.name).toMatchObject({ dataType: 'klines', interval: '1m' });
    expect(rest).toEqual([]);
    expect(await keys({ ...query, dataType: 'klines', interval: '1h' })).toEqual([]);
  });

  it('has nothing for a symbol, data type or market without a folder', async () => {
    expect(await keys({ ...query, symbol: 'NOPE' })).toEqual([]);
    expect(await keys({ ...query, dataType: 'fundingRate' })).toEqual([]);
    expect(await keys({ ...query, market: 'spot' })).toEqual([]);
  });

  it('ignores what is no object of the query', async () => {
    const folder = `${UM}/daily/aggTrades/ODDUSDT`;
    for (const file of [
      '.DS_Store',
      'notes.zip',
      'ODDUSDT-aggTrades-2024-01-05.zip.part',
      'ODDUSDT-aggTrades-2024-13-05.zip',
      'ODDUSDT-aggTrades-2024-02-31.zip',
      'ODDUSDT-aggTrades-2024-01.zip',
      'ODDUSDT-trades-2024-01-05.zip',
      'OTHERUSDT-aggTrades-2024-01-05.zip',
      'ODDUSDT-aggTrades-x-2024-01-05.zip',
      'ODDUSDT-aggTrades-2024-01-06.zip.CHECKSUM',
    ]) {
      await put(root, `${folder}/${file}`, 'x');
    }
    await mkdir(join(root, folder, 'ODDUSDT-aggTrades-2024-01-07.zip'));
    await symlink('nowhere', join(root, folder, 'ODDUSDT-aggTrades-2024-01-08.zip'));
    await put(root, `${folder}/ODDUSDT-aggTrades-2024-01-09.zip`, zip);
    expect(await keys({ ...query, symbol: 'ODDUSDT' })).toEqual(['ODDUSDT-aggTrades-2024-01-09.zip']);
  });

  it('finds a symbol in another Unicode normalisation', async () => {
    const [nfc, nfd] = ['ÄÖUSDT'.normalize('NFC'), 'ÄÖUSDT'.normalize('NFD')];
    const key = `${UM}/daily/aggTrades/${nfd}/${nfd}-aggTrades-2024-01-05.zip`;
    await put(root, key, zip);
    await put(root, `${key}.CHECKSUM`, `${sha256Of(zip)}  ${nfc}-aggTrades-2024-01-05.zip`);
    for (const symbol of [nfc, nfd]) {
      const [found] = await archive.list({ ...query, symbol });
      expect(found).toMatchObject({ key, hasChecksum: true, name: { symbol: nfc } });
      const object = await archive.open(found!);
      expect(object.facts).toMatchObject({ key, checksum: 'verified' });
      await object.close();
    }
    expect(await archive.symbols('um', 'aggTrades')).toContain(nfc);
  });

  it('refuses symbols that leave the folder', async () => {
    await expectError(archive.list({ ...query, symbol: '../../x' }), 'E_SYMBOL');
  });
});

describe('an archive that cannot be read', () => {
  it('is one that does not exist, or is a file', async () => {
    const absent = new LocalArchive(join(root, 'absent'));
    await expectError(absent.list(query), 'E_ARCHIVE_UNREADABLE', /absent.*ENOENT/);
    await expectError(absent.symbols('um', 'aggTrades'), 'E_ARCHIVE_UNREADABLE', /ENOENT/);
    await writeFile(join(root, 'file'), 'x');
    await expectError(new LocalArchive(join(root, 'file')).list(query), 'E_ARCHIVE_UNREADABLE', /ENOTDIR/);
  });

  it('is one without data/, with a hint', async () => {
    await expectError(
      new LocalArchive(join(root, UM)).list(query),
      'E_ARCHIVE_UNREADABLE',
      /no data\/ in it/,
    );
    const error = await expectError(new LocalArchive(join(root, 'data')).list(query), 'E_ARCHIVE_UNREADABLE');
    expect(error.message).toContain(`did you mean ${root}?`);
  });

  it('is one with a folder that is none, and the folder is named', async () => {
    await put(root, `${UM}/daily/metrics`, 'a file');
    const error = await expectError(archive.list({ ...query, dataType: 'metrics' }), 'E_ARCHIVE_UNREADABLE');
    expect(error.context.path).toBe(join(root, UM, 'daily/metrics'));
    await put(root, `${UM}/daily/aggTrades/FILEUSDT`, 'a file');
    await expectError(archive.list({ ...query, symbol: 'FILEUSDT' }), 'E_ARCHIVE_UNREADABLE', /FILEUSDT/);
  });
});

describe('LocalArchive', () => {
  it('names the symbols of a data type', async () => {
    const symbols = await archive.symbols('um', 'aggTrades');
    expect(symbols).toContain('ABCUSDT');
    expect(symbols).toContain('XYZUSDT');
    expect(symbols).toEqual([...symbols].sort());
    expect(await archive.symbols('um', 'klines')).toEqual(['XYZUSDT']);
    expect(await archive.symbols('cm', 'aggTrades')).toEqual([]);
  });

  it('reads checksums, and knows none from a bad one', async () => {
    const [month, first, fifth] = (await archive.list(query)).slice(1);
    expect(await archive.checksum(fifth!.key)).toBe(sha256Of(zip));
    expect(await archive.checksum(first!.key)).toBeNull();
    await put(root, `${month!.key}.CHECKSUM`, 'not found');
    await expectError(archive.open(month!), 'E_CHECKSUM_FORMAT', /not found/);
    await put(root, `${month!.key}.CHECKSUM`, `${'0'.repeat(64)}  XYZUSDT-aggTrades-2024-01.zip`);
    await expectError(archive.open(month!), 'E_CHECKSUM');
    await rm(join(root, `${month!.key}.CHECKSUM`));
  });

  it('opens what it lists', async () => {
    const fifth = (await archive.list(query)).find((entry) => entry.hasChecksum);
    const object = await archive.open(fifth!);
    expect(object.facts.checksum).toBe('verified');
    expect((await readAll(object)).toString()).toBe(csvRows(5));
    await object.close();
  });

  it('takes only keys that stay below its root', async () => {
    await expectError(archive.checksum('../x.zip'), 'E_USAGE');
    await expectError(archive.checksum('/etc/passwd'), 'E_USAGE');
    await expectError(archive.checksum('data/..\\x.zip'), 'E_USAGE');
  });
});
