import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const door = new URL('../../dist/user-factors/index.js', import.meta.url).href;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapemill-factors-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

interface Loaded {
  readonly factors?: readonly {
    readonly name: string;
    readonly inputs: string[];
    readonly window: number | null;
  }[];
  readonly files?: readonly { readonly path: string; readonly sha256: string }[];
  readonly values?: readonly number[];
  /** Those of the last path, loaded once more. */
  readonly ofLast?: readonly { readonly path: string }[];
  readonly error?: string;
}

/** In a process of its own, as users have it: the loader hooks into Node's own import, not into that of the tests. */
async function load(...paths: string[]): Promise<Loaded> {
  const script = `
    import { loadUserFactors } from ${JSON.stringify(door)};
    try {
      const { factors, files } = await loadUserFactors(${JSON.stringify(paths)});
      const column = Float64Array.from([1, 2, 3]);
      const inputs = Object.fromEntries(factors[0].inputs.map((name) => [name, column]));
      const values = [...factors[0].compute(inputs, { length: 3, minute: column })];
      const { files: ofLast } = await loadUserFactors(${JSON.stringify(paths.slice(-1))});
      console.log(JSON.stringify({ factors, files, values, ofLast }));
    } catch (error) {
      console.log(JSON.stringify({ error: error.code + ': ' + error.message }));
    }`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    script,
  ]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Loaded;
}

const factor = (name: string, by: number): string => `defineFactor({
  name: '${name}', inputs: ['close'], window: 1, unit: '1', formula: 'close × ${by}',
  compute: ({ close }) => close.map((x) => x * ${by}),
})`;

describe('files of factors', () => {
  it('may be TypeScript, import tapemill from anywhere, and have files beside them', async () => {
    await write('scale.ts', `export type By = number;\nexport const by: By = 3;\n`);
    const path = await write(
      'mine.ts',
      `import { defineFactor, type UserFactor } from 'tapemill';
       import { by } from './scale.ts';
       const triple: UserFactor<'close'> = defineFactor({
         name: 'triple', inputs: ['close'], unit: '1', formula: 'close × 3',
         compute: ({ close }) => close.map((x: number): number => x * by),
       });
       export default [triple];
       export const helper = (x: number): number => x;`,
    );
    const { factors, files, values, error } = await load(path);
    expect(error).toBeUndefined();
    expect(factors).toEqual([
      { name: 'triple', inputs: ['close'], window: null, unit: '1', formula: 'close × 3' },
    ]);
    expect(values).toEqual([3, 6, 9]);
    expect(files?.map((file) => file.path)).toEqual([path, join(folder, 'scale.ts')]);
    expect(files?.[1]?.sha256).toBe(
      createHash('sha256').update(`export type By = number;\nexport const by: By = 3;\n`).digest('hex'),
    );
  });

  it('export factors under any names, each once, in the order of the files', async () => {
    const first = await write(
      'b.js',
      `import { defineFactor } from 'tapemill';
       export const two = ${factor('two', 2)}; export default two; export const list = [${factor('four', 4)}];`,
    );
    const second = await write(
      'a.mjs',
      `import { defineFactor } from 'tapemill'; export const x = ${factor('ten', 10)};`,
    );
    const { factors, files, ofLast } = await load(first, second);
    expect(files?.map(({ path }) => path)).toEqual([second, first]);
    expect(ofLast?.map(({ path }) => path)).toEqual([second]);
    expect(factors?.map(({ name }) => name).sort()).toEqual(['four', 'ten', 'two']);
    expect(factors?.at(-1)?.name).toBe('ten');
    expect(factors?.at(-1)?.window).toBe(1);
  });

  it.each([
    ['no file', 'gone.ts', null, /^E_IO: reading .*gone\.ts/],
    [
      'another kind of file',
      'mine.py',
      'x = 1',
      /^E_USAGE: expected a file of factors to end with \.js, .*mine\.py/,
    ],
    ['no factor', 'none.js', 'export const x = 1;', /^E_USAGE: .*none\.js exports no factor/],
    [
      'bad TypeScript',
      'bad.ts',
      'const a = 1;\nconst b: number = ;',
      /^E_USAGE: .*bad\.ts cannot be loaded: line 2, column 19/,
    ],
    ['bad JavaScript', 'bad.js', 'const a = ;', /^E_USAGE: .*bad\.js cannot be loaded: Unexpected token ';'/],
    ['an enum', 'enum.ts', 'enum A { x }', /^E_USAGE: .*enum is not supported/],
    [
      'an import that is not there',
      'lost.js',
      `import './nowhere.js';`,
      /^E_USAGE: .*cannot be loaded: .*nowhere\.js/,
    ],
    [
      'a failing file',
      'throws.js',
      `throw new Error('not today');`,
      /^E_USAGE: .*cannot be loaded: not today/,
    ],
    [
      'a factor that no table can have',
      'name.js',
      `export const x = { name: 'a b', inputs: ['close'], unit: '1', formula: '', compute: () => null };`,
      /^E_USAGE: factor "a b": expected a name/,
    ],
  ])('are refused with the reason: %s', async (_, name, text, expected) => {
    const path = text === null ? join(folder, name) : await write(name, text);
    expect((await load(path)).error).toMatch(expected);
  });
});
