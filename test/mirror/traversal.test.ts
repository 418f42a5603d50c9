import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, list, mirrorOf, raw } from './fixture.js';

const SECRET = 'nothing that anybody should read';

/** An archive beside a file that is none of its business. */
function guarded(): { root: string; outside: string } {
  const outside = folderOf({
    'secret.zip': SECRET,
    'archive/data/a.zip': 'a',
    'archive/.hidden.zip': SECRET,
  });
  return { root: join(outside, 'archive'), outside };
}

test.each([
  '/../secret.zip',
  '/data/../../secret.zip',
  '/data/../a.zip',
  '/%2e%2e/secret.zip',
  '/data/%2E%2e/%2e./secret.zip',
  '/..%2fsecret.zip',
  '/data%2f..%2f..%2fsecret.zip',
  '/..\\secret.zip',
  '/..%5csecret.zip',
  '/data/..',
  '/%00/../secret.zip',
  '/data/a.zip%00.txt',
  '/%zz',
  '/%ff%fe',
  '/%c0%ae%c0%ae/secret.zip',
  'data/a.zip',
  `/${'x'.repeat(1025)}`,
])('%s is refused', async (target) => {
  const { root } = guarded();
  const mirror = await mirrorOf(root);
  for (const method of ['GET', 'HEAD']) {
    const { head, body } = await raw(mirror, `${method} ${target}`);
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(body.toString()).not.toContain(SECRET);
  }
});

test.each([
  '//secret.zip',
  '/./data/a.zip',
  '/data/./a.zip',
  '/data//a.zip',
  '/%2e/data/a.zip',
  '/.hidden.zip',
  '/%2fsecret.zip',
  '/%252e%252e/secret.zip',
  '/C:/secret.zip',
  '/data/a.zip/',
  `/data/${'x'.repeat(300)}`,
])('%s is not there', async (target) => {
  const { root } = guarded();
  const mirror = await mirrorOf(root);
  const { head, body } = await raw(mirror, `GET ${target}`);
  expect(head).toMatch(/^HTTP\/1\.1 404 /);
  expect(body.toString()).not.toContain(SECRET);
});

test('the absolute path of a file outside is not there', async () => {
  const { root, outside } = guarded();
  const mirror = await mirrorOf(root);
  for (const target of [`/${outside}/secret.zip`, `${outside}/secret.zip`, `/%2f${outside}/secret.zip`]) {
    expect((await raw(mirror, `GET ${target}`)).head).toMatch(/^HTTP\/1\.1 404 /);
  }
});

test('an encoded slash inside the tree is a slash', async () => {
  const { root } = guarded();
  const mirror = await mirrorOf(root);
  expect((await raw(mirror, 'GET /data%2Fa.zip')).body.toString()).toBe('a');
});

test('links are neither followed nor listed', async () => {
  const { root, outside } = guarded();
  symlinkSync(join(outside, 'secret.zip'), join(root, 'data', 'file-link.zip'));
  symlinkSync(outside, join(root, 'data', 'folder-link'));
  symlinkSync(root, join(root, 'data', 'loop'));
  symlinkSync('a.zip', join(root, 'data', 'inner-link.zip'));
  const mirror = await mirrorOf(root);
  const keys = ['file-link.zip', 'folder-link/secret.zip', 'loop/data/a.zip', 'inner-link.zip'];
  for (const key of keys) expect((await raw(mirror, `GET /data/${key}`)).head).toMatch(/^HTTP\/1\.1 404 /);
  expect((await list(mirror, {})).keys).toEqual(['data/a.zip']);
  expect((await list(mirror, { prefix: 'data/folder-link/' })).keys).toEqual([]);
});

test('the root itself may be a link', async () => {
  const { root, outside } = guarded();
  symlinkSync(root, join(outside, 'link'));
  const mirror = await mirrorOf(join(outside, 'link'));
  expect((await raw(mirror, 'GET /data/a.zip')).body.toString()).toBe('a');
});

test('prefixes of the index do not leave the tree', async () => {
  const { root, outside } = guarded();
  const mirror = await mirrorOf(root);
  for (const prefix of [
    '../',
    'data/../',
    '/',
    `${outside}/`,
    './',
    'data//',
    '.',
    '\0/',
    `../${basename(root)}/`,
  ]) {
    for (const delimiter of ['', '/']) {
      expect(await list(mirror, { prefix, delimiter }), prefix).toMatchObject({ keys: [], prefixes: [] });
    }
  }
});

test.skipIf(process.platform === 'win32')('a pipe is no object, and nobody waits for it', async () => {
  const { root } = guarded();
  execFileSync('mkfifo', [join(root, 'data', 'pipe.zip')]);
  const mirror = await mirrorOf(root);
  expect((await raw(mirror, 'GET /data/pipe.zip')).head).toMatch(/^HTTP\/1\.1 404 /);
  expect((await list(mirror, {})).keys).toEqual(['data/a.zip']);
});

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'what may not be read is 403',
  async () => {
    const { root } = guarded();
    writeFileSync(join(root, 'data', 'locked.zip'), SECRET);
    chmodSync(join(root, 'data', 'locked.zip'), 0);
    const mirror = await mirrorOf(root);
    const { head, body } = await raw(mirror, 'GET /data/locked.zip');
    expect(head).toMatch(/^HTTP\/1\.1 403 /);
    expect(body.toString()).toContain('<Code>AccessDenied</Code>');
  },
);
