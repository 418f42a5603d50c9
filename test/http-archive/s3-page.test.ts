import { describe, expect, it } from 'vitest';
import { parseIndexPage } from '../../src/archive/s3-page.js';
import { scanPage } from '../../src/archive/s3-scan.js';

const page = (inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListBucketResult>\n`;
const contents = (key: string, bytes = 5): string =>
  `<Contents><Key>${key}</Key><LastModified>2024-01-02T03:04:05.000Z</LastModified><ETag>&quot;abc&quot;</ETag><Size>${bytes}</Size></Contents>`;

describe('a page of an S3 listing', () => {
  it('with one element or many', () => {
    const one = parseIndexPage(page(`<IsTruncated>false</IsTruncated>${contents('data/a.zip')}`));
    expect(one).toEqual({
      objects: [{ key: 'data/a.zip', bytes: 5, etag: '"abc"', lastModified: '2024-01-02T03:04:05.000Z' }],
      folders: [],
      next: null,
    });
    const keys = Array.from({ length: 1000 }, (_, i) => `data/${i}&amp;币&#x5e01;.zip`);
    const many = parseIndexPage(page(keys.map((key) => contents(key)).join('')));
    expect(many.objects).toHaveLength(1000);
    expect(many.objects[999]).toMatchObject({ key: 'data/999&币币.zip', etag: '"abc"' });
    const folders = '<CommonPrefixes><Prefix>data/x/</Prefix></CommonPrefixes>';
    expect(parseIndexPage(page(folders)).folders).toEqual(['data/x/']);
    expect(parseIndexPage(page('<Prefix>x</Prefix>'))).toEqual({ objects: [], folders: [], next: null });
  });

  it('that goes on after NextMarker, or after its last name', () => {
    const more = '<IsTruncated>true</IsTruncated>';
    expect(parseIndexPage(page(`${more}<NextMarker>m</NextMarker>${contents('a')}`)).next).toBe('m');
    expect(parseIndexPage(page(`${more}${contents('b')}${contents('a')}`)).next).toBe('b');
    // U+1F600 is behind U+FF21 in UTF-8, and before it in UTF-16.
    expect(parseIndexPage(page(`${more}${contents('\u{1F600}')}${contents('\uFF21')}`)).next).toBe(
      '\u{1F600}',
    );
    expect(() => parseIndexPage(page(more))).toThrow(/no complete S3 listing/);
  });

  it('with names that are URL-encoded, said or not', () => {
    const key = 'data/%E5%B8%81+A.zip';
    const type = '<EncodingType>url</EncodingType>';
    expect(parseIndexPage(page(type + contents(key))).objects[0]?.key).toBe('data/币 A.zip');
    expect(parseIndexPage(page(contents(key))).objects[0]?.key).toBe('data/币+A.zip');
    expect(parseIndexPage(page(contents('100%.zip'))).objects[0]?.key).toBe('100%.zip');
  });

  it('that is written in another way, and means the same', () => {
    const objects = [
      { key: 'data/a&b.zip', bytes: 5, etag: '"x"', lastModified: '2024-01-02T03:04:05.000Z' },
      { key: 'data/币.zip', bytes: 6, etag: null, lastModified: null },
    ];
    const plain =
      '<Contents><Key>data/a&amp;b.zip</Key><Size>5</Size><ETag>&quot;x&quot;</ETag><LastModified>2024-01-02T03:04:05Z</LastModified></Contents>' +
      '<Contents><Key>data/币.zip</Key><Size>6</Size></Contents>';
    const ways = {
      plain,
      indented: plain.replaceAll('><', '>\n    <').replaceAll('data/', '\n  data/'),
      'with owners': plain.replaceAll(
        '<Size>',
        '<Owner><ID>1</ID><DisplayName>Key</DisplayName></Owner><Size>',
      ),
      'with attributes': plain
        .replaceAll('<Key>', '<Key type="s">')
        .replaceAll('<Contents>', '<Contents a="1">'),
      'with comments': `<!-- <Contents><Key>no</Key></Contents> -->${plain}`,
      'with character data': plain.replace('data/a&amp;b.zip', '<![CDATA[data/a&b.zip]]>'),
      'with rare entities': plain.replace('a&amp;b', 'a&#38;b').replace('币', '&#x5E01;'),
      'with an unquoted ETag': plain.replaceAll('&quot;', ''),
      'with empty elements': plain.replace('<Size>6', '<ETag/><LastModified></LastModified><Size>6'),
      'facts at its end': `${plain}<IsTruncated>false</IsTruncated>`,
    };
    for (const [way, xml] of Object.entries(ways)) {
      expect(parseIndexPage(page(xml)), way).toEqual({ objects, folders: [], next: null });
    }
    expect(scanPage(page(plain))).not.toBeNull();
    expect(scanPage(page(ways['with comments']))).toBeNull();
  });

  it('that is none', () => {
    const whole = page(contents('a'));
    for (const text of [
      '',
      '<html><body>Index of /</body></html>',
      '<Error><Code>InternalError</Code></Error>',
      whole.slice(0, -20),
      whole.replace('<Size>5</Size>', ''),
      whole.replaceAll('ListBucketResult', 'Listing').replace('</Listing>', '</Listing></ListBucketResult>'),
      whole.replace('<Key>a</Key>', '<Key>a</Key><Key>b</Key>'),
      whole.replace('<Size>5</Size>', '<Size>-5</Size>'),
      whole.replace('<ListBucketResult', '<!DOCTYPE x [<!ENTITY a "b">]><ListBucketResult'),
    ]) {
      expect(() => parseIndexPage(text)).toThrow(/no complete S3 listing/);
    }
  });
});
