import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDashboard } from '../../src/serve/index.js';
import { temporaryFolder } from '../cli/run.js';
import { ask, askRaw, serving } from './serving.js';

const SECRET = 'nobody may read this';
let dashboard: Awaited<ReturnType<typeof serving>>;

beforeAll(async () => {
  const root = temporaryFolder();
  const webRoot = join(root, 'web');
  mkdirSync(join(webRoot, 'parts'), { recursive: true });
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(webRoot, 'main.js'), 'export {};');
  writeFileSync(join(webRoot, 'parts', 'style.css'), 'body {}');
  writeFileSync(join(webRoot, 'notes.txt'), SECRET);
  writeFileSync(join(webRoot, '.hidden.js'), SECRET);
  writeFileSync(join(root, 'secret.js'), SECRET);
  symlinkSync(join(root, 'secret.js'), join(webRoot, 'link.js'));
  writeFileSync(join(root, 'package.json'), SECRET);
  dashboard = await serving(join(root, 'data'), { webRoot });
});

const host = (): string => `127.0.0.1:${dashboard.port}`;

describe('who may ask', () => {
  it.each(['127.0.0.1:{port}', 'localhost:{port}', 'LOCALHOST:{port}', '[::1]:{port}'])(
    'Host %s',
    async (name) => {
      const text = await askRaw(
        dashboard,
        `GET /api/columns HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`,
      );
      expect(text).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  it.each([
    'evil.example',
    'evil.example:{port}',
    '127.0.0.1',
    'localhost',
    '127.0.0.1:1',
    'localhost.:{port}',
    '',
  ])('not Host "%s": a name made to point here', async (name) => {
    const text = await askRaw(
      dashboard,
      `GET /api/columns HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 40[03] /);
    expect(text).not.toContain('"columns"');
  });

  it('not without a Host, and not with two', async () => {
    expect(await askRaw(dashboard, 'GET /api/columns HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await askRaw(dashboard, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 /,
    );
    const two = 'GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\nConnection: close\r\n\r\n';
    expect(await askRaw(dashboard, two)).toMatch(/^HTTP\/1\.1 40[03] /);
  });

  it('not pages of other origins and sites', async () => {
    for (const headers of [
      { Origin: 'http://evil.example' },
      { Origin: 'null' },
      { Origin: 'http://127.0.0.1:1' },
      { Origin: `http://${host()}@evil.example` },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      const answered = await ask(dashboard, '/api/columns', headers);
      expect([headers, answered.status, answered.body.error.code]).toEqual([headers, 403, 'E_FORBIDDEN']);
    }
    for (const headers of [
      { Origin: `http://${host()}` },
      { 'Sec-Fetch-Site': 'same-origin' },
      { 'Sec-Fetch-Site': 'none' },
    ]) {
      expect((await ask(dashboard, '/api/columns', headers)).status).toBe(200);
    }
  });

  it('names that --allow-host adds, and no others', async () => {
    const other = await serving(temporaryFolder(), { allowHosts: ['lab.example', 'proxy.example:9000'] });
    const status = async (name: string): Promise<number> =>
      (await ask(other, '/api/columns', { Host: name })).status;
    expect(await status('lab.example')).toBe(200);
    expect(await status(`Lab.Example:${other.port}`)).toBe(200);
    expect(await status('lab.example:1')).toBe(403);
    expect(await status('proxy.example:9000')).toBe(200);
    expect(await status('proxy.example')).toBe(403);
    expect(await status('x.lab.example')).toBe(403);
  });
});

describe('how it may ask', () => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('not by %s', async (method) => {
    const answered = await ask(dashboard, '/api/columns', {}, method);
    expect(answered.status).toBe(405);
    expect(answered.headers.allow).toBe('GET, HEAD');
    expect(Object.keys(answered.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('by HEAD, without a body', async () => {
    const answered = await ask(dashboard, '/api/columns', {}, 'HEAD');
    expect([answered.status, answered.text]).toEqual([200, '']);
  });

  it('not with a body', async () => {
    const head = 'GET /api/columns HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n';
    expect(await askRaw(dashboard, `${head}Content-Length: 4\r\n\r\nabcd`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(
      await askRaw(dashboard, `${head}Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('not with more headers or a longer URL than a browser has', async () => {
    const head = 'GET /api/columns HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n';
    expect(await askRaw(dashboard, `${head}X: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    expect((await ask(dashboard, `/api/columns?${'x'.repeat(5000)}`)).status).toBe(403);
  });
});

describe('paths', () => {
  it.each([
    '/../secret.js',
    '/web/../../secret.js',
    '/web/..%2f..%2fsecret.js',
    '/web/%2e%2e/secret.js',
    '/web/..\\secret.js',
    '/web//main.js',
    '//evil.example/',
    '/web/main.js%00.css',
    '/web%2fmain.js',
    '/web/.hidden.js',
    '/web/./main.js',
    '/web/main.js#x',
    'http://evil.example/api/columns',
    'http://127.0.0.1/web/main.js',
    '*',
    'web/main.js',
    '/web/ä.js',
  ])('%s is refused', async (path) => {
    const text = await askRaw(
      dashboard,
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 40[03] /);
    expect(text).not.toContain(SECRET);
  });

  it.each([
    '/web/link.js',
    '/web/notes.txt',
    '/web/parts',
    '/web/',
    '/web',
    '/vendor/package.json',
    '/vendor/',
    '/x',
  ])('%s is not there, in HTML', async (path) => {
    const answered = await ask(dashboard, path);
    expect(answered.status).toBe(404);
    expect(answered.headers['content-type']).toContain('text/html');
    expect(answered.text).not.toContain(SECRET);
  });

  it('that no API has are told in JSON', async () => {
    for (const path of ['/api', '/api/', '/api/x', '/api/info/', '/api/series/x']) {
      const answered = await ask(dashboard, path);
      expect([path, answered.status, answered.body.error.code]).toEqual([path, 404, 'E_NOT_FOUND']);
    }
  });

  it('whatever is asked, is an answer and no bug, and never the secret', async () => {
    const part = fc.constantFrom(
      'api',
      'web',
      'vendor',
      'series',
      'main.js',
      '..',
      '%2e',
      '?',
      '=',
      '&',
      '/',
      'um',
      '%',
      '\u00e9',
      '"',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
        const text = await askRaw(
          dashboard,
          `GET /${parts.join('')} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n`,
        );
        expect(text).toMatch(/^HTTP\/1\.1 (200|400|403|404) /);
        expect(text).not.toContain(SECRET);
      }),
      { numRuns: 150 },
    );
    expect(dashboard.bugs).toEqual([]);
  });
});

describe('every answer', () => {
  it.each(['/', '/web/main.js', '/vendor/uPlot.esm.js', '/api/columns', '/api/x', '/x', '/%'])(
    'of %s keeps other sites and scripts out',
    async (path) => {
      const { headers } = await ask(dashboard, path);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      );
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );
});

describe('files of the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', '<!doctype html><title>page</title>'],
    ['/web/main.js', 'text/javascript; charset=utf-8', 'export {};'],
    ['/web/parts/style.css', 'text/css; charset=utf-8', 'body {}'],
  ])('%s', async (path, type, text) => {
    const answered = await ask(dashboard, path);
    expect([answered.status, answered.headers['content-type'], answered.text]).toEqual([200, type, text]);
    expect(answered.headers['cache-control']).toBe('no-cache');
    const again = await ask(dashboard, path, { 'If-None-Match': answered.headers.etag! });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('and of uPlot', async () => {
    expect((await ask(dashboard, '/vendor/uPlot.esm.js')).text).toContain('export { uPlot as default }');
    expect((await ask(dashboard, '/vendor/uPlot.min.css')).headers['content-type']).toContain('text/css');
  });
});

it('a port that is taken is told with what to do', async () => {
  await expect(startDashboard({ dataDir: temporaryFolder(), port: dashboard.port })).rejects.toMatchObject({
    code: 'E_USAGE',
    message: expect.stringMatching(/is taken.*--port 0/) as string,
  });
});
