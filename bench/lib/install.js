// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('..', import.meta.url));

/** Installs the npm contenders, some 600 MB, unless they are there in the versions of package.json. */
export function installContenders() {
  const wanted = Object.entries(readJson('package.json').dependencies);
  if (wanted.every(([name, version]) => installedVersion(name) === version)) return;
  process.stderr.write(
    `installing ${wanted.map((pair) => pair.join(' ')).join(', ')} into bench/ (some 600 MB)\n`,
  );
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: BENCH,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm ci in bench/ failed: ${error?.message ?? `exit status ${status}`}`);
}

/** @param {string} name */
function installedVersion(name) {
  const path = `node_modules/${name}/package.json`;
  return existsSync(`${BENCH}${path}`) ? readJson(path).version : null;
}

/** The first Python that has pandas. @returns {{ command: string, version: string } | null} */
export function findPandas() {
  for (const command of ['python3', '/usr/bin/python3']) {
    const { status, stdout } = spawnSync(command, ['-c', 'import pandas; print(pandas.__version__)'], {
      encoding: 'utf8',
    });
    if (status === 0) return { command, version: stdout.trim() };
  }
  return null;
}

/** Of the contenders that have one of their own. @param {string} id @returns {string | null} */
export function versionOf(id) {
  const packages = { duckdb: '@duckdb/node-api', clickhouse: 'chdb', polars: 'nodejs-polars' };
  const name = packages[/** @type {keyof typeof packages} */ (id)];
  return name ? installedVersion(name) : null;
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(`${BENCH}${path}`, 'utf8'));
}
