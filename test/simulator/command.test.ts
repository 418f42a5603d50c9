import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { simulateCommand } from '../../src/cli/simulate.js';
import { simulateTree, TREE_FILE, type SimulationRequest } from '../../src/simulator/index.js';
import { parseRange } from '../../src/time/index.js';
import { hashTree, temporaryFolder } from './read-tree.js';

const folder = await temporaryFolder();

afterEach(() => {
  vi.restoreAllMocks();
});

function request(name: string, more: Partial<SimulationRequest> = {}): SimulationRequest {
  const range = parseRange('2024-02-01', '2024-02-03');
  return { outDir: join(folder, name), symbols: 1, range, ticksPerMonth: 3000, seed: 7, ...more };
}

describe('a folder', () => {
  test('explains itself and is reused for the same request', async () => {
    const first = await simulateTree(request('reuse', { defects: [{ kind: 'missing-day' }] }));
    const hashes = await hashTree(first.outDir);
    const told = JSON.parse(await readFile(join(first.outDir, TREE_FILE), 'utf8')) as Record<string, unknown>;
    expect(told).toMatchObject({
      state: 'complete',
      request: { symbols: ['SIMAUSDT'], start: '2024-02-01', end: '2024-02-03', seed: 7 },
      truth: { objects: 11, planted: [{ kind: 'missing-day', fact: 'G-19' }] },
    });
    const second = await simulateTree(request('reuse', { defects: [{ kind: 'missing-day' }] }));
    expect([first.reused, second.reused]).toEqual([false, true]);
    expect(second.summary).toEqual(first.summary);
    expect(await hashTree(first.outDir)).toEqual(hashes);
    expect([...hashes.keys()].filter((path) => path.includes('.part'))).toEqual([]);
  });

  test('of another simulation is replaced only by force', async () => {
    const { outDir } = await simulateTree(request('other'));
    await expect(simulateTree(request('other', { seed: 8 }))).rejects.toMatchObject({ code: 'E_USAGE' });
    await simulateTree(request('other', { seed: 8, symbols: ['SIMBUSDT'] }), true);
    expect([...(await hashTree(outDir)).keys()].some((path) => path.includes('SIMAUSDT'))).toBe(false);
  });

  test('with other content is used only by force, and the content stays', async () => {
    await mkdir(join(folder, 'foreign'));
    await writeFile(join(folder, 'foreign', 'notes.txt'), 'mine');
    await expect(simulateTree(request('foreign'))).rejects.toMatchObject({ code: 'E_USAGE' });
    await simulateTree(request('foreign'), true);
    expect((await readdir(join(folder, 'foreign'))).sort()).toEqual(['data', 'notes.txt', TREE_FILE]);
  });

  test('left unfinished is written again', async () => {
    const { outDir, summary } = await simulateTree(request('unfinished'));
    const hashes = await hashTree(outDir);
    const path = join(outDir, TREE_FILE);
    const told = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    await writeFile(path, JSON.stringify({ ...told, state: 'incomplete', truth: undefined }));
    await rm(join(outDir, 'data/futures/um/daily/metrics'), { recursive: true });
    expect(await simulateTree(request('unfinished'))).toEqual({ outDir, reused: false, summary });
    expect(await hashTree(outDir)).toEqual(hashes);
  });
});

describe('tapemill simulate', () => {
  async function run(...args: string[]): Promise<string> {
    let out = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += String(text);
      return true;
    });
    await simulateCommand().parseAsync(args, { from: 'user' });
    return out;
  }

  test('says what it wrote, and the same again as JSON', async () => {
    const out = join(folder, 'command');
    const args = [
      '--out',
      out,
      '--symbols',
      '2',
      '--start',
      '2024-02-01',
      '--end',
      '2024-02-02',
      '--ticks',
      '3,000',
    ];
    args.push('--defect', 'crlf:SIMBUSDT:2024-02-02');
    const text = await run(...args);
    expect(text).toMatch(
      /: 16 objects, \d+ ticks, [\d,]+ rows, .*B in .* s\n {2}planted crlf in SIMBUSDT 2024-02-02\n/,
    );
    const json = JSON.parse(await run(...args, '--json')) as Record<string, unknown>;
    expect(json).toMatchObject({
      outDir: out,
      reused: true,
      objects: 16,
      planted: [{ kind: 'crlf', symbol: 'SIMBUSDT' }],
    });
    expect(await run(...args)).toContain('was left as it is');
  });

  test('lists the defects', async () => {
    expect(await run('--list-defects')).toMatch(/^kind .*\nhalt +life +G-20 +Trading stands still/);
    expect(JSON.parse(await run('--list-defects', '--json'))).toContainEqual(
      expect.objectContaining({ kind: 'crlf', target: 'object' }),
    );
  });

  test.each([
    [[], /--out/],
    [['--out', 'x'], /--start/],
    [['--out', 'x', '--start', '2024-01', '--end', '2024-01', '--ticks', 'many'], /--ticks, found "many"/],
    [
      ['--out', 'x', '--start', '2024-01', '--end', '2024-01', '--header', 'maybe'],
      /auto, yes, no for --header/,
    ],
    [['--out', 'x', '--start', '2024-01', '--end', '2024-01', '--sources', 'trades'], /--sources/],
    [['--out', 'x', '--start', '2024-01', '--end', '2024-01', '--daily-only', '--monthly-only'], /exclude/],
    [['--out', 'x', '--start', '2024-01', '--end', '2024-01', '--defect', 'nonsense'], /"nonsense"/],
  ])('refuses %j', async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
  });
});
