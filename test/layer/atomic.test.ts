import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AtomicFile, atomicWriteFile, sweepTempFiles } from '../../src/layer/index.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapemill-atomic-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('writing a file atomically', () => {
  it('makes folders, replaces what was there, and says what was written', async () => {
    const path = join(folder, 'a', 'b', 'file.bin');
    await atomicWriteFile(path, Buffer.from('old'));
    const written = await atomicWriteFile(path, async (file) => {
      await file.write(Buffer.from('new '));
      await file.write(Buffer.from('content'));
    });
    expect(readFileSync(path, 'utf8')).toBe('new content');
    expect(written).toEqual({ bytes: 11, sha256: createHash('sha256').update('new content').digest('hex') });
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['file.bin']);
  });

  it('leaves the old file and nothing else when it fails midway', async () => {
    const path = join(folder, 'file.bin');
    await atomicWriteFile(path, Buffer.from('old'));
    const failing = atomicWriteFile(path, async (file) => {
      await file.write(Buffer.from('half of the new'));
      expect(readdirSync(folder).length).toBe(2);
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file.bin']);
  });

  it('says so when the disk is full, and leaves nothing', async () => {
    const path = join(folder, 'file.bin');
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const file = await AtomicFile.create(path);
    const { handle } = file as unknown as { handle: FileHandle };
    vi.spyOn(handle, 'write').mockRejectedValue(full);
    await expect(file.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'E_DISK_FULL', exitStatus: 75 });
    await file.abort();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('names the path when it cannot be written', async () => {
    mkdirSync(join(folder, 'taken'));
    await expect(atomicWriteFile(join(folder, 'taken'), Buffer.from('x'))).rejects.toMatchObject({
      code: 'E_IO',
    });
    expect(readdirSync(folder)).toEqual(['taken']);
    writeFileSync(join(folder, 'file'), '');
    await expect(atomicWriteFile(join(folder, 'file', 'x'), Buffer.from('x'))).rejects.toMatchObject({
      code: 'E_IO',
      context: { path: join(folder, 'file', 'x') },
    });
  });
});

describe('temporary files', () => {
  const host = hostname()
    .replace(/[^A-Za-z0-9]+/g, '_')
    .slice(0, 40);
  const name = (pid: number, of = host): string => `.tapemill-${of}-${pid}-0123456789abcdef.tmp`;
  /** Larger than any process number of Linux. */
  const deadPid = 2 ** 22 + 1;

  it('of dead processes are swept, those of living ones and other machines stay', async () => {
    const stay = [name(process.pid), name(process.ppid), name(deadPid, 'elsewhere'), 'data.tmp'];
    for (const file of [...stay, name(deadPid)]) writeFileSync(join(folder, file), 'x');
    expect(await sweepTempFiles(folder)).toEqual([name(deadPid)]);
    expect(readdirSync(folder).sort()).toEqual(stay.sort());
  });

  it('of an earlier process with our number are swept', async () => {
    const file = join(folder, name(process.pid));
    writeFileSync(file, 'x');
    utimesSync(file, new Date(2020, 1, 1), new Date(2020, 1, 1));
    expect(await sweepTempFiles(folder)).toEqual([name(process.pid)]);
    expect(existsSync(file)).toBe(false);
  });

  it('are recognised as those that are really made', async () => {
    const file = await AtomicFile.create(join(folder, 'x'));
    const [made] = readdirSync(folder);
    expect(made!.replace(/[0-9a-f]{16}/, '0123456789abcdef')).toBe(name(process.pid));
    await file.abort();
    expect(await sweepTempFiles(join(folder, 'absent'))).toEqual([]);
  });
});
