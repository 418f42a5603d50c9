import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { tapemill, temporaryFolder } from '../cli/run.js';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));
let data: string;
beforeAll(async () => {
  const folder = temporaryFolder();
  data = join(folder, 'data');
  const sim = join(folder, 'sim');
  const range = ['--start', '2024-01-05', '--end', '2024-01-08'];
  await tapemill(
    'simulate',
    '--out',
    sim,
    '--symbols',
    '1',
    ...range,
    '--ticks',
    '50000',
    '--sources',
    'aggTrades',
  );
  expect((await tapemill('collect', 'SIMAUSDT', '--archive', sim, '--data-dir', data)).status).toBe(0);
});

/** The first Python that has the modules. */
const pythonWith = (...modules: string[]): string | undefined =>
  ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0,
  );

function run(command: string, name: string): string {
  const { status, stdout, stderr } = spawnSync(command, [join(examples, name), data, 'SIMAUSDT'], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

describe('what was written is read', () => {
  it('by DuckDB and polars, from Node', () => {
    expect(run(process.execPath, 'read-duckdb.js')).toMatch(/SIMAUSDT.*96/);
    expect(run(process.execPath, 'read-polars.js')).toContain('SIMAUSDT: 96 bars');
  });

  const pandas = pythonWith('numpy', 'pandas');
  it.skipIf(pandas === undefined)('by pandas (needs python3 with pandas)', () => {
    expect(run(pandas!, 'read_pandas.py')).toContain('SIMAUSDT: 96 bars, 2024-01-05 00:00:00+00:00');
  });

  const polars = pythonWith('polars');
  it.skipIf(polars === undefined)('by polars (needs python3 with polars)', () => {
    expect(run(polars!, 'read_polars.py')).toContain('SIMAUSDT');
  });

  const duckdb = pythonWith('duckdb');
  it.skipIf(duckdb === undefined)('by DuckDB (needs python3 with duckdb)', () => {
    expect(run(duckdb!, 'read_duckdb.py')).toContain('SIMAUSDT');
  });
});
