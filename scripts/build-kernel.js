// Compiles assembly/ to dist/tick-kernel.wasm, next to where tsc puts the rest; not when nothing of it has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const KERNEL = 'dist/tick-kernel.wasm';
/** Hash of all that the kernel is made of. */
const MADE_OF = 'dist/.tick-kernel.sha256';

const hash = createHash('sha256').update(process.argv.slice(2).join('\0'));
const sources = readdirSync('assembly', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`)
  .sort();
const compiler = createRequire(import.meta.url).resolve('assemblyscript/package.json');
for (const path of [...sources, fileURLToPath(import.meta.url), compiler]) {
  hash.update(`${readFileSync(path).length}\0`).update(readFileSync(path));
}
const madeOf = hash.digest('hex');

if (!existsSync(KERNEL) || !existsSync(MADE_OF) || readFileSync(MADE_OF, 'utf8') !== madeOf) {
  const { default: asc } = await import('assemblyscript/asc');
  mkdirSync('dist', { recursive: true });
  const { error, stderr } = await asc.main([
    'assembly/index.ts',
    ...['--outFile', KERNEL],
    ...['--enable', 'simd', '--runtime', 'stub', '--use', 'abort='],
    ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert'],
    // A month needs up to 80 MiB; more than 1 GiB is a bug, not a month.
    ...['--initialMemory', '64', '--maximumMemory', '16384'],
    ...process.argv.slice(2),
  ]);
  if (error) {
    console.error(stderr.toString());
    process.exit(1);
  }
  writeFileSync(MADE_OF, madeOf);
}
